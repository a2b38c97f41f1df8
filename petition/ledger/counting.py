"""Counts, read off the tallies, each with the moment it is true for. Nothing here counts rows of signatures."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition.ledger.models import REVISION, STATE, Head, Tally
from petition.signatures.models import Change
from petition.statements.models import Statement


@dataclass(frozen=True, slots=True)
class Count:
    """What the ledger vouches for: `verified` signatures as of that moment, in a log of `size` entries."""

    verified: int
    size: int
    as_of: datetime


def count(session: Session, statement: Statement, now: datetime) -> Count:
    """The count as it stands. It is as of now when no change waits for the registrar."""
    head = session.get(Head, statement.id)
    if head is None:
        head = Head(size=0, verified=0, as_of=now)
    waits = session.scalar(
        select(func.min(Change.at)).where(Change.seq.is_(None), Change.statement_id == statement.id)
    )
    # With a change under way the count still holds for the moment before that change.
    as_of = now if waits is None else max(head.as_of, min(waits, now))
    return Count(head.verified, head.size, as_of)


def by_part(session: Session, statement: Statement, facet: str) -> dict[str, int]:
    """The verified count of each part: by state code, by revision id, by day."""
    rows = session.execute(
        select(Tally.part, Tally.verified).where(Tally.statement_id == statement.id, Tally.facet == facet)
    )
    return {part: verified for part, verified in rows if verified}


def by_state(session: Session, statement: Statement) -> dict[str, int]:
    """By state code, those with any."""
    return by_part(session, statement, STATE)


def by_revision(session: Session, statement: Statement) -> dict[int, int]:
    """By revision id, those with any."""
    return {int(part): verified for part, verified in by_part(session, statement, REVISION).items()}
