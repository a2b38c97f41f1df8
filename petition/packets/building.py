"""Building a packet in the background: asked for once, done step by step by a worker, stopped or fetched.

The row says how far it is. The files are kept as those of every issued packet are: see petition.packets.keeping.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import jobs
from petition.db import advisory_lock
from petition.errors import NotFound
from petition.jobs import State
from petition.packets.models import Build, Packet
from petition.packets.options import Options
from petition.pdf.document import Progress, Report
from petition.statements.models import Statement

#: In this order. The press says wait, start, lay out and write; freezing and setting come before it, sealing after.
FREEZE, SET, WAIT, LAY_OUT, WRITE, SEAL = STEPS = ("freeze", "set", "wait", "lay out", "write", "seal")
_AS_SAID: Final = {"start": LAY_OUT}
KEEP_TRYING: Final = timedelta(days=1)
TRIES: Final = 3  # a packet that brings its worker down three times will do so again
AGAIN: Final = timedelta(minutes=1)


def ask(session: Session, statement: Statement, options: Options, now: datetime) -> tuple[Build, bool]:
    """Ask for a packet of the statement, and whether that is new: what is under way is not doubled."""
    advisory_lock(session, f"builds {statement.id}")
    under_way = session.scalars(
        select(Build)
        .where(Build.statement_id == statement.id, Build.language == options.language, Build.state == State.WAITING)
        .order_by(Build.id.desc())
    )
    for each in under_way:
        if each.options == options.kept():
            return each, False
    build = Build(
        statement_id=statement.id, language=options.language, options=options.kept(), made_at=now, due_at=now,
        until=now + KEEP_TRYING, step="",
    )  # fmt: skip
    session.add(build)
    session.flush()
    return build, True


def newest(session: Session, statement: Statement) -> Build | None:
    """The build that was asked for last."""
    return session.scalar(select(Build).where(Build.statement_id == statement.id).order_by(Build.id.desc()).limit(1))


def stop(session: Session, number: int, now: datetime) -> Build:
    """Make it no further: at once while it waits, within seconds while it is made. Raises NotFound.

    What is done stays done.
    """
    build = alone(session, number)
    if build.state == State.WAITING:
        build.stop_asked_at = now
        if build.leased_until is None or build.leased_until < now:
            _end(session, build, State.DROPPED, now)
    return build


def alone(session: Session, number: int) -> Build:
    """The row, which nobody else changes until this transaction ends. Raises NotFound."""
    build = session.get(Build, number, with_for_update=True, populate_existing=True)
    if build is None:
        raise NotFound(number)
    return build


def under_way(session: Session, now: datetime) -> bool:
    """Whether a worker is making a packet, or has just been handed one: one at a time, for the sake of the post."""
    found = select(Build.id).where(
        Build.state == State.WAITING, (Build.leased_until > now) | (Build.handed_at >= now - jobs.HANDED)
    )
    return session.scalar(found.limit(1)) is not None


# --- What whoever makes it writes down ------------------------------------------------------------


def begin(session: Session, number: int, now: datetime) -> Build:
    """Somebody makes it from here on; what a worker that died has left of it is taken back."""
    build = alone(session, number)
    _take_back(session, build)
    build.begun_at, build.step = now, FREEZE
    return build


def filed(session: Session, number: int, packet: Packet) -> None:
    """It has its copy number, and its pages are being set."""
    build = alone(session, number)
    build.packet_id, build.step = packet.id, SET


def tell(session: Session, number: int, progress: Progress) -> None:
    """How far the press is."""
    build = alone(session, number)
    build.step = _AS_SAID.get(progress.step, progress.step)
    build.done, build.total = progress.done, progress.total


def finished(session: Session, number: int, reports: Sequence[Report], now: datetime) -> None:
    """It can be fetched: so many pages and bytes in all its files."""
    build = alone(session, number)
    build.pages = sum(report.pages for report in reports)
    build.size_bytes = sum(report.size_bytes for report in reports)
    jobs.end(build, State.DONE, now)


def refused(session: Session, number: int, reason: str, now: datetime) -> None:
    """It cannot be made, for a reason that an organizer can act on. What is finished stays."""
    build = alone(session, number)
    if build.state == State.WAITING:
        _end(session, build, State.DEAD, now, reason)


def left(session: Session, number: int, now: datetime, *, worker_ends: bool) -> None:
    """Whoever made it has gone. Unless it was finished or was to stop, it is tried again."""
    build = alone(session, number)
    if build.state != State.WAITING:
        return
    if build.stop_asked_at is not None:
        _end(session, build, State.DROPPED, now)
    elif worker_ends:
        _take_back(session, build)
        jobs.postpone(build, now)
        build.attempts -= 1
    elif build.attempts >= TRIES or build.until <= now:
        _end(session, build, State.DEAD, now, f"The program that made it ended {build.attempts} times without a word.")
    else:
        _take_back(session, build)
        jobs.postpone(build, now + AGAIN)


def _end(session: Session, build: Build, state: str, now: datetime, reason: str | None = None) -> None:
    _take_back(session, build)
    jobs.end(build, state, now, reason)


def _take_back(session: Session, build: Build) -> None:
    """Nobody has seen its copy: the next packet may have the number."""
    packet = session.get(Packet, build.packet_id) if build.packet_id is not None else None
    build.packet_id, build.step, build.done, build.total = None, "", 0, 0
    session.flush()
    if packet is not None:
        session.delete(packet)


def folder(data_dir: Path) -> Path:
    """Where packets' files are kept and made: beside the database, in no backup of it."""
    return data_dir / "packets"


@contextmanager
def workplace(data_dir: Path, number: int) -> Iterator[Path]:
    """A folder to make one build's files in, gone afterwards; what an interrupted one left is swept out first."""
    place = folder(data_dir) / f"making-{number}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
