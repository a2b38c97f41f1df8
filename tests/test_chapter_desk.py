"""A chapter's desk: what its editors do there, what organizers do at every one, and what is recorded."""

import json

import pytest
from flask.testing import FlaskClient

from petition.accounts.models import Account, AuditEntry, Grant, Role, SignedIn
from tests.chapters import OFFICE, account_of, editor_of
from tests.ground import House, hidden
from tests.signing_in import admitted, signed_in
from tests.witness import Page

DESK = "/organize/chapters/ne/"
COLLEAGUE = "cal@ne.library.example"


@pytest.fixture
def editor(house: House) -> FlaskClient:
    return editor_of(house, "NE")


@pytest.fixture
def organizer(house: House) -> FlaskClient:
    return signed_in(house)


def invite(house: House, client: FlaskClient, address: str = COLLEAGUE, desk: str = DESK) -> int:
    return house.press(f"{desk}editors", client, on=desk, email=address).status_code


def recorded(house: House, *acts: str) -> list[tuple[str, str, dict[str, str]]]:
    """What somebody signed in did, of these acts."""
    entries = house.rows(AuditEntry, AuditEntry.act.in_(acts), AuditEntry.account_id.is_not(None))
    return [(entry.act, entry.subject, json.loads(entry.details)) for entry in entries]


def test_the_desk_shows_the_chapters_count_people_link_and_picture(house: House, editor: FlaskClient) -> None:
    house.signed("a@patron.example", state="NE")
    house.signed("b@patron.example", state="KS")
    page = editor.get(DESK)
    assert page.status_code == 200
    assert "<dd>1<small>from Nebraska</small>" in page.text
    for shown in ("editor@ne.library.example", f"{house.config.base_url}/chapters/ne", "/chapters/ne/qr.svg"):
        assert shown in page.text, shown
    assert OFFICE not in page.text
    assert Page(page.text).faults == []


def test_an_editors_desk_leads_to_nothing_of_the_national_console(house: House, editor: FlaskClient) -> None:
    for path in (DESK, "/account/"):
        links = {link.get("href") or "" for link in Page(editor.get(path).text).all("a")}
        assert [link for link in links if link.startswith("/organize") and not link.startswith(DESK)] == [], path
    assert house.press("/account/sign-in", email="x@patron.example").status_code == 303


def test_an_editor_invites_an_editor_of_the_same_chapter(house: House, editor: FlaskClient) -> None:
    assert invite(house, editor) == 303
    house.work()
    assert "You edit for Nebraska Library Association" in house.mails(COLLEAGUE)[-1].text
    assert account_of(house, COLLEAGUE).chapters == ("NE",)
    assert COLLEAGUE in editor.get(DESK).text
    given = recorded(house, "role given")
    assert given == [("role given", f"account {account_of(house, COLLEAGUE).id}", {"chapter": "NE", "role": "editor"})]
    assert invite(house, editor, "cal@") == 422


def test_an_organizer_invites_and_dismisses_at_every_chapter(house: House, organizer: FlaskClient) -> None:
    for state in ("ne", "ks"):
        assert invite(house, organizer, desk=f"/organize/chapters/{state}/") == 303
    account = account_of(house, COLLEAGUE)
    assert account.chapters == ("NE", "KS")
    assert house.press(f"{DESK}editors/{account.id}/dismiss", organizer, on=DESK).status_code == 303
    assert account_of(house, COLLEAGUE).chapters == ("KS",)
    assert recorded(house, "role taken") == [
        ("role taken", f"account {account.id}", {"chapter": "NE", "role": "editor"})
    ]


def test_who_is_dismissed_is_signed_out_and_sees_the_chapter_no_more(house: House, editor: FlaskClient) -> None:
    other = editor_of(house, "NE", COLLEAGUE)
    account = account_of(house, COLLEAGUE)
    assert house.press(f"{DESK}editors/{account.id}/dismiss", editor, on=DESK).status_code == 303
    assert other.get(DESK).headers["Location"].startswith("/account/sign-in")
    assert house.rows(SignedIn, SignedIn.account_id == account.id) == []
    again = house.press("/account/sign-in", email=COLLEAGUE)
    house.work()
    assert again.status_code == 303
    assert house.mails(COLLEAGUE) == []


def test_an_editor_may_leave_and_loses_this_chapter_alone(house: House, editor: FlaskClient) -> None:
    invite(house, editor, "editor@ks.library.example")
    twice = editor_of(house, "KS")
    account = account_of(house, "editor@ks.library.example")
    assert account.chapters == ("NE", "KS")
    left = house.press(f"{DESK}editors/{account.id}/dismiss", twice, on=DESK)
    assert left.headers["Location"] == "/account/sign-in"
    assert account_of(house, "editor@ks.library.example").chapters == ("KS",)


