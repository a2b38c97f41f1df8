"""Sending through a real mail server: what is owed arrives, and what is refused is dealt with."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from petition import clock
from petition.jobs import State
from petition.mail.transport import SmtpTransport
from petition.signatures.models import Signature
from tests import prepared
from tests.ground import ADDRESS, House, Mail, hidden
from tests.postmaster import Postmaster, serving, transport_to


@pytest.fixture
def postmaster() -> Iterator[Postmaster]:
    with serving() as postmaster:
        yield postmaster


@pytest.fixture
def smtp(postmaster: Postmaster) -> Iterator[SmtpTransport]:
    with transport_to(postmaster) as transport:
        yield transport


def received(postmaster: Postmaster) -> list[Mail]:
    return [Mail.read(taken.content) for taken in postmaster.taken if isinstance(taken.content, bytes)]


def test_a_patron_signs_and_confirms_through_a_mail_server(
    house: House, postmaster: Postmaster, smtp: SmtpTransport
) -> None:
    house.sign(name="Žofie Nováková")
    house.work(smtp)
    (mail,) = received(postmaster)
    assert mail.to == ADDRESS
    assert "Žofie Nováková" in mail.text
    assert postmaster.taken[0].rcpt_tos == [ADDRESS]
    assert postmaster.taken[0].mail_from == "sign@petition.example"
    assert house.press(mail.link("/confirm/")).status_code == 303
    house.work(smtp)
    assert house.count() == 1
    assert [mail.subject for mail in received(postmaster)][1:] == ["Your signature is confirmed"]


def test_all_go_out_on_one_connection(house: House, postmaster: Postmaster, smtp: SmtpTransport) -> None:
    house.many_sign(5)
    house.work(smtp)
    assert len(postmaster.taken) == 5
    assert postmaster.greeted == 1
    assert {row.state for row in house.emails()} == {State.DONE}


def test_a_greylisted_email_is_taken_later_with_the_same_message_id(
    house: House, postmaster: Postmaster, smtp: SmtpTransport
) -> None:
    house.sign()
    postmaster.answers["RCPT"] = ["450 4.2.0 Greylisted"] * 3
    for _ in range(3):
        house.work(smtp)
        house.later(minutes=6)
    assert postmaster.taken == []
    assert house.emails()[0].attempts == 3
    house.work(smtp)
    (row,) = house.emails()
    assert (row.state, row.attempts, row.error) == (State.DONE, 4, None)
    assert len(postmaster.taken) == 1
    kept = house.signature()
    assert kept.expires_at is not None
    assert abs(kept.expires_at - clock.now() - timedelta(days=7)) < timedelta(minutes=1)


def test_a_server_that_breaks_off_may_get_it_twice_under_one_message_id(
    house: House, postmaster: Postmaster, smtp: SmtpTransport
) -> None:
    house.sign()
    postmaster.answers["DATA"] = ["hang up"]
    house.work(smtp)
    assert house.emails()[0].state == State.WAITING
    house.later(minutes=2)
    house.work(smtp)
    first, second = received(postmaster)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.links == second.links


def test_a_refused_recipient_is_given_up_and_doctor_shows_why(
    house: House, postmaster: Postmaster, smtp: SmtpTransport
) -> None:
    house.sign()
    house.sign(email="grace@patron.example")
    postmaster.answers["RCPT"] = [f"550 5.1.1 <{ADDRESS}>: no such user {ADDRESS.partition('@')[0]}"]
    house.work(smtp)
    dead, done = house.emails()
    assert (dead.state, done.state) == (State.DEAD, State.DONE)
    assert dead.error is not None
    assert ADDRESS not in dead.error
    said = prepared.command(house.config, "doctor")
    assert "1 given up" in said
    assert "no such user" in said
    assert ADDRESS not in said
    house.later(days=1)
    assert house.work(smtp) == 0
    assert len(postmaster.taken) == 1


def test_a_mailbox_that_was_given_up_can_be_signed_for_again(
    house: House, postmaster: Postmaster, smtp: SmtpTransport
) -> None:
    house.sign()
    postmaster.answers["RCPT"] = ["550 5.1.1 No such user"]
    house.work(smtp)
    house.sign()
    house.work(smtp)
    assert len(postmaster.taken) == 1


def test_a_server_that_is_down_keeps_nobody_from_signing(house: House) -> None:
    with serving() as postmaster:
        port = postmaster.controller.port
    gone = SmtpTransport(f"smtp://127.0.0.1:{port}", timeout=1)
    house.many_sign(3)
    house.work(gone)
    assert [row.state for row in house.emails()] == [State.WAITING] * 3
    house.later(minutes=2)
    with serving() as postmaster, transport_to(postmaster) as back:
        house.work(back)
        assert len(postmaster.taken) == 3


# --- The letter -----------------------------------------------------------------------------------


def test_a_name_cannot_break_out_of_its_place_in_an_email(house: House) -> None:
    house.sign(name="Ada <b>Lovelace</b>")
    house.sign(name="Ada O’Brien & Søn")
    house.work()
    for mail in house.mails():
        assert "<b>Lovelace" not in mail.html
        assert mail.message["To"] == ADDRESS
        assert len(mail.message.get_all("Subject", [])) == 1


def test_addresses_in_letters_outside_ascii_are_written_to(
    house: House, postmaster: Postmaster, smtp: SmtpTransport
) -> None:
    house.sign(email="žofie@bücher.example")
    house.work(smtp)
    (row,) = house.emails()
    assert row.state in (State.DONE, State.DEAD)
    assert row.state == State.DONE or "letters outside ASCII" in (row.error or "")


def test_no_address_is_kept_in_the_outbox(house: House) -> None:
    house.sign(name="Zuleika Unmistakable")
    house.work()
    kept = repr([[getattr(row, column.name) for column in row.__table__.columns] for row in house.emails()])
    assert ADDRESS not in kept
    assert "Zuleika" not in kept
    assert house.mails()[0].codes[0] not in kept


def test_again_sends_the_same_link_once_the_caps_allow(house: House) -> None:
    client = house.client()
    path = house.sign(client).headers["Location"]
    house.work()
    page = client.get(path)
    for _ in range(3):
        client.post(f"{path}/again", data=hidden(page, f"{path}/again"))
    assert len(house.emails()) == 2
    house.later(minutes=10, seconds=1)
    house.work()
    first, second = house.mails(ADDRESS)
    assert first.link("/confirm/") == second.link("/confirm/")
    assert first.message["Message-ID"] != second.message["Message-ID"]
    assert len(house.rows(Signature)) == 1
