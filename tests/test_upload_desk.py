"""A chapter brings its own document: it is read into a draft, compared, agreed to and accepted."""

import io
import zipfile
from typing import Any

import pytest
from PIL import Image

from petition import clock
from petition.accounts.models import AuditEntry, Role, SignedIn
from petition.drafts import publishing, uploading
from petition.drafts.models import Draft, Original, PageImage
from petition.statements.models import TEXT, Revision
from petition.uploads.document import UploadRefused
from tests.bringing import UPLOAD, accept, bring, brought, photograph, plain, printed, resolution, scan, typed
from tests.chapters import editor_of
from tests.ground import House, hidden, reasons
from tests.publishing import drafted
from tests.signing_in import signed_in
from tests.witness import Page


def the_draft(house: House) -> Draft:
    (draft,) = house.rows(Draft)
    return draft


def the_original(house: House) -> Original:
    (original,) = house.rows(Original)
    return original


# --- A new draft ------------------------------------------------------------------------------------


def test_a_document_becomes_a_draft_with_its_heading_as_the_title(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "Resolution final.docx", resolution())
    draft = the_draft(house)
    assert path == f"/organize/chapters/ne/drafts/{draft.id}/original"
    assert (draft.kind, draft.language, draft.title) == ("resolution", "en", "Resolution on waiting for ebooks")
    assert draft.body == "Whereas readers wait;\n\nResolved, That publishers sell ebooks within three days.\n"
    assert draft.accepted_at is None
    original = the_original(house)
    assert (original.name, original.kind, original.size) == ("Resolution final.docx", "docx", len(resolution()))
    assert [entry.act for entry in house.rows(AuditEntry)][-1] == "document uploaded"


def test_the_desk_of_the_chapter_leads_to_the_form_and_shows_it_to_who_may_write(house: House) -> None:
    client = editor_of(house, "NE")
    assert f'href="{UPLOAD}"' in client.get("/organize/chapters/ne/").text
    auditor = signed_in(house, Role.AUDITOR)
    assert f'href="{UPLOAD}"' not in auditor.get("/organize/chapters/ne/").text


def test_a_form_without_file_or_kind_says_what_is_missing_and_keeps_the_rest(house: House) -> None:
    client = editor_of(house, "NE")
    answer = client.post(UPLOAD, data={**typed(client), "kind": "", "addressee": "hachette"})
    assert answer.status_code == 422
    assert "Choose the file." in answer.text
    assert reasons(answer)["kind"] == "Choose what the document is."
    assert '<option value="hachette" selected>' in answer.text
    assert house.rows(Draft) == []


def test_reading_holds_no_transaction_so_that_others_write_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = editor_of(house, "NE")
    really, wrote = uploading.read, []

    def read(files: Any, drawer: Any) -> uploading.Brought:
        with house.writing() as session:
            (here, *_) = session.query(SignedIn).all()
            here.device = "written meanwhile"
            wrote.append(here.id)
        return really(files, drawer)

    monkeypatch.setattr(uploading, "read", read)
    brought(client, "a.docx", plain())
    assert wrote
    assert house.rows(SignedIn, SignedIn.id == wrote[0])[0].device == "written meanwhile"


def test_whoever_is_no_editor_any_more_when_the_reading_ends_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = editor_of(house, "NE")
    form = typed(client)

    def read(files: Any, drawer: Any) -> uploading.Brought:
        with house.writing() as session:
            session.query(SignedIn).delete()
        raise UploadRefused("damaged")

    monkeypatch.setattr(uploading, "read", read)
    form["document"] = (io.BytesIO(plain()), "a.docx")
    assert client.post(UPLOAD, data=form, content_type="multipart/form-data").status_code == 403
    assert house.rows(Draft) == []


@pytest.mark.one_database("sqlite", "names are made fit before any database is asked")
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("letter\u202excod.docx", "letterxcod.docx"),
        ("a%0D%0ASet-Cookie: x=1.docx", None),
        ("../../etc/passwd.docx", "passwd.docx"),
        ('quote"; filename="b.docx', None),
        ("Résolution “día”.docx", "Résolution “día”.docx"),
        ("x" * 4_000 + ".docx", "x" * 114 + "….docx"),
    ],
)
def test_any_file_name_is_shown_and_given_back_safely(house: House, name: str, kept: str | None) -> None:
    client = editor_of(house, "NE")
    path = brought(client, name, plain())
    shown = the_original(house).name
    assert shown.isprintable()
    assert len(shown) <= 120
    assert kept is None or shown == kept
    answer = client.get(f"{path}/file")
    assert answer.data == plain()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.headers["Content-Disposition"]
    assert said.startswith("attachment;")
    assert "\n" not in said
    assert "Set-Cookie" not in answer.headers
    assert Page(client.get(path).text).faults == []


# --- Comparing and accepting ------------------------------------------------------------------------


