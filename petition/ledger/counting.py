"""Counts, read off the tallies, each with the moment it is true for. Nothing here counts rows of signatures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from petition.ledger.models import REVISION, STATE, Arrival, Head, Tally
from petition.signatures.models import Change
from petition.statements.models import Statement

_HEAD: Final = select(Head.verified, Head.size, Head.as_of).where(Head.statement_id == bindparam("statement"))
_WAITS: Final = select(func.min(Change.at)).where(
    Change.seq.is_(None), Change.statement_id == bindparam("statement")
)
_PARTS: Final = select(Tally.part, Tally.verified).where(
    Tally.statement_id == bindparam("statement"), Tally.facet == bindparam("facet")
)


@dataclass(frozen=True, slots=True)
class Count:
    """What the ledger vouches for: `verified` signatures as of that moment, in a log of `size` entries."""

    verified: int
    size: int
    as_of: datetime


def count(session: Session, statement: Statement, now: datetime) -> Count:
    """The count as it stands. It is as of now when no change waits for the registrar."""
    of = {"statement": statement.id}
    verified, size, entered_at = session.execute(_HEAD, of).one_or_none() or (0, 0, now)
    waits = session.scalar(_WAITS, of)
    # With a change under way the count still holds for the moment before that change.
    as_of = now if waits is None else max(entered_at, min(waits, now))
    return Count(verified, size, as_of)


def counts(session: Session, statements: Iterable[Statement], now: datetime) -> dict[int, Count]:
    """The counts of many statements at once, by the statement's id, each as `count` gives it."""
    of = [statement.id for statement in statements]
    heads = select(Head.statement_id, Head.verified, Head.size, Head.as_of).where(Head.statement_id.in_(of))
    known = {row.statement_id: (row.verified, row.size, row.as_of) for row in session.execute(heads)}
    waiting = select(Change.statement_id, func.min(Change.at)).where(
        Change.seq.is_(None), Change.statement_id.in_(of)
    )
    waits: dict[int, datetime] = dict(session.execute(waiting.group_by(Change.statement_id)).all())
    found = {}
    for each in of:
        verified, size, entered_at = known.get(each, (0, 0, now))
        found[each] = Count(verified, size, max(entered_at, min(waits[each], now)) if each in waits else now)
    return found


def settled(session: Session, statement: Statement) -> bool:
    """Whether every change of the statement's signatures is entered, so that rows and count say the same."""
    return session.scalar(_WAITS, {"statement": statement.id}) is None


def by_reason(session: Session, statement: Statement) -> dict[str, int]:
    """How many signatures the ledger holds as taken out by review, by reason: its last leaf about each says so.

    Reads a row for each signature that was ever taken out: for a packet or the console, not for a public page.
    """
    newest = (
        select(func.max(Change.id))
        .where(
            Change.statement_id == statement.id,
            Change.seq.is_not(None),
            Change.signature_id.in_(
                select(Change.signature_id).where(Change.statement_id == statement.id, Change.kind == "invalidated")
            ),
        )
        .group_by(Change.signature_id)
    )
    rows = session.execute(
        select(Change.reason, func.count())
        .where(Change.id.in_(newest), Change.kind == "invalidated")
        .group_by(Change.reason)
    )
    return {reason or "": number for reason, number in rows}


def by_part(session: Session, statement: Statement, facet: str) -> dict[str, int]:
    """The verified count of each part: by state code, by revision id, by day."""
    rows = session.execute(_PARTS, {"statement": statement.id, "facet": facet})
    return {part: verified for part, verified in rows if verified}


def of_state(session: Session, statement: Statement, state: str, now: datetime) -> Count:
    """How many of the count come from one state: off the tallies too, and as of the same moment."""
    whole = count(session, statement, now)
    return Count(by_state(session, statement).get(state, 0), whole.size, whole.as_of)


def by_state(session: Session, statement: Statement) -> dict[str, int]:
    """By state code, those with any."""
    return by_part(session, statement, STATE)


def by_revision(session: Session, statement: Statement) -> dict[int, int]:
    """By revision id, those with any."""
    return {int(part): verified for part, verified in by_part(session, statement, REVISION).items()}


def by_network(session: Session, statement: Statement) -> dict[str, int]:
    """Of `counted` confirmations, whatever became of them, from how many networks they came and the most from one."""
    asked = select(
        func.coalesce(func.max(Arrival.confirmed), 0), func.count(), func.coalesce(func.sum(Arrival.confirmed), 0)
    ).where(Arrival.statement_id == statement.id)
    largest, networks, counted = session.execute(asked).one()
    return {"largest": largest, "networks": networks, "counted": int(counted)}
