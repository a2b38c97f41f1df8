"""This was not me: the row goes, the address is left in peace for 30 days, and its owner can end the pause."""

import threading

import pytest

from petition import clock
from petition.db import writing
from petition.jobs import State
from petition.mail.mailboxes import Mailbox
from petition.signatures import confirmation, disowning
from petition.signatures.models import Link, Signature, Status
from tests.ground import ADDRESS, House, hidden


def disowned(house: House, address: str = ADDRESS) -> str:
    """Sign for an address and have its owner say that it was not them; returns the link that lifts the pause."""
    house.sign(email=address)
    house.work()
    mail = house.mails(address)[-1]
    link = mail.link("/confirm/")
    assert house.press(f"{link}/not-me", on=link).status_code == 303
    return mail.link("/lift/")


def test_what_was_typed_is_gone_and_nothing_counts(house: House) -> None:
    house.sign()
    house.work()
    link = house.mails(ADDRESS)[-1].link("/confirm/")
    token = hidden(house.client().get(link), link)
    answer = house.press(f"{link}/not-me", on=link)
    page = house.client().get(answer.headers["Location"])
    assert page.status_code == 200
    assert "Nothing was signed." in page.text
    assert "30 days" in page.text
    assert house.rows(Signature) == []
    assert house.rows(Link, Link.signature_id.is_not(None)) == []
    assert house.client().get(link).status_code == 404
    assert house.client().post(link, data=token).status_code == 404
    house.work()
    assert house.count() == 0


def test_no_email_goes_to_the_address_for_thirty_days(house: House) -> None:
    disowned(house)
    house.later(minutes=20)
    assert house.sign(email="ADA+again@patron.example").status_code == 303
    house.work()
    assert len(house.mails()) == 1
    assert house.emails()[-1].state == State.DROPPED
    house.later(days=29, hours=23)
    house.sign()
    house.work()
    assert len(house.mails()) == 1
    house.later(hours=1)
    house.sign()
    house.work()
    assert len(house.mails(ADDRESS)) == 2


def test_others_are_written_to_as_before(house: House) -> None:
    disowned(house)
    house.signed("grace@patron.example")
    assert house.count() == 1


def test_its_owner_lifts_the_pause_by_a_press_and_signs(house: House) -> None:
    lift = disowned(house)
    before = house.dump()
    for _ in range(3):
        assert "Lift the pause" in house.client().get(lift).text
        house.client().head(lift)
    assert house.dump() == before
    answer = house.press(lift)
    assert answer.status_code == 303
    assert "The pause is lifted" in house.client().get(lift).text
    house.sign()
    house.work()
    assert house.confirm().status_code == 303
    house.work()
    assert house.count() == 1


def test_the_page_after_not_me_offers_to_lift_the_pause_too(house: House) -> None:
    house.sign()
    house.work()
    link = house.mails()[-1].link("/confirm/")
    page = house.press(f"{link}/not-me", on=link, client=house.client()).headers["Location"]
    assert house.mails()[-1].link("/lift/") in house.client().get(page).text


def test_not_me_needs_a_press_of_its_own(house: House) -> None:
    house.sign()
    house.work()
    link = house.mails()[-1].link("/confirm/")
    assert house.client().get(f"{link}/not-me").status_code == 405
    assert house.client().post(f"{link}/not-me").status_code == 422
    assert house.signature().status == Status.PENDING


def test_what_was_confirmed_cannot_be_disowned_by_the_old_link(house: House) -> None:
    house.sign()
    house.work()
    link = house.mails()[-1].link("/confirm/")
    token = hidden(house.client().get(link), link)
    house.press(link)
    answer = house.client().post(f"{link}/not-me", data=token)
    assert answer.headers["Location"].endswith(link)
    assert house.signature().status == Status.VERIFIED
    assert house.rows(Mailbox)[0].paused_until is None


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_not_me_that_comes_a_moment_after_a_confirmation_takes_nothing_away(house: House) -> None:
    # Only here: SQLite has one writer at a time, so the second sees what the first has done.
    house.sign()
    house.work()
    with house.app.app_context(), writing() as session:
        mine = session.get_one(Signature, house.signature().id)
        confirm_meanwhile(house, mine.id)
        assert disowning.disown(session, mine, clock.now()) is None
    assert house.signature().status == Status.VERIFIED
    assert house.client().get(house.mails()[0].link("/confirm/")).status_code == 200
    assert house.rows(Mailbox)[0].paused_until is None


def test_not_me_pressed_many_times_at_once_is_taken_once(house: House) -> None:
    house.sign()
    house.work()
    link = house.mails()[0].link("/confirm/")
    token = hidden(house.client().get(link), link)
    answers: list[int] = []
    gate = threading.Barrier(6)

    def press() -> None:
        client = house.client()
        gate.wait()
        answers.append(client.post(f"{link}/not-me", data=token).status_code)

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {303, 404}
    assert 303 in answers
    assert house.rows(Signature) == []
    assert len(house.rows(Mailbox)) == 1


def confirm_meanwhile(house: House, signature_id: int) -> None:
    """In a transaction of its own, while another is open."""
    with house.writing() as session:
        signature = session.get_one(Signature, signature_id)
        confirmation.confirm(session, signature, method="link", now=clock.now())
