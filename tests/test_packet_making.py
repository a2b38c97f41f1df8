"""Packets made in the background: by a child of the worker, step by step, stopped within seconds, never twice."""

import json
import os
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from petition import clock
from petition.accounts.models import AuditEntry
from petition.jobs import LEASE, Queue, State
from petition.packets import building, keeping
from petition.packets.models import Build, Packet, PacketFile
from petition.packets.options import Options, Redaction, Roster
from petition.worker import steps
from petition.worker.building import MAKE, Builder
from tests.ground import SLUG, House, hidden
from tests.prepared import environment
from tests.signing_in import signed_in
from tests.witness import words

PACKETS: Final = f"/organize/statements/{SLUG}/packets"
#: A child that never comes to an end by itself, in place of the press.
SLEEPS: Final = (sys.executable, "-c", "import time; time.sleep(60)")
DIES: Final = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")


@pytest.fixture
def organizer(house: House) -> FlaskClient:
    return signed_in(house)


class Shelf:
    """Takes what the dispatcher hands out."""

    def __init__(self) -> None:
        self.taken: list[int] = []

    def put(self, kind: str, row_id: int) -> None:
        assert kind == "packet"
        self.taken.append(row_id)


def dispatched(house: House) -> list[int]:
    """What the dispatcher hands to a worker now."""
    shelf = Shelf()
    with house.app.app_context():
        steps.dispatch_packet(cast(Queue, shelf))
    return shelf.taken


def ask(house: House, client: FlaskClient, language: str = "en") -> Build:
    """Press the button for a new packet."""
    answer = client.post(PACKETS, data={**hidden(client.get(PACKETS), PACKETS), "language": language})
    assert answer.headers["Location"] == PACKETS
    return house.rows(Build)[-1]


def stop(client: FlaskClient, build: Build) -> int:
    path = f"/organize/builds/{build.id}/stop"
    return client.post(path, data=hidden(client.get(PACKETS), path)).status_code


def builder(house: House, command: tuple[str, ...] = MAKE) -> Builder:
    return Builder(house.app, threading.Event(), command)


def stands(house: House, build: Build) -> Build:
    return house.rows(Build, Build.id == build.id)[0]


