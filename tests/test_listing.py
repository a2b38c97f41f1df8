"""Organizers list a chapter's text or ask for changes; its chapter ends it; and everybody concerned hears of it."""

import pytest
from flask.testing import FlaskClient

from petition.accounts.models import AuditEntry, Role
from petition.statements.models import ChangeRequest, Statement
from tests.chapters import OFFICE, editor_of
from tests.ground import House, hidden
from tests.publishing import BODY, published
from tests.signing_in import ORGANIZER, signed_in
from tests.witness import Page, words

EDITOR = "editor@ne.library.example"


@pytest.fixture
def organizer(house: House) -> FlaskClient:
    return signed_in(house, Role.ORGANIZER, address=ORGANIZER)


@pytest.fixture
def slug(house: House, organizer: FlaskClient) -> str:
    return published(house, listed=False)


def page_of(slug: str, chapter: str = "ne") -> str:
    return f"/organize/chapters/{chapter}/statements/{slug}"


def press(house: House, client: FlaskClient, slug: str, act: str, **typed: str) -> int:
    return house.press(f"{page_of(slug)}/{act}", client, on=page_of(slug), **typed).status_code


def acts(house: House) -> list[str]:
    return [entry.act for entry in house.rows(AuditEntry)]


def test_organizers_hear_of_a_published_text_and_it_waits_at_their_desk(
    house: House, organizer: FlaskClient, slug: str
) -> None:
    house.work()
    told = house.mails(ORGANIZER)[-1]
    assert told.subject == "Nebraska Library Association has published a text"
    assert page_of(slug) in told.text
    desk = organizer.get("/organize/texts").text
    assert "Waits for you" in desk
    assert Page(desk).faults == []


def test_what_is_listed_stands_in_the_public_list_and_its_editors_hear_of_it(
    house: House, organizer: FlaskClient, slug: str
) -> None:
    assert f"/statements/{slug}" not in house.client().get("/statements/").text
    assert press(house, organizer, slug, "list") == 303
    assert f"/statements/{slug}" in house.client().get("/statements/").text
    house.work()
    assert house.mails(EDITOR)[-1].subject == "Listed in the campaign: Resolution on one copy for a whole state"
    assert press(house, organizer, slug, "list") == 303
    assert f"/statements/{slug}" not in house.client().get("/statements/").text
    assert acts(house)[-2:] == ["statement listed", "statement taken off the list"]


def test_a_text_that_is_not_listed_is_readable_all_the_same(house: House, slug: str) -> None:
    assert house.client().get(f"/statements/{slug}").status_code == 200
    assert f"/statements/{slug}" in house.client().get("/chapters/ne").text


def test_changes_are_asked_for_in_words_that_the_editors_get_and_a_later_revision_answers(
    house: House, organizer: FlaskClient, slug: str
) -> None:
    assert press(house, organizer, slug, "changes", note="The second clause\nnames a sum. Which source?") == 303
    house.work()
    told = house.mails(EDITOR)[-1]
    assert told.subject == "Changes asked for: Resolution on one copy for a whole state"
    assert "The second clause" in told.text
    assert "for your chapter to decide" in words(told.text)
    assert "Changes asked for" in organizer.get("/organize/texts").text
    published(house, slug=slug, listed=False, body=BODY + "\n\nMore.", note="Names the source.")
    assert "Changes asked for" not in organizer.get("/organize/texts").text
    assert "A later revision was published since." in words(editor_of(house, "NE").get(page_of(slug)).text)


def test_a_button_pressed_twice_asks_for_changes_once(house: House, organizer: FlaskClient, slug: str) -> None:
    house.work()
    before = len(house.mails(EDITOR))
    for note in ("Which source?", "Which source?", "And which sum?"):
        assert press(house, organizer, slug, "changes", note=note) == 303
    house.work()
    assert [each.note for each in house.rows(ChangeRequest)] == ["Which source?", "And which sum?"]
    assert len(house.mails(EDITOR)) == before + 2


