"""Told to end, `serve` and `work` begin nothing new and finish what is in hand: with real processes."""

import asyncio
import contextlib
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from petition import clock
from petition.app import queue
from petition.config import Config
from petition.jobs import State
from petition.paths import STATEMENTS
from tests import prepared
from tests.ground import SLUG, House
from tests.postmaster import Postmaster, transport_to
from tests.postmaster import serving as mail_server

BOUND = 20  # seconds in which everything has to be over
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class SlowServer:
    """A mail server that has an e-mail in its hands, and takes it when it is let."""

    postmaster: Postmaster
    asked: threading.Event
    let: threading.Event

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.postmaster.controller.port}"

    @property
    def taken(self) -> list[bytes]:
        """The Message-IDs of what it took."""
        bodies = [bytes(each.content or b"") for each in self.postmaster.taken]
        return [line for body in bodies for line in body.splitlines() if line.lower().startswith(b"message-id")]


@pytest.fixture
def slow() -> Iterator[SlowServer]:
    with mail_server() as postmaster:
        server = SlowServer(postmaster, threading.Event(), threading.Event())
        take = postmaster.handle_DATA

        async def when_let(*arguments: Any) -> str:
            server.asked.set()
            while not server.let.is_set():
                await asyncio.sleep(0.02)
            return await take(*arguments)

        postmaster.handle_DATA = when_let  # type: ignore[method-assign]
        yield server
        server.let.set()


@contextlib.contextmanager
def working(config: Config, smtp_url: str, grace: int = 12) -> Iterator["subprocess.Popen[bytes]"]:
    """`petition work` in a process of its own, which does not outlive the block."""
    around = {key: value for key, value in os.environ.items() if not key.startswith("PETITION_")}
    program = f"from petition.worker import running; running.GRACE = {grace}; import petition.__main__ as it; it.main()"
    child = subprocess.Popen(
        [sys.executable, "-c", program, "work"],
        env={**around, **prepared.environment(config), "PETITION_SMTP_URL": smtp_url},
        cwd=STATEMENTS.parent,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def until(true: Callable[[], bool], seconds: float = 120) -> bool:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_a_request_in_flight_is_answered_and_none_is_taken_any_more(made_ready: Config, tmp_path: Path) -> None:
    config = prepared.with_free_port(prepared.copied(made_ready, tmp_path / "var"))
    house = House.open(config)
    typed = urlencode(house.form())
    line = config.data_dir / "petition.db.writers"
    with (
        contextlib.closing(http.client.HTTPConnection("127.0.0.1", config.port, timeout=30)) as asked,
        prepared.serving(config) as served,
        line.open("rb") as others,
    ):
        fcntl.flock(others, fcntl.LOCK_EX)  # somebody else is writing
        assert not web_server_holds_open(line)
        asked.request("POST", f"/statements/{SLUG}/sign", typed, {**FORM, "Host": f"127.0.0.1:{config.port}"})
        assert until(lambda: web_server_holds_open(line))
        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        assert until(lambda: not listens(config.port), 5)
        fcntl.flock(others, fcntl.LOCK_UN)
        assert asked.getresponse().status == 303
        assert served.process.wait(BOUND) == 0
        assert time.monotonic() - began < BOUND
    assert house.signature().state == "NE"
    house.close()


def web_server_holds_open(file: Path) -> bool:
    """Whether a process of the web server has this file open, as it has the writers' from its first writer on."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            serves = b"granian" in (process / "cmdline").read_bytes()
            if serves and any(opened.readlink() == file for opened in (process / "fd").iterdir()):
                return True
    return False


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_an_email_in_hand_is_sent_once_and_what_was_not_begun_goes_back(house: House, slow: SlowServer) -> None:
    house.many_sign(4)
    with working(house.config, slow.url) as worker:
        assert slow.asked.wait(240)
        worker.send_signal(signal.SIGTERM)
        time.sleep(2)  # in which it hears of it and takes no other; it has twelve seconds
        slow.let.set()
        assert worker.wait(BOUND) == 0
    assert len(slow.taken) == 1
    assert sorted(row.state for row in house.emails()) == [State.DONE, *[State.WAITING] * 3]
    # It need not be handed out again first: what the worker had taken and not begun lies in the queue.
    with transport_to(slow.postmaster) as transport:
        way = queue(house.app, house.office(transport))
        while (task := way.huey.dequeue()) is not None:
            way.huey.execute(task)
        way.huey.storage.close()
    assert len(set(slow.taken)) == len(slow.taken) == 4
    assert {(row.state, row.attempts) for row in house.emails()} == {(State.DONE, 1)}


def test_an_email_that_cannot_be_finished_in_time_keeps_its_lease(house: House, slow: SlowServer) -> None:
    house.many_sign(1)
    with working(house.config, slow.url, grace=1) as worker:
        assert slow.asked.wait(240)
        told = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(BOUND) == 0
        assert time.monotonic() - told < 10  # and not the twelve of a worker in earnest
    (row,) = house.emails()
    assert row.state == State.WAITING
    assert row.leased_until is not None
    assert row.leased_until > clock.now()


def test_a_second_signal_ends_everything_at_once() -> None:
    # A child that will not be told.
    program = (
        "from petition.cli.running import Supervisor;"
        """Supervisor({"deaf": ["sh", "-c", "trap '' TERM; echo $$; while :; do sleep 1; done"]}).run()"""
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=STATEMENTS.parent) as supervisor:
        assert supervisor.stdout is not None
        deaf = Path("/proc") / supervisor.stdout.readline().decode().strip()
        supervisor.send_signal(signal.SIGTERM)
        time.sleep(1.5)
        assert supervisor.poll() is None
        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(12) == 1  # told once, it would wait fifteen for its child
    assert until(lambda: gone(deaf), 30)


def gone(process: Path) -> bool:
    """Whether a process of /proc has ended, be it that nobody has waited for it yet."""
    try:
        return "Z" in (process / "stat").read_text().split()[2]
    except OSError:
        return True