@pytest.mark.one_database("sqlite", "how a child works has nothing to do with the database")
def test_a_packet_is_asked_for_made_and_fetched(
    house: House, organizer: FlaskClient, needs: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("pdftotext")
    for name, value in environment(house.config).items():
        monkeypatch.setenv(name, value)
    house.signed()
    build = ask(house, organizer)
    assert ask(house, organizer).id == build.id
    assert dispatched(house) == [build.id]
    assert dispatched(house) == []
    builder(house).build(build.id)
    made = stands(house, build)
    assert (made.state, made.error, made.attempts) == (State.DONE, None, 1)
    assert made.pages is not None
    assert made.pages >= 4
    shown = words(organizer.get(PACKETS).text)
    assert "Copy 1, ledger at 1, Built" in shown
    kept, evidence = house.rows(PacketFile)
    assert (evidence.part, evidence.name, evidence.pages) == ("evidence", f"{SLUG}-copy-1-evidence.bin", None)
    assert keeping.sound(house.config.data_dir, evidence).stat().st_size == evidence.size_bytes
    with organizer.get(f"/organize/packet-files/{evidence.id}") as handed:
        assert handed.data.startswith(b"petition-evidence/1")
        assert handed.mimetype == "application/octet-stream"
    assert (kept.part, kept.pages, kept.size_bytes) == ("brief", made.pages, made.size_bytes)
    answer = organizer.get(f"/organize/packet-files/{kept.id}")
    assert answer.data.startswith(b"%PDF")
    assert len(answer.data) == made.size_bytes
    assert answer.headers["Content-Disposition"] == f"attachment; filename={SLUG}-copy-1.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()
    assert [entry.act for entry in house.rows(AuditEntry) if entry.subject.startswith("build")] == ["packet asked for"]
    file = keeping.sound(house.config.data_dir, kept)
    assert file.stat().st_mode & 0o077 == 0
    file.unlink()
    keeping.path_of(house.config.data_dir, evidence).unlink()
    assert organizer.get(f"/organize/packet-files/{kept.id}").status_code == 404
    assert "not here" in words(organizer.get(PACKETS).text)


def test_what_is_chosen_at_the_desk_is_what_the_worker_makes_and_nonsense_is_refused_with_what_was_typed(
    house: House, organizer: FlaskClient
) -> None:
    def choose(**typed: str) -> TestResponse:
        return organizer.post(PACKETS, data={**hidden(organizer.get(PACKETS), PACKETS), "language": "en", **typed})

    assert choose(roster="state", redaction="initials", since="2").status_code == 303
    (asked,) = house.rows(Build)
    assert Options.read(asked.options) == Options(Roster.STATE, Redaction.INITIALS, 2)
    assert choose(roster="whole").status_code == 303
    assert len(house.rows(Build)) == 2
    wrong_copies = [{"since": typed} for typed in ("two", "0", "-1", "9" * 5_000)]
    for wrong in (*wrong_copies, {"roster": "none of these"}, {"redaction": "all"}):
        answer = choose(**wrong)
        assert answer.status_code == 422
    assert 'value="two"' in choose(since="two").text
    assert "Type the number of a copy" in choose(since="two").text
    assert len(house.rows(Build)) == 2


def test_one_that_waits_is_stopped_at_once(house: House, organizer: FlaskClient) -> None:
    build = ask(house, organizer)
    assert stop(organizer, build) == 303
    assert stands(house, build).state == State.DROPPED
    assert dispatched(house) == []
    builder(house, DIES).build(build.id)
    assert stands(house, build).attempts == 0
    assert ask(house, organizer).id != build.id


def begun(house: House, build: Build) -> threading.Thread:
    """A worker that has begun to make it, with a child that sleeps."""
    making = threading.Thread(target=builder(house, SLEEPS).build, args=(build.id,))
    making.start()
    deadline = time.monotonic() + 50
    while not stands(house, build).attempts:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return making


def test_one_that_is_made_is_stopped_within_seconds(house: House, organizer: FlaskClient) -> None:
    build = ask(house, organizer)
    making = begun(house, build)
    assert stop(organizer, build) == 303
    began = time.monotonic()
    making.join(20)
    assert time.monotonic() - began < 20  # and not the minute for which its child sleeps
    assert stands(house, build).state == State.DROPPED
    assert "Stopped" in words(organizer.get(PACKETS).text)


def test_a_worker_that_ends_leaves_it_to_the_next(house: House, organizer: FlaskClient) -> None:
    build = ask(house, organizer)
    assert dispatched(house) == [build.id]
    ends = builder(house, SLEEPS)
    ends._closing.set()
    ends.build(build.id)
    left = stands(house, build)
    assert (left.state, left.attempts, left.packet_id) == (State.WAITING, 0, None)
    assert dispatched(house) == [build.id]


def test_what_a_killed_worker_left_is_taken_up_again_and_its_copy_given_back(
    house: House, organizer: FlaskClient
) -> None:
    house.signed()
    build = ask(house, organizer)
    assert dispatched(house) == [build.id]
    with house.writing() as session:
        taken = building.alone(session, build.id)
        taken.attempts, taken.leased_until, taken.handed_at = 1, clock.now() + LEASE, None
        packet = Packet(
            statement_id=1, publisher_id=1, copy=1, revision_id=1, frozen_at=clock.now(), ledger_size=1,
            ledger_root="", counts={"verified": 1}, template_version="", sample=True,
        )  # fmt: skip
        session.add(packet)
        session.flush()
        building.filed(session, build.id, packet)
    assert dispatched(house) == []
    house.later(seconds=LEASE.total_seconds() + 1)
    assert dispatched(house) == [build.id]
    with house.writing() as session:
        building.begin(session, build.id, clock.now())
    assert house.rows(Packet) == []


def test_one_that_brings_its_worker_down_is_given_up(house: House, organizer: FlaskClient) -> None:
    build = ask(house, organizer)
    for _attempt in range(building.TRIES):
        assert dispatched(house) == [build.id]
        builder(house, DIES).build(build.id)
        house.later(minutes=2)
    gone = stands(house, build)
    assert gone.state == State.DEAD
    assert "ended 3 times without a word" in organizer.get(PACKETS).text


@pytest.mark.one_database("sqlite", "how a child works has nothing to do with the database")
def test_a_worker_whose_lease_was_lost_ends_its_child_and_leaves_the_row(house: House, organizer: FlaskClient) -> None:
    build = ask(house, organizer)
    making = begun(house, build)
    with house.writing() as session:
        building.alone(session, build.id).attempts = 2
    making.join(20)
    assert not making.is_alive()
    left = stands(house, build)
    assert (left.state, left.attempts) == (State.WAITING, 2)
    assert left.leased_until is not None


@pytest.mark.one_database("sqlite", "how a child works has nothing to do with the database")
def test_a_child_that_is_told_to_end_takes_its_half_file_and_the_press_with_it(
    house: House, organizer: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real command, with a press that never ends; told to stop from a thread that holds signals back."""
    for name, value in environment(house.config).items():
        monkeypatch.setenv(name, value)
    pids = tmp_path / "pids"
    slow = f"""
        import json, os, subprocess, sys, time
        from petition.packets import rendering
        def render(contents, out, progress, language, words, volume, attachments):
            press = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
            try:
                open({str(pids)!r}, "w").write(json.dumps([os.getpid(), press.pid]))
                time.sleep(60)
            finally:
                press.kill()
                press.wait()
        rendering.render = render
        from petition.__main__ import main
        sys.argv = ["petition", "packet", "make", sys.argv[1]]
        main()
    """
    build = ask(house, organizer)
    command = (sys.executable, "-c", textwrap.dedent(slow))
    making = threading.Thread(target=builder(house, command).build, args=(build.id,))
    making.start()
    until = time.monotonic() + 40
    while not (pids.exists() and pids.stat().st_size) and time.monotonic() < until:
        time.sleep(0.05)
    child, press = json.loads(pids.read_text())
    assert stands(house, build).step == building.SET
    assert [packet.copy for packet in house.rows(Packet)] == [1]
    assert stop(organizer, build) == 303
    making.join(20)
    for pid in (child, press):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert house.rows(Packet) == []
    assert stands(house, build).state == State.DROPPED
