"""Handing out: rows that are true and a queue that is only quick; nothing is lost when either side dies."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

from petition import clock, jobs
from petition.app import queue
from petition.config import Config
from petition.jobs import Queue, State
from petition.mail.outbox import Email
from petition.paths import STATEMENTS
from petition.worker.running import Worker
from tests import prepared
from tests.ground import House


def test_what_is_due_is_handed_out_once_the_oldest_first(house: House) -> None:
    house.many_sign(3)
    assert house.dispatch() == [1, 2, 3]
    assert house.dispatch() == []
    assert all(row.handed_at is not None for row in house.emails())


def test_what_is_not_due_yet_is_not_handed_out(house: House) -> None:
    house.many_sign(1)
    with house.writing() as session:
        session.get_one(Email, 1).due_at = clock.now() + timedelta(minutes=1)
    assert house.dispatch() == []
    house.later(minutes=1, seconds=1)
    assert house.dispatch() == [1]


def test_looking_for_work_does_not_make_a_writer(house: House) -> None:
    with house.statements() as asked:
        assert house.dispatch() == []
        assert house.register() == 0
    assert asked
    assert not any("BEGIN IMMEDIATE" in statement for statement in asked)


def test_what_a_flushed_queue_lost_is_handed_out_again(house: House) -> None:
    house.many_sign(2)
    assert house.dispatch() == [1, 2]
    house.later(minutes=2, seconds=50)
    assert house.dispatch() == []
    house.later(seconds=15)
    assert house.dispatch() == [1, 2]
    house.office().send(1)
    house.later(minutes=4)
    assert house.dispatch() == [2]


def test_what_a_killed_worker_leased_is_handed_out_again(house: House) -> None:
    house.many_sign(1)
    (row,) = house.dispatch()
    with house.writing() as session:
        assert jobs.lease(session, Email, row, clock.now()) is not None
    with house.writing() as session:
        assert jobs.lease(session, Email, row, clock.now()) is None
    house.later(minutes=3, seconds=1)
    assert house.dispatch() == [row]
    house.office().send(row)
    assert [mail.to for mail in house.mails()] == ["reader-0@patron.example"]
    assert house.emails()[0].attempts == 2


def test_two_dispatchers_at_once_hand_out_each_row_once(house: House) -> None:
    house.many_sign(20)
    handed: list[int] = []
    gate = threading.Barrier(4)

    def hand_out() -> None:
        gate.wait()
        for _ in range(5):
            with house.writing() as session:
                ids = jobs.hand_out(session, Email, clock.now(), 3)
            handed.extend(ids)

    threads = [threading.Thread(target=hand_out) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(handed) == len(set(handed))
    with house.writing() as session:
        handed.extend(jobs.hand_out(session, Email, clock.now(), 50))
    assert sorted(handed) == list(range(1, 21))


def test_a_row_that_is_done_cannot_be_leased(house: House) -> None:
    house.many_sign(1)
    house.work()
    with house.writing() as session:
        assert jobs.lease(session, Email, 1, clock.now() + timedelta(days=1)) is None
        assert jobs.lease(session, Email, 999, clock.now()) is None
    assert house.emails()[0].state == State.DONE


def test_the_queue_brings_a_row_to_a_worker_and_survives_a_restart(config: Config) -> None:
    put = Queue(config, {"email": lambda _row: None})
    put.put("email", 7)
    put.put("email", 8)
    put.huey.storage.close()
    done: list[int] = []
    taken = Queue(config, {"email": done.append})
    while (task := taken.huey.dequeue()) is not None:
        taken.huey.execute(task)
    taken.huey.storage.close()
    assert done == [7, 8]


def test_one_tick_does_everything_that_is_due(house: House) -> None:
    house.many_sign(1)
    way = queue(house.app, house.office())
    worker = Worker(house.app, way, house.config)
    with house.app.app_context():
        worker.tick()
    while (task := way.huey.dequeue()) is not None:
        way.huey.execute(task)
    way.huey.storage.close()
    assert len(house.mails()) == 1
    house.confirm("reader-0@patron.example")
    with house.app.app_context():
        worker.tick()
    assert house.count() == 1


# --- Whole processes ------------------------------------------------------------------------------


@contextlib.contextmanager
def working(config: Config, number: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """That many `petition work` on one database."""
    around = {key: value for key, value in os.environ.items() if not key.startswith("PETITION_")}
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "petition", "work"],
            env={**around, **prepared.environment(config)},
            cwd=STATEMENTS.parent,
        )
        for _ in range(number)
    ]
    try:
        yield children
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait(60)
    assert {child.returncode for child in children} <= {0, -signal.SIGKILL}


def wait_for(house: House, mails: int) -> None:
    # The file is there a moment before its row is done, and a worker killed in between would leave the row to another.
    deadline = time.monotonic() + 120
    while len(house.emails(Email.state == State.DONE)) < mails:
        assert time.monotonic() < deadline, f"{len(house.mails())} of {mails} came"
        time.sleep(0.1)


def test_two_workers_share_the_work_and_one_goes_on_when_the_other_is_killed(house: House) -> None:
    house.many_sign(10)
    with working(house.config, 2) as children:
        wait_for(house, 10)
        children[0].kill()
        children[0].wait()
        house.sign(email="later@patron.example")
        wait_for(house, 11)
        house.confirm("later@patron.example")
        wait_for(house, 12)
        deadline = time.monotonic() + 60
        while house.count() != 1:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert sorted(row.attempts for row in house.emails()) == [1] * 12
    assert {row.state for row in house.emails()} == {State.DONE}