def test_a_word_document_is_shown_as_read_with_a_sentence_that_there_is_no_picture(house: House) -> None:
    client = editor_of(house, "NE")
    page = client.get(brought(client, "a.docx", plain()))
    assert "There is no picture of its pages here." in page.text
    assert "Resolved, That publishers sell ebooks to libraries" in page.text
    assert "/pages/1.png" not in page.text


def test_each_tracked_change_is_shown_in_its_place_and_all_must_be_agreed_to(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "a.docx", resolution())
    page = Page(client.get(path).text)
    assert "Deleted · Ann Sample-Reyes · Nov 1, 2026" in page.text
    assert "sell ebooks within two three days." in page.text
    assert "Tracked changes were read as if they had been accepted: 2." in page.text
    for ticked in ({}, {"agree": "0"}, {"agree": ["0", "0"]}, {"agree": ["0", "x", "99", "--1"]}):
        answer = accept(house, client, path, **ticked)
        assert answer.status_code == 422
        assert "All must be agreed to." in answer.text
    assert len(Page(accept(house, client, path, agree="0").text).all("input", name="agree", checked="")) == 1
    assert the_draft(house).accepted_at is None
    assert accept(house, client, path, agree=["0", "1"]).status_code == 303
    assert the_draft(house).accepted_at is not None
    assert [entry.act for entry in house.rows(AuditEntry)][-1] == "document accepted"


def test_publishing_waits_until_the_text_is_accepted(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "a.docx", plain())

    def publish() -> Revision:
        with house.writing() as session:
            draft = session.query(Draft).one()
            return publishing.publish(session, house.keys, draft, draft.account, clock.now())

    with pytest.raises(publishing.Unfinished) as refused:
        publish()
    assert refused.value.lacks == ("accepted",)
    assert accept(house, client, path).status_code == 303
    publish()
    (text,) = house.rows(Revision, Revision.role == TEXT, Revision.title.startswith("Resolution on waiting"))
    assert "Whereas readers wait;" in text.text
    house.sweep()
    assert [each.name for each in house.rows(Original)] == ["a.docx"]  # the desk keeps what was read


def test_a_discarded_draft_takes_its_document_along(house: House) -> None:
    client = editor_of(house, "NE")
    brought(client, "a.docx", plain())
    (draft,) = house.rows(Draft)
    own = f"/organize/chapters/ne/drafts/{draft.id}"
    assert house.press(f"{own}/discard", client, on=own).status_code == 303
    assert house.rows(Draft) == []
    assert house.rows(Original) == []


def test_what_was_changed_since_it_was_looked_at_is_not_accepted(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "a.docx", plain())
    form = hidden(client.get(path), f"{path}/accept")
    with house.writing() as session:
        session.query(Draft).one().version += 1
    answer = client.post(f"{path}/accept", data=form)
    assert answer.status_code == 422
    assert "Somebody has changed this draft" in answer.text
    assert the_draft(house).accepted_at is None


def test_a_pdf_is_shown_in_pictures_of_our_own_beside_its_text(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "a.pdf", printed("Readers wait.", "They should not."))
    page = Page(client.get(path).text)
    (first, second) = [each for each in page.all("img") if "/pages/" in each["src"]]
    assert first["src"] == f"{path}/pages/1.png"
    assert second["alt"] == "Page 2 of the document, at its full size"
    answer = client.get(first["src"])
    assert answer.data.startswith(b"\x89PNG")
    assert Image.open(io.BytesIO(answer.data)).size == (int(first["width"]), int(first["height"]))
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("image/png", "no-store")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{path}/pages/3.png").status_code == 404


def test_an_auditor_reads_and_is_offered_nothing_to_press(house: House) -> None:
    path = brought(editor_of(house, "NE"), "a.docx", resolution())
    auditor = signed_in(house, Role.AUDITOR)
    page = auditor.get(path)
    assert page.status_code == 200
    assert "Ann Sample-Reyes" in page.text
    assert f"{path}/accept" not in page.text
    assert 'type="file"' not in page.text
    assert auditor.get(f"{path}/file").status_code == 200


def test_of_another_chapters_document_nothing_is_to_be_had(house: House) -> None:
    path = brought(editor_of(house, "NE"), "a.pdf", printed("Readers wait."))
    other = editor_of(house, "KS")
    for address in (path, f"{path}/pages/1.png", f"{path}/file"):
        assert other.get(address).status_code == 404
        assert other.get(address.replace("/ne/", "/ks/")).status_code == 404
    token = hidden(other.get("/organize/chapters/ks/upload"))
    for act in ("", "/accept", "/text", "/pages"):
        answer = other.post(f"{path}{act}".replace("/ne/", "/ks/"), data=token)
        assert answer.status_code in (404, 422), act
    assert the_draft(house).accepted_at is None


# --- Scans and photographs --------------------------------------------------------------------------


