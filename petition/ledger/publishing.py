"""Publishing: which checkpoints of which ledgers stand on the public pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from petition.errors import NotFound
from petition.ledger import checkpoints
from petition.ledger.models import Checkpoint, Head
from petition.statements.models import Statement
from petition.statements.reading import published

#: On one page: a year of them.
MOST: Final = 366


@dataclass(frozen=True, slots=True)
class Ledger:
    """One statement's ledger as the list names it."""

    slug: str
    title: str
    language: str
    size: int
    newest: Checkpoint | None


def ledgers(session: Session, language: str) -> list[Ledger]:
    """Every ledger with an entry in it, in the order of the statements' making, titles in a reader's language."""
    begun = select(Statement, Head.size).join(Head, Head.statement_id == Statement.id).order_by(Statement.id)
    found = []
    for statement, entries in session.execute(begun.where(Head.size > 0)).all():
        text = published(session, statement.slug, language).revision
        newest = checkpoints.newest(session, statement)
        found.append(Ledger(statement.slug, text.title, text.language, entries, newest))
    return found


def size(session: Session, statement: Statement) -> int:
    """How many entries a statement's ledger has."""
    return session.scalar(select(Head.size).where(Head.statement_id == statement.id)) or 0


def earlier(session: Session, statement: Statement, before: int | None) -> Sequence[Checkpoint]:
    """Checkpoints of a ledger, the newest first: the newest of all, or those before one of them."""
    asked = select(Checkpoint).where(Checkpoint.statement_id == statement.id).order_by(*checkpoints.NEWEST_FIRST)
    last = session.get(Checkpoint, before) if before is not None else None
    if last is not None:
        asked = asked.where(tuple_(Checkpoint.size, Checkpoint.id) < (last.size, last.id))
    return session.scalars(asked.limit(MOST)).all()


def checkpoint(session: Session, statement: Statement, number: int) -> Checkpoint:
    """One checkpoint of a ledger. Raises NotFound when that number is not one of its own."""
    found = session.get(Checkpoint, number)
    if found is None or found.statement_id != statement.id:
        raise NotFound(statement.slug, number)
    return found
