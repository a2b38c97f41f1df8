"""Counts of signatures on paper, entered by organizers and corrected by newer entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.db import advisory_lock
from petition.errors import NotFound, Refusal
from petition.sheets.models import PaperCount
from petition.statements.models import Statement


class CorrectedAlready(Refusal):
    """A newer entry has taken this one's place: correct that one."""


class EnteredAlready(Refusal):
    """The same number, by the same people, of the same day, stands already."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody counted, as it is to stand."""

    number: int
    collected_by: str
    counted_on: date
    kept_at: str


def paper_count(session: Session, number: int) -> PaperCount:
    """One entry. Raises NotFound."""
    found = session.get(PaperCount, number)
    if found is None:
        raise NotFound(number)
    return found


def enter(session: Session, statement: Statement, counted: Counted, who: Account, now: datetime) -> PaperCount:
    """Note how many signatures there are on paper. Raises EnteredAlready."""
    advisory_lock(session, f"sheets {statement.id}")
    _refuse_twice(standing(session, statement.id), counted)
    return _added(session, _row(statement, counted, who, now), "paper count entered", who, now)


def correct(
    session: Session, old: PaperCount, counted: Counted, why: str, who: Account, now: datetime
) -> PaperCount:
    """Put a newer entry in the place of one that was wrong; the number 0 takes it out.

    Raises CorrectedAlready, or EnteredAlready where another entry says the same.
    """
    advisory_lock(session, f"sheets {old.statement_id}")
    if session.scalar(select(PaperCount.id).where(PaperCount.corrects_id == old.id)) is not None:
        raise CorrectedAlready(old.id)
    _refuse_twice([each for each in standing(session, old.statement_id) if each.id != old.id], counted)
    found = _row(old.statement, counted, who, now)
    found.corrects_id, found.correction = old.id, why
    return _added(session, found, "paper count corrected", who, now)


def _refuse_twice(others: Iterable[PaperCount], counted: Counted) -> None:
    told = (counted.number, counted.collected_by, counted.counted_on)
    for before in others:
        if (before.number, before.collected_by, before.counted_on) == told:
            raise EnteredAlready(before.id)


def _row(statement: Statement, counted: Counted, who: Account, now: datetime) -> PaperCount:
    return PaperCount(
        statement=statement,
        account_id=who.id,
        number=counted.number,
        collected_by=counted.collected_by,
        counted_on=counted.counted_on,
        kept_at=counted.kept_at,
        entered_at=now,
    )


def _added(session: Session, found: PaperCount, act: str, who: Account, now: datetime) -> PaperCount:
    session.add(found)
    session.flush()
    told = {"statement": found.statement.slug, "number": str(found.number)}
    auditing.record(session, now, who, act, f"sheets {found.id}", **told)
    return found


def entries(session: Session, statement_id: int) -> list[tuple[PaperCount, PaperCount | None]]:
    """Every entry of a statement, the newest first, each with the newer one that corrects it, if one does."""
    asked = select(PaperCount).where(PaperCount.statement_id == statement_id).order_by(PaperCount.id.desc())
    found = list(session.scalars(asked))
    correcting = {each.corrects_id: each for each in found if each.corrects_id is not None}
    return [(each, correcting.get(each.id)) for each in found]


def standing(session: Session, statement_id: int) -> list[PaperCount]:
    """Each count once, as it stands today, in the order in which they were made; nothing that was taken out."""
    current = [each for each, newer in entries(session, statement_id) if newer is None and each.number]
    return sorted(current, key=lambda each: (each.counted_on, each.id))
