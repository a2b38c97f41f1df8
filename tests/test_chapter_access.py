"""Asking for access: the link goes to the office on file alone, once, and tells whoever asked nothing."""

import json
import threading
from dataclasses import replace

import pytest

from petition.accounts import offering
from petition.accounts.models import AccessOffer, Account, AuditEntry, Grant
from petition.chapters import office
from petition.chapters.models import Chapter
from petition.jobs import State
from tests.chapters import OFFICE, account_of
from tests.ground import House, hidden

EDITOR = "bea@ne.library.example"


def ask(house: House, state: str = "ne", **typed: str) -> str:
    """Press the button on the chapter's page; returns where it leads."""
    answer = house.press(f"/chapters/{state}/access", on=f"/chapters/{state}", **typed)
    assert answer.status_code == 303
    return answer.headers["Location"]


def link_to(house: House, address: str = OFFICE) -> str:
    return house.mails(address)[-1].link("/chapters/access/")


def offered(house: House) -> str:
    """Ask, and have the e-mail written; returns the link."""
    ask(house)
    house.work()
    return link_to(house)


def grants(house: House) -> list[tuple[str, str | None]]:
    return [(grant.role, grant.chapter) for grant in house.rows(Grant)]


def test_from_the_button_to_the_editors_desk(house: House) -> None:
    answer = house.press(offered(house), email=EDITOR)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/chapters/ne/named")
    house.work()
    invitation = house.mails(EDITOR)[-1]
    assert "You edit for Nebraska Library Association" in invitation.text
    client = house.client()
    where = house.press("/account/sign-in", client, email=EDITOR).headers["Location"]
    house.work()
    (code,) = house.mails(EDITOR)[-1].codes
    assert house.press(where, client, code=code).headers["Location"] == "/organize/chapters/ne/"
    assert client.get("/organize/chapters/ne/").status_code == 200
    assert grants(house) == [("editor", "NE")]


def test_what_the_office_did_is_recorded_as_the_offices(house: House) -> None:
    house.press(offered(house), email=EDITOR)
    made, given = house.rows(AuditEntry)
    assert (made.act, given.act, given.account_id) == ("account made", "role given", None)
    assert json.loads(given.details) == {"by": "office", "chapter": "NE", "role": "editor"}
    assert EDITOR not in repr([made.details, given.details])


def test_the_link_goes_to_the_office_whatever_is_sent_along(house: House) -> None:
    ask(house, email="mallory@patron.example", office="mallory@patron.example")
    house.work()
    assert [mail.to for mail in house.mails()] == [OFFICE]


def test_looking_at_the_link_changes_nothing_and_pressing_it_works_once(house: House) -> None:
    link = offered(house)
    before = house.dump()
    for _ in range(5):
        assert house.client().get(link).status_code == 200
        assert house.client().head(link).status_code == 200
    assert house.dump() == before
    form = {**hidden(house.client().get(link)), "email": EDITOR}
    assert house.client().post(link, data=form).status_code == 303
    again = house.client().post(link, data={**form, "email": "eve@patron.example"})
    assert again.status_code == 404
    assert house.client().get(link).status_code == 404
    assert grants(house) == [("editor", "NE")]


def test_a_link_pressed_many_times_at_once_names_one_editor(house: House) -> None:
    link = offered(house)
    form = hidden(house.client().get(link))
    answers: list[int] = []

    def press(number: int) -> None:
        typed = {**form, "email": f"editor-{number}@ne.library.example"}
        answers.append(house.client().post(link, data=typed).status_code)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 404, 404, 404]
    assert len(house.rows(Grant)) == 1


def test_a_refused_address_leaves_the_link_as_it_was(house: House) -> None:
    link = offered(house)
    refused = house.press(link, email="bea@")
    assert refused.status_code == 422
    assert "no part after the @" in refused.text
    assert house.press(link, email=EDITOR).status_code == 303


def test_a_link_ends_after_three_days_and_with_the_offices_address(house: House) -> None:
    old = offered(house)
    house.later(days=3, seconds=1)
    assert house.client().get(old).status_code == 404
    link = offered(house)
    form = {**hidden(house.client().get(link)), "email": EDITOR}
    with house.writing() as session:
        own = session.query(Chapter).filter_by(state="NE").one()
        office.move(own, house.keys, address="new@ne.library.example", canonical="new@ne.library.example")
    assert house.client().get(link).status_code == 404
    assert house.client().post(link, data=form).status_code == 404
    assert grants(house) == []