def test_nobody_is_dismissed_from_a_chapter_that_they_do_not_edit(house: House, editor: FlaskClient) -> None:
    other = editor_of(house, "KS")
    boss = admitted(house, Role.ORGANIZER)
    form = hidden(editor.get(DESK), f"{DESK}editors")
    before = house.rows(Grant)
    for account in (account_of(house, "editor@ks.library.example"), boss):
        assert editor.post(f"{DESK}editors/{account.id}/dismiss", data=form).status_code == 404
    assert editor.post(f"{DESK}editors/999/dismiss", data=form).status_code == 404
    assert len(house.rows(Grant)) == len(before)
    assert other.get("/organize/chapters/ks/").status_code == 200


def test_the_people_page_names_editors_and_cannot_dismiss_them(house: House, organizer: FlaskClient) -> None:
    editor_of(house, "NE")
    account = account_of(house, "editor@ne.library.example")
    page = organizer.get("/organize/people")
    assert "editor (Nebraska)" in page.text
    assert f"/organize/people/{account.id}/dismiss" not in page.text
    form = hidden(page, "/organize/people")
    assert organizer.post(f"/organize/people/{account.id}/dismiss/editor", data=form).status_code == 404
    assert house.press("/organize/people", organizer, email="x@y.example", role="editor").status_code == 422
    assert account_of(house, "editor@ne.library.example").chapters == ("NE",)


def test_an_organizer_moves_an_office_and_it_is_recorded_without_its_address(
    house: House, organizer: FlaskClient
) -> None:
    listed = organizer.get("/organize/chapters/").text
    assert listed.count("A sample: nobody gets e-mail there.") == 51
    moved = house.press(f"{DESK}office", organizer, on=DESK, office="desk@nebraska.library.org")
    assert moved.status_code == 303
    same = house.press(f"{DESK}office", organizer, on=DESK, office="desk@nebraska.library.org")
    assert same.status_code == 303
    assert recorded(house, "office moved") == [("office moved", "chapter NE", {})]
    assert "desk@nebraska.library.org" in organizer.get(DESK).text
    assert organizer.get("/organize/chapters/").text.count("A sample: nobody gets e-mail there.") == 50
    refused = house.press(f"{DESK}office", organizer, on=DESK, office="desk@")
    assert refused.status_code == 422
    assert 'value="desk@"' in refused.text
    house.press(f"{DESK}access", organizer, on=DESK)
    house.work()
    assert [mail.to for mail in house.mails()] == ["desk@nebraska.library.org"]
    assert recorded(house, "access offered") == [("access offered", "chapter NE", {})]


def test_the_log_says_what_was_done_to_a_chapter_and_by_its_office(house: House, organizer: FlaskClient) -> None:
    house.press(f"{DESK}access", organizer, on=DESK)
    house.work()
    house.press(house.mails(OFFICE)[-1].link("/chapters/access/"), email=COLLEAGUE)
    log = organizer.get("/organize/log").text
    for said in ("Link sent to a chapter’s office", "chapter NE", "the chapter’s office, by its link", "chapter: NE"):
        assert said in log, said
    assert COLLEAGUE not in log


def test_inviting_asks_again_who_signed_in_long_ago(house: House, editor: FlaskClient) -> None:
    form = {**hidden(editor.get(DESK), f"{DESK}editors"), "email": COLLEAGUE}
    house.later(minutes=16)
    answer = editor.post(f"{DESK}editors", data=form)
    assert answer.headers["Location"].startswith("/account/sign-in")
    assert len(house.rows(Account)) == 1


def test_an_auditor_reads_a_chapters_desk_and_is_shown_no_button(house: House) -> None:
    auditor = signed_in(house, Role.AUDITOR)
    page = auditor.get(DESK)
    assert page.status_code == 200
    assert OFFICE in page.text
    assert not Page(page.text).all("form", method="post")


def test_an_auditor_who_edits_a_chapter_writes_there_and_nowhere_else(house: House) -> None:
    client = signed_in(house, Role.AUDITOR, address=COLLEAGUE)
    editor_of(house, "NE", COLLEAGUE)
    assert invite(house, client, "dan@ne.library.example") == 303
    form = {**hidden(client.get(DESK), f"{DESK}editors"), "email": "eve@ks.library.example"}
    assert client.post("/organize/chapters/ks/editors", data=form).status_code == 403
    assert client.post("/organize/people", data=form).status_code == 403