@pytest.mark.parametrize(("act", "done"), [("list", "statement listed"), ("signing", "opened for signatures")])
def test_a_button_pressed_twice_does_not_undo_what_it_did(
    house: House, organizer: FlaskClient, slug: str, act: str, done: str
) -> None:
    path = f"{page_of(slug)}/{act}"
    sent = hidden(organizer.get(page_of(slug)), path)
    for _press in range(2):
        assert organizer.post(path, data=sent).status_code == 303
    assert acts(house)[-1] == done


@pytest.mark.parametrize("note", ["", "  ", "x" * 4001])
def test_a_request_that_says_nothing_or_too_much_is_refused_and_kept(
    house: House, organizer: FlaskClient, slug: str, note: str
) -> None:
    answer = house.press(f"{page_of(slug)}/changes", organizer, on=page_of(slug), note=note)
    assert answer.status_code == 422
    assert note.strip() in answer.text
    assert Page(answer.text).faults == []
    assert house.rows(ChangeRequest) == []


def test_an_editor_opens_the_text_to_signatures_and_closes_it(house: House, slug: str) -> None:
    editor = editor_of(house, "NE")
    assert press(house, editor, slug, "signing") == 303
    assert f'action="/statements/{slug}/sign"' in house.client().get(f"/statements/{slug}").text
    assert press(house, editor, slug, "signing") == 303
    assert f'action="/statements/{slug}/sign"' not in house.client().get(f"/statements/{slug}").text


def test_a_chapter_retracts_its_text_for_a_reason_that_office_and_organizers_get(house: House, slug: str) -> None:
    editor = editor_of(house, "NE")
    assert press(house, editor, slug, "end", how="retracted", because="The board has voted anew.") == 303
    (ended,) = house.rows(Statement, Statement.slug == slug)
    assert (ended.ended, ended.ended_because) == ("retracted", "The board has voted anew.")
    house.work()
    for address in (OFFICE, ORGANIZER):
        assert house.mails(address)[-1].subject == "Retracted: Resolution on one copy for a whole state"
        assert "The board has voted anew." in house.mails(address)[-1].text
    again = editor.get(page_of(slug)).text
    assert "/end" not in again
    assert Page(again).faults == []


def test_what_supersedes_a_text_has_to_be_named_and_is_one_of_the_chapters_own(house: House, slug: str) -> None:
    editor = editor_of(house, "NE")
    published(house, "KS")
    after = published(house, title="The new resolution")
    offered = Page(editor.get(page_of(slug)).text).all("option")
    assert {each.get("value") for each in offered} >= {after, "superseded"}
    assert not any(str(each.get("value")).startswith("ks-") for each in offered)
    wrong = {"how": "superseded", "because": "A new one.", "successor": "ks-resolution-2026"}
    assert press(house, editor, slug, "end", **wrong) == 422
    assert press(house, editor, slug, "end", **{**wrong, "successor": after}) == 303
    assert after in editor.get(page_of(slug)).text


@pytest.mark.parametrize("typed", [{"how": "", "because": "x"}, {"how": "retracted", "because": " "}, {"how": "gone"}])
def test_an_end_without_its_kind_or_its_reason_changes_nothing(house: House, slug: str, typed: dict[str, str]) -> None:
    before = house.dump()
    editor = editor_of(house, "NE")
    answer = house.press(f"{page_of(slug)}/end", editor, on=page_of(slug), **typed)
    assert answer.status_code == 422
    assert "Nothing was changed yet" in answer.text
    assert house.dump()["statement"] == before["statement"]


def test_a_text_of_another_chapter_is_not_there(house: House, organizer: FlaskClient, slug: str) -> None:
    for client in (editor_of(house, "KS"), organizer):
        assert client.get(page_of(slug, "ks")).status_code == 404
    assert organizer.get(page_of("ebooksforall")).status_code == 404
    assert editor_of(house, "KS").get(page_of(slug)).status_code == 404
    answer = editor_of(house, "NE").post(f"{page_of(slug)}/list")
    assert answer.status_code == 403
