"""Those who were drawn and have not answered: asked or not, gone since, and what a publisher is told of them."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from petition import clock, tokens
from petition.audits.asking import LETTER
from petition.audits.models import Sampled, Stand
from petition.audits.views import QUESTION
from petition.jobs import State
from petition.mail import mailboxes, outbox
from petition.mail.outbox import Email
from petition.signatures import withdrawal
from petition.signatures.models import Signature
from tests.ground import House
from tests.sample_audits import drawn, link, packet
from tests.witness import words

ASKS = "Did you sign this?"


def erase(house: House, number: int) -> None:
    """Its signatory withdraws it, and a week goes by."""
    with house.writing() as session:
        row = session.query(Signature).filter_by(number=number).one()
        withdrawal.withdraw(session, row, clock.now())
    house.register()
    with house.writing() as session:
        session.execute(
            update(Signature).where(Signature.number == number).values(withdrawn_at=clock.now() - timedelta(days=8))
        )
    house.sweep()


def pause(house: House) -> None:
    """Every mailbox asks for peace."""
    with house.writing() as session:
        for row in session.query(Signature):
            mailboxes.pause(session, row.mailbox or b"", clock.now())


def said_of(house: House, page: str) -> str:
    """What the entries of a sample came to."""
    return words(house.client().get(page).text).partition("Did they sign?")[2]


def test_whoever_is_erased_after_being_asked_is_asked_nothing_any_more(house: House) -> None:
    page = drawn(house, link(house, packet(house, 1)))
    house.work()
    question = house.mails()[-1].link("/did-you-sign/")
    erase(house, 1)
    answer = house.client().get(question)
    assert answer.status_code == 200
    assert "None" not in words(answer.text)
    assert "<button" not in answer.text.partition("<main")[2].partition("</main")[0]
    assert "The details of this signature are erased" in words(answer.text)
    before = house.dump()
    pressed = {"csrf_token": tokens.form(house.keys, QUESTION, clock.now())}
    refused = house.client().post(f"{question}/yes", data=pressed)
    assert refused.status_code == 410
    assert "The details of this signature are erased" in words(refused.text)
    assert house.dump() == before
    assert "Unknown: the details were erased before an answer came" in said_of(house, page)


def test_whoever_is_not_asked_yet_is_not_said_to_have_been_asked(house: House) -> None:
    page = drawn(house, link(house, packet(house, 2)))
    assert "Unknown: not asked yet" in said_of(house, page)
    assert "asked, no answer yet" not in said_of(house, page)
    house.work()
    assert "Unknown: not asked yet" not in said_of(house, page)
    assert "Unknown: asked, no answer yet" in said_of(house, page)
    house.later(days=22)
    assert "Unknown: did not answer" in said_of(house, page)


@pytest.mark.parametrize("erased", [False, True])
def test_whoever_could_not_be_asked_is_told_apart(house: House, erased: bool) -> None:
    page = drawn(house, link(house, packet(house, 1)))
    if erased:
        erase(house, 1)
    else:
        pause(house)
    house.work()
    assert not [mail for mail in house.mails() if mail.subject == ASKS]
    assert "Unknown: could not be asked" in said_of(house, page)
    house.later(days=22)
    assert "Unknown: could not be asked" in said_of(house, page)


def test_whoever_could_not_be_asked_is_asked_when_drawn_again_and_nobody_is_asked_twice(house: House) -> None:
    path = link(house, packet(house, 2))
    first = drawn(house, path)
    pause(house)
    house.work()
    house.later(days=10)
    with house.writing() as session:
        for row in session.query(Signature):
            mailboxes.lift_pause(session, row.mailbox or b"", clock.now())
    second = drawn(house, path, seed="another seed of ours")
    assert {row.stand for row in house.rows(Sampled, Sampled.audit_id == 2)} == {Stand.ASKED}
    house.work()
    assert len([mail for mail in house.mails() if mail.subject == ASKS]) == 2
    third = drawn(house, path, seed="and a third")
    rows = house.rows(Sampled)
    of_second = {row.signature_id: row.id for row in rows if row.audit_id == 2}
    assert {(row.stand, row.earlier_id) for row in rows if row.audit_id == 3} == {
        (Stand.BEFORE, earlier) for earlier in of_second.values()
    }
    assert "Unknown: could not be asked" in said_of(house, first)
    assert "Unknown: asked, no answer yet" in said_of(house, second)
    assert "was asked for an earlier sample and has not answered" in said_of(house, third)


def test_whoever_still_waits_to_be_asked_is_not_asked_by_a_second_letter(house: House) -> None:
    path = link(house, packet(house, 2))
    drawn(house, path)
    second = drawn(house, path, seed="another seed of ours")
    assert "Unknown: drawn for an earlier sample too, and not asked yet" in said_of(house, second)
    house.work()
    assert len([mail for mail in house.mails() if mail.subject == ASKS]) == 2
    assert "was asked for an earlier sample and has not answered" in said_of(house, second)


def test_a_question_that_was_refused_and_is_sent_again_asks_nobody_whom_a_later_sample_has_asked(house: House) -> None:
    path = link(house, packet(house, 2))
    drawn(house, path)
    with house.writing() as session:
        session.execute(update(Email).where(Email.kind == LETTER).values(state=State.DEAD))
    drawn(house, path, seed="another seed of ours")
    house.work()
    with house.writing() as session:
        assert outbox.send_all_again(session, clock.now()) == 2
    house.work()
    assert len([mail for mail in house.mails() if mail.subject == ASKS]) == 2
    assert {row.audit_id for row in house.rows(Sampled, Sampled.asked_at.is_not(None))} == {2}
