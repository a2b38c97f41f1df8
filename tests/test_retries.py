"""Tries, leases and pace: an e-mail is tried while it makes sense, by one worker, at the pace allowed."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from petition import clock
from petition.jobs import LEASE, State
from petition.mail.outbox import KEEP
from petition.mail.refusals import PermanentRefusal, TemporaryRefusal
from tests.ground import ADDRESS, House
from tests.transports import Answering


def test_pauses_grow_and_end_with_the_links_time(house: House) -> None:
    house.sign()
    down = Answering(house.transport, [TemporaryRefusal("Not now.", "connection")] * 1000)
    pauses = []
    for _ in range(9):
        house.work(down)
        (row,) = house.emails()
        pauses.append(round((row.due_at - clock.now()).total_seconds() / 60))
        house.later(minutes=pauses[-1], seconds=1)
    assert pauses == [1, 2, 5, 10, 20, 30, 60, 60, 60]
    (row,) = house.emails()
    clock.move(row.until - clock.now() - timedelta(minutes=90))
    house.work(down)
    assert house.emails()[0].state == State.WAITING
    house.later(minutes=61)
    house.work(down)
    (row,) = house.emails()
    assert (row.state, row.error) == (State.DEAD, "Not now.")
    assert row.until - row.made_at == KEEP


def test_an_email_that_nobody_took_up_in_its_time_is_given_up(house: House) -> None:
    house.sign()
    house.later(days=7, minutes=1)
    house.work()
    assert house.emails()[0].state == State.DEAD
    assert house.mails() == []


def test_an_email_is_not_tried_again_before_its_pause_is_over(house: House) -> None:
    house.sign()
    answering = Answering(house.transport, [TemporaryRefusal("Not now.", "lost")])
    house.work(answering)
    house.later(seconds=50)
    assert house.work(answering) == 0
    house.later(seconds=20)
    assert house.work(answering) == 1
    assert len(house.mails()) == 1


def test_a_refused_try_does_not_use_up_the_mailboxs_caps(house: House) -> None:
    house.sign()
    answering = Answering(house.transport, [TemporaryRefusal("Not now.", "lost")] * 4)
    for _ in range(5):
        house.work(answering)
        house.later(minutes=11)
    assert len(house.mails()) == 1


def test_what_was_refused_for_good_does_not_use_up_the_mailboxs_caps(house: House) -> None:
    answering = Answering(house.transport, [PermanentRefusal("Too big.", "content")] * 3)
    for _ in range(4):
        house.sign()
        house.work(answering)
    assert len(house.mails()) == 1


# --- Leases ---------------------------------------------------------------------------------------


class KilledError(BaseException):
    """What a SIGKILL looks like from inside: nothing after it happens."""


@pytest.mark.parametrize("after_sending", [False, True])
def test_what_a_killed_worker_had_in_hand_goes_out_later(house: House, after_sending: bool) -> None:
    house.sign()

    def die() -> None:
        raise KilledError

    dying = Answering(house.transport, after=die) if after_sending else Answering(house.transport, before=die)
    with pytest.raises(KilledError):
        house.work(dying)
    (row,) = house.emails()
    assert row.state == State.WAITING
    assert row.leased_until is not None
    assert house.work() == 0
    house.later(minutes=3, seconds=1)
    assert house.work() == 1
    assert house.emails()[0].state == State.DONE
    # Once more or once in all: under one Message-ID, so the second file took the place of the first.
    assert len(house.mails(ADDRESS)) == 1
    assert house.confirm().status_code == 303


def test_a_row_in_hand_is_not_given_to_a_second_worker(house: House) -> None:
    house.sign()
    (row,) = house.dispatch()
    asked, go_on = threading.Event(), threading.Event()

    def take_long() -> None:
        asked.set()
        assert go_on.wait(20)

    slow, quick = Answering(house.transport, before=take_long), Answering(house.transport)
    worker = threading.Thread(target=house.office(slow).send, args=(row,))
    worker.start()
    assert asked.wait(20)
    house.office(quick).send(row)
    assert quick.offered == []
    go_on.set()
    worker.join()
    house.office(quick).send(row)
    assert quick.offered == []
    assert len(slow.offered) == 1
    assert house.emails()[0].state == State.DONE


def test_many_workers_that_are_handed_the_same_row_send_it_once(house: House) -> None:
    house.sign()
    (row,) = house.dispatch()
    counting = Answering(house.transport)
    office = house.office(counting)
    threads = [threading.Thread(target=office.send, args=(row,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counting.offered) == 1
    assert house.emails()[0].attempts == 1


def test_a_worker_that_comes_back_after_its_lease_does_not_bury_what_another_sent(house: House) -> None:
    house.sign()
    (row,) = house.dispatch()

    def be_overtaken() -> None:
        house.later(seconds=LEASE.total_seconds() + 1)
        house.office().send(row)

    refusal = PermanentRefusal("Too late.", "content")
    house.office(Answering(house.transport, [refusal], before=be_overtaken)).send(row)
    assert len(house.mails()) == 1
    assert house.emails()[0].state == State.DONE


# --- Pace -----------------------------------------------------------------------------------------


@pytest.fixture
def slow_house(house: House) -> House:
    """Three e-mails a minute, ten a day."""
    return replace(house, config=replace(house.config, mail_per_minute=3, mail_per_day=10))


def test_no_more_go_out_in_a_minute_than_the_operator_allows(slow_house: House) -> None:
    slow_house.many_sign(8)
    sent = []
    for _ in range(3):
        slow_house.work()
        sent.append(len(slow_house.mails()))
        slow_house.later(seconds=61)
    assert sent == [3, 6, 8]


def test_no_more_are_handed_out_than_the_pace_allows_however_slow_the_workers(slow_house: House) -> None:
    slow_house.many_sign(8)
    handed = [row for _ in range(4) for row in slow_house.dispatch()]
    assert len(handed) == 3


def test_no_more_go_out_in_a_day_than_the_operator_allows(slow_house: House) -> None:
    slow_house.many_sign(12)
    for _ in range(6):
        slow_house.work()
        slow_house.later(minutes=2)
    assert len(slow_house.mails()) == 10
    slow_house.later(hours=24)
    slow_house.work()
    assert len(slow_house.mails()) == 12


def test_confirmations_go_first(slow_house: House) -> None:
    house = slow_house
    leaving = house.signed("leaving@patron.example")
    house.later(minutes=2)
    house.sign(email="reminded@patron.example")
    house.work()
    house.later(days=2, minutes=1)
    house.sweep()
    house.press(f"{leaving}/withdraw")
    house.many_sign(2)
    house.work()
    subjects = [mail.subject for mail in house.mails()[3:]]
    assert subjects == ["Please confirm your signature"] * 2 + ["Your signature is withdrawn"]
    house.later(minutes=2)
    house.work()
    assert house.mails()[-1].subject == "Your signature still waits: please confirm it"
