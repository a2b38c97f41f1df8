"""A spreadsheet of the verified signatures: asked for once, written by a worker's child, fetched, deleted after a week.

A file that rests here holds no address: those are sealed at rest, so a file with addresses is streamed and never kept.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import jobs
from petition.db import advisory_lock
from petition.errors import NotFound
from petition.jobs import State
from petition.signatures.models import Spreadsheet
from petition.statements.models import Statement

KEPT: Final = timedelta(days=7)
KEEP_TRYING: Final = timedelta(days=1)
TRIES: Final = 3  # what brings its worker down three times will do so again
AGAIN: Final = timedelta(minutes=1)


def ask(session: Session, statement: Statement, language: str, now: datetime) -> tuple[Spreadsheet, bool]:
    """Ask for one, and whether that is new: what is under way is not doubled."""
    advisory_lock(session, f"spreadsheets {statement.id}")
    found = newest(session, statement)
    if found is not None and found.state == State.WAITING:
        return found, False
    asked = Spreadsheet(statement_id=statement.id, language=language, made_at=now, due_at=now, until=now + KEEP_TRYING)
    session.add(asked)
    session.flush()
    return asked, True


def newest(session: Session, statement: Statement) -> Spreadsheet | None:
    """The one that was asked for last."""
    mine = select(Spreadsheet).where(Spreadsheet.statement_id == statement.id)
    return session.scalar(mine.order_by(Spreadsheet.id.desc()).limit(1))


def alone(session: Session, number: int) -> Spreadsheet:
    """The row, which nobody else changes until this transaction ends. Raises NotFound."""
    row = session.get(Spreadsheet, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(number)
    return row


def kept(data_dir: Path, row: Spreadsheet) -> bool:
    """Whether its file can be fetched."""
    return row.state == State.DONE and file_of(data_dir, row.id).is_file()


def begun(session: Session, number: int, total: int) -> None:
    """Somebody writes it from here on; so many lines, about."""
    row = alone(session, number)
    row.done, row.total = 0, total


def tell(session: Session, number: int, done: int) -> None:
    """How many lines are written."""
    alone(session, number).done = done


def finished(session: Session, number: int, size_bytes: int, now: datetime) -> None:
    """It can be fetched."""
    row = alone(session, number)
    row.size_bytes = size_bytes
    jobs.end(row, State.DONE, now)


def left(session: Session, number: int, now: datetime, *, worker_ends: bool) -> None:
    """Whoever wrote it has gone. Unless it was finished, it is tried again."""
    row = alone(session, number)
    if row.state != State.WAITING:
        return
    if worker_ends:
        jobs.postpone(row, now)
        row.attempts -= 1
    elif row.attempts >= TRIES or row.until <= now:
        jobs.end(row, State.DEAD, now, f"The program that made it ended {row.attempts} times without a word.")
    else:
        jobs.postpone(row, now + AGAIN)


def clear_old(session: Session, data_dir: Path, now: datetime) -> int:
    """Delete the files that have been kept long enough, and their rows; returns how many there were."""
    old = list(session.scalars(select(Spreadsheet).where(Spreadsheet.ended_at < now - KEPT)))
    for row in old:
        _delete(data_dir, row.id)
        session.delete(row)
    return len(old)


def begin_anew(data_dir: Path, number: int) -> Path:
    """The file to write, in a folder of its own; what a killed program has left there is gone."""
    path = file_of(data_dir, number)
    _delete(data_dir, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def file_of(data_dir: Path, number: int) -> Path:
    """Where the file is kept, beside the database, in no backup of it."""
    return data_dir / "spreadsheets" / str(number) / "signatures.xlsx"


def _delete(data_dir: Path, number: int) -> None:
    folder = file_of(data_dir, number).parent
    for path in _files(folder):
        path.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        folder.rmdir()


def _files(folder: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from list(folder.iterdir())
