"""Work that is done after the request: rows that are true, and a queue that is only quick.

A piece of work is a row, written in the transaction of the change it belongs to. A dispatcher hands
due rows to the queue; a worker leases the row, does the work and marks it. Whatever a killed worker or
a flushed queue left undone is handed out again when its lease has run out: at least once, never lost.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

import structlog
from huey import RedisHuey, SqliteHuey
from huey.api import Huey
from sqlalchemy import ColumnElement, CursorResult, Index, String, Text, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from petition.config import Config
from petition.db import Key

log = structlog.get_logger("petition.jobs")

LEASE: Final = timedelta(minutes=2)  # longer than any single piece of work may take
HANDED: Final = timedelta(minutes=3)  # after this a row handed out but not taken is handed out again


class State:
    """Where a piece of work stands."""

    WAITING: Final = "waiting"
    DONE: Final = "done"
    DROPPED: Final = "dropped"  # nothing had to be done any more
    DEAD: Final = "dead"  # given up; a person should look


class Work:
    """The columns of a row that a worker takes up."""

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING)
    priority: Mapped[int] = mapped_column(default=5)  # lower goes first
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    until: Mapped[datetime]  # when to give up
    handed_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


def due_index(name: str) -> Index:
    """The index by which the dispatcher finds due rows without reading the finished ones."""
    waiting = "state = 'waiting'"
    return Index(name, "priority", "due_at", sqlite_where=text(waiting), postgresql_where=text(waiting))


W = TypeVar("W", bound=Work)


def _due(kind: type[W], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        kind.state == State.WAITING,
        kind.due_at <= now,
        or_(kind.handed_at.is_(None), kind.handed_at < now - HANDED),
        or_(kind.leased_until.is_(None), kind.leased_until < now),
    )


def any_due(session: Session, kind: type[W], now: datetime) -> bool:
    """Whether there is anything to hand out, asked without becoming a writer."""
    return session.scalar(select(kind.id).where(*_due(kind, now)).limit(1)) is not None


def in_hand(session: Session, kind: type[W], now: datetime) -> bool:
    """Whether a worker has one, or has just been handed one: for what is done one at a time."""
    taken = or_(kind.leased_until > now, kind.handed_at >= now - HANDED)
    return session.scalar(select(kind.id).where(kind.state == State.WAITING, taken).limit(1)) is not None


def hand_out(session: Session, kind: type[W], now: datetime, most: int) -> list[int]:
    """Mark up to `most` due rows as handed out and return their ids, most urgent first."""
    due = (
        select(kind.id)
        .where(*_due(kind, now))
        .order_by(kind.priority, kind.due_at, kind.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(due))
    if ids:
        session.execute(update(kind).where(kind.id.in_(ids)).values(handed_at=now))
    return ids


def lease(session: Session, kind: type[W], row_id: int, now: datetime) -> W | None:
    """Take one row for LEASE; None when another worker has it or it is done."""
    taken = session.execute(
        update(kind)
        .where(
            kind.id == row_id,
            kind.state == State.WAITING,
            kind.due_at <= now,
            or_(kind.leased_until.is_(None), kind.leased_until < now),
        )
        .values(leased_until=now + LEASE, attempts=kind.attempts + 1)
    )
    if cast("CursorResult[Any]", taken).rowcount != 1:
        return None
    return session.get(kind, row_id, populate_existing=True)


def end(row: Work, state: str, now: datetime, error: str | None = None) -> None:
    """The row needs no more work: done, dropped or dead."""
    row.state, row.ended_at, row.leased_until, row.error = state, now, None, error


def postpone(row: Work, due_at: datetime, error: str | None = None) -> None:
    """Try again later."""
    row.due_at, row.handed_at, row.leased_until, row.error = due_at, None, None, error


class NotNow(Exception):
    """This process is about to end: the piece of work it holds is for another, or for itself when it is back."""


Performer = Callable[[int], None]


class Queue:
    """The quick way from dispatcher to workers. It may lose everything: the rows remember.

    Once `closing` is set nothing new is begun here; what was taken already goes back.
    """

    def __init__(
        self, config: Config, performers: Mapping[str, Performer], closing: threading.Event | None = None
    ) -> None:
        self.closing = closing or threading.Event()
        self.huey: Huey = (
            RedisHuey("petition", url=config.redis_url, results=False)
            if config.redis_url
            else SqliteHuey("petition", filename=str(config.data_dir / "queue.db"), results=False)
        )
        self._performers = performers
        self._task = self.huey.task(name="perform")(self._perform)

    def put(self, kind: str, row_id: int) -> None:
        """Hand one row to whichever worker is free."""
        self._task(kind, row_id)

    def _perform(self, kind: str, row_id: int) -> None:
        try:
            if self.closing.is_set():
                raise NotNow
            self._performers[kind](row_id)
        except NotNow:
            self.put(kind, row_id)
        except Exception as fault:
            # The row's lease runs out and it is handed out again; the trace might quote what was typed.
            log.error("work.failed", work=kind, row=row_id, kind=type(fault).__name__)