def test_the_text_of_a_scan_is_typed_beside_its_pages(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "scan.pdf", scan(2))
    page = client.get(path)
    assert "We find no text on these pages." in page.text
    assert f"{path}/pages/2.png" in page.text
    early = client.post(f"{path}/accept", data={**hidden(page, f"{path}/text"), "version": "1"})
    assert early.status_code == 422
    assert "Type the text first; then accept it." in early.text
    empty = client.post(f"{path}/text", data={**hidden(page, f"{path}/text"), "title": "A letter", "body": " "})
    assert empty.status_code == 422
    assert reasons(empty)["body"] == "Type the text that the pages show."
    assert 'value="A letter"' in empty.text
    form = {**hidden(page, f"{path}/text"), "title": "A letter", "body": "Readers wait.\r\n\r\nThey should not."}
    assert client.post(f"{path}/text", data=form).status_code == 303
    draft = the_draft(house)
    assert (draft.title, draft.body) == ("A letter", "Readers wait.\n\nThey should not.\n")
    again = client.post(f"{path}/text", data={**form, "body": "Typed by another."})
    assert again.status_code == 422
    assert "Typed by another." in again.text
    assert accept(house, client, path).status_code == 303
    assert the_draft(house).accepted_at is not None


def test_photographs_become_pages_upright_and_without_what_the_camera_noted(house: House) -> None:
    client = editor_of(house, "NE")
    answer = bring(client, ("one.jpg", photograph(turned=6)), ("two.png", photograph((200, 100), kind="PNG")))
    path = answer.headers["Location"]
    assert [(each.width, each.height) for each in house.rows(PageImage)] == [(300, 400), (200, 100)]
    for number in (1, 2):
        image = client.get(f"{path}/pages/{number}.png").data
        assert b"Sample camera" not in image
        assert not Image.open(io.BytesIO(image)).getexif()
    kept = client.get(f"{path}/file")
    assert "one.zip" in kept.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(kept.data)) as archive:
        assert [info.filename for info in archive.infolist()] == ["01 one.jpg", "02 two.png"]


def test_pages_are_added_one_after_another_up_to_twenty(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "1.jpg", photograph())
    assert bring(client, ("2.jpg", photograph()), path=f"{path}/pages", on=path).status_code == 303
    assert [page.number for page in house.rows(PageImage)] == [1, 2]
    assert (the_original(house).pages, the_original(house).kind) == (2, "zip")
    many = [(f"{n}.jpg", photograph((20, 20))) for n in range(19)]
    refused = bring(client, *many, path=f"{path}/pages", on=path)
    assert refused.status_code == 422
    assert "more than 20 pictures" in refused.text
    assert len(house.rows(PageImage)) == 2


def test_a_document_among_pictures_is_refused(house: House) -> None:
    client = editor_of(house, "NE")
    answer = bring(client, ("1.jpg", photograph()), ("a.docx", plain()))
    assert answer.status_code == 422
    assert "Choose one document, or pictures of its pages" in answer.text


# --- Another document -------------------------------------------------------------------------------


def test_another_document_takes_the_place_of_the_first_and_must_be_accepted_anew(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "a.pdf", printed("Readers wait."))
    accept(house, client, path, facsimile="1")
    assert the_draft(house).facsimile
    assert bring(client, ("b.docx", plain()), path=path, on=path).status_code == 303
    draft = the_draft(house)
    assert (draft.accepted_at, draft.facsimile) == (None, False)
    assert "sell ebooks to libraries on the first day" in draft.body
    assert the_original(house).name == "b.docx"
    assert house.rows(PageImage) == []


def test_a_draft_that_was_written_here_gets_a_document_and_keeps_its_text(house: House) -> None:
    number = drafted(house)
    before = the_draft(house).body
    client, path = editor_of(house, "NE"), f"/organize/chapters/ne/drafts/{number}/original"
    assert "This draft was written here." in client.get(path).text
    assert bring(client, ("a.pdf", printed("Readers wait.")), path=path, on=path, keep_text="1").status_code == 303
    assert the_draft(house).body == before
    page = client.get(path).text
    assert f"{path}/pages/1.png" in page


def test_forgetting_a_drafts_document_deletes_it_with_its_pages(house: House) -> None:
    brought(editor_of(house, "NE"), "a.pdf", printed("Readers wait."))
    with house.writing() as session:
        uploading.forget(session, session.query(Draft).one())
    assert house.rows(Original) == []
    assert house.rows(PageImage) == []
    assert the_draft(house).original_id is None


def test_the_sweep_deletes_the_document_of_a_discarded_draft_and_no_other(house: House) -> None:
    client = editor_of(house, "NE")
    brought(client, "a.pdf", printed("Readers wait."))
    path = brought(client, "b.docx", plain())
    house.sweep()
    assert len(house.rows(Original)) == 2
    with house.writing() as session:
        session.query(Draft).filter(Draft.title == "").delete()
    house.sweep()
    assert [each.name for each in house.rows(Original)] == ["b.docx"]
    assert client.get(path).status_code == 200
