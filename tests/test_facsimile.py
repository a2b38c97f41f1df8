"""The pages of an original, shown to everybody where its chapter chose so."""


import hashlib
from pathlib import Path

import pikepdf
import pytest

from petition import clock
from petition.drafts import facsimile, publishing
from petition.drafts.models import Draft, Original
from petition.statements.models import TEXT, Revision
from tests import prepared
from tests.bringing import accept, bring, brought, facsimiled, plain, printed
from tests.chapters import editor_of
from tests.ground import House
from tests.printed import Needs, words
from tests.witness import Page

PAGES = "/statements/{}/revisions/1/pages/{}.png"


def test_the_pages_are_public_where_the_chapter_chose_so_and_kept_for_good(house: House) -> None:
    slug = facsimiled(house)
    client = house.client()
    for number in (1, 2):
        answer = client.get(PAGES.format(slug, number))
        assert answer.status_code == 200
        assert answer.data.startswith(b"\x89PNG")
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Content-Encoding" not in answer.headers
    assert client.get(PAGES.format(slug, 3)).status_code == 404
    assert client.get(PAGES.format(slug, 1), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200
    house.sweep()
    assert len(house.rows(Original)) == 1
    assert client.get(PAGES.format(slug, 2)).status_code == 200


def test_they_are_not_where_it_did_not(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "a.pdf", printed("Resolution on waiting", "Readers wait."))
    accept(house, client, path)
    with house.writing() as session:
        draft = session.query(Draft).one()
        draft.title = draft.title or "Resolution"
        revision = publishing.publish(session, house.keys, draft, draft.account, clock.now())
        slug = revision.statement.slug
        assert facsimile.of_revision(session, revision.id) == []
    assert house.client().get(PAGES.format(slug, 1)).status_code == 404


def test_a_document_without_pictures_of_its_pages_is_never_shown(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "a.docx", plain())
    assert "Show the pages of the original" not in client.get(path).text
    accept(house, client, path, facsimile="1")
    assert [draft.facsimile for draft in house.rows(Draft)] == [False]


def test_the_choice_can_be_changed_until_the_text_is_published(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "a.pdf", printed("Resolution on waiting", "Readers wait."))
    accept(house, client, path, facsimile="1")
    first = house.rows(Draft)[0]
    assert first.facsimile
    house.later(minutes=5)
    accept(house, client, path)
    again = house.rows(Draft)[0]
    assert (again.facsimile, again.accepted_at) == (False, first.accepted_at)


def test_each_picture_says_which_page_it_shows(house: House) -> None:
    slug = facsimiled(house)
    with house.app.test_request_context(), house.reading() as session:
        revision = session.query(Revision).filter(Revision.role == TEXT, Revision.statement.has(slug=slug)).one()
        assert [png[:4] for png in facsimile.images_of_revision(session, revision.id)] == [b"\x89PNG"] * 2
    shown = house.client().get(f"/statements/{slug}").text
    assert [each["alt"] for each in Page(shown).all("img")] == ["Page 1 of the original", "Page 2 of the original"]
    assert all(house.client().get(each["src"]).status_code == 200 for each in Page(shown).all("img"))


def test_a_document_brought_later_takes_nothing_from_what_is_published(house: House) -> None:
    slug = facsimiled(house)
    client = editor_of(house, "NE")
    path = brought(client, "b.docx", plain())
    assert bring(client, ("c.docx", plain()), path=path, on=path).status_code == 303
    assert house.client().get(PAGES.format(slug, 1)).status_code == 200
    assert sorted(each.name for each in house.rows(Original)) == ["a.pdf", "c.docx"]


def test_the_document_of_a_published_text_is_kept_for_its_own_desk_though_its_pages_are_not_shown(house: House) -> None:
    client = editor_of(house, "NE")
    path = brought(client, "a.pdf", printed("Resolution on waiting", "Readers wait."))
    accept(house, client, path)
    with house.writing() as session:
        (draft,) = session.query(Draft)
        draft.title = "Resolution on waiting"
        slug = publishing.publish(session, house.keys, draft, draft.account, clock.now()).statement.slug
    house.sweep()
    (original,) = house.rows(Original)
    assert house.client().get(PAGES.format(slug, 1)).status_code == 404
    kept = f"/organize/chapters/ne/originals/{original.id}"
    assert kept in client.get(f"/organize/chapters/ne/statements/{slug}").text
    answer = client.get(kept)
    assert hashlib.sha256(answer.data).hexdigest() == original.sha256
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert editor_of(house, "KS").get(kept.replace("/ne/", "/ks/")).status_code == 404
    assert editor_of(house, "KS").get(kept).status_code == 404


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_the_pages_are_an_annex_of_the_packet_where_they_are_shown(house: House, needs: Needs, tmp_path: Path) -> None:
    slug = facsimiled(house)
    out = tmp_path / "packet.pdf"
    prepared.command(house.config, "packet", "build", slug, "--out", str(out))
    with pikepdf.Pdf.open(out) as pdf:
        # WeasyPrint names every picture on each page; these two are different ones.
        assert len({each.objgen for page in pdf.pages for each in page.get_images().values()}) == 2
    said = words(needs, out)
    places = [said.rindex(each) for each in ("Page 1 of 2 of", "Page 2 of 2 of", "What this shows")]
    assert places == sorted(places)