def test_an_e_mail_still_unsent_when_the_office_moves_goes_nowhere(house: House) -> None:
    ask(house)
    with house.writing() as session:
        own = session.query(Chapter).filter_by(state="NE").one()
        office.move(own, house.keys, address="new@ne.library.example", canonical="new@ne.library.example")
    house.work()
    assert house.mails() == []
    assert [email.state for email in house.emails()] == [State.DROPPED]
    ask(house)
    house.work()
    assert [mail.to for mail in house.mails()] == ["new@ne.library.example"]


def test_a_link_that_was_never_sent_opens_nothing(house: House) -> None:
    ask(house)
    (made,) = house.rows(AccessOffer)
    assert house.client().get(f"/chapters/access/{offering.token(house.keys, made)}").status_code == 404


def test_a_flood_of_asking_neither_fills_the_office_nor_leaves_it_without_a_link(house: House) -> None:
    for _ in range(6):
        ask(house)
    house.work()
    assert len(house.mails(OFFICE)) == 1
    for _ in range(6):
        house.later(minutes=11)
        ask(house)
        house.work()
    assert len(house.mails(OFFICE)) == offering.A_DAY
    assert house.press(link_to(house), email=EDITOR).status_code == 303
    # One was used: the cap counts only what nobody has answered.
    house.later(minutes=11)
    ask(house)
    house.work()
    assert len(house.mails(OFFICE)) == offering.A_DAY + 1


def test_one_chapters_flood_is_no_other_chapters(house: House) -> None:
    for state in ("ne", "ks"):
        ask(house, state)
    house.work()
    assert sorted(mail.to for mail in house.mails()) == ["office@ks.chapter.example", OFFICE]


def test_asking_is_answered_alike_whether_or_not_the_office_gets_anything(house: House) -> None:
    pages = []
    for _ in range(3):
        where = ask(house)
        house.work()
        pages.append((where, house.client().get(where).text))
    assert len(set(pages)) == 1
    assert len(house.mails(OFFICE)) == 1


def test_too_many_requests_from_one_network_are_told_to_wait(house: House) -> None:
    crowded = House.open(replace(house.config, limits={**house.config.limits, "access": "2 per 10 minutes"}))
    form = hidden(crowded.client().get("/chapters/ne"), "/chapters/ne/access")
    answers = [crowded.client().post("/chapters/ne/access", data=form).status_code for _ in range(3)]
    assert answers == [303, 303, 429]
    crowded.close()


def test_a_token_of_one_chapters_button_asks_for_no_other(house: House) -> None:
    form = hidden(house.client().get("/chapters/ne"), "/chapters/ne/access")
    assert house.client().post("/chapters/ks/access", data=form).status_code == 422
    assert house.rows(AccessOffer) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_e_mail_speaks_the_language_of_the_page(house: House, language: str) -> None:
    path = f"/chapters/ne?lang={language}"
    form = hidden(house.client().get(path), f"/chapters/ne/access?lang={language}")
    house.client().post(f"/chapters/ne/access?lang={language}", data=form)
    house.work()
    mail = house.mails(OFFICE)[-1]
    expected = {"en": "name the editor", "es": "nombre a quien edita"}[language]
    assert expected in mail.text
    assert "Nebraska Library Association" in mail.html
    assert house.client().get(mail.link("/chapters/access/")).status_code == 200


def test_an_office_that_names_an_editor_of_two_chapters_or_twice_makes_one_account(house: House) -> None:
    for state in ("ne", "ks", "ne"):
        house.later(minutes=11)
        ask(house, state)
        house.work()
        assert house.press(link_to(house, f"office@{state}.chapter.example"), email=EDITOR).status_code == 303
    house.work()
    assert grants(house) == [("editor", "NE"), ("editor", "KS")]
    assert len(house.rows(Account)) == 1
    assert account_of(house, EDITOR).chapters == ("NE", "KS")
    last = house.mails(EDITOR)[-1].text
    assert "Nebraska Library Association" in last
    assert "Kansas Library Association" in last


def test_old_offers_are_forgotten(house: House) -> None:
    offered(house)
    house.later(days=4, minutes=1)
    house.sweep()
    assert house.rows(AccessOffer) == []
