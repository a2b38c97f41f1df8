"""The result of an audit: what each entry that was drawn came to, and what that says of the whole list."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from petition.audits import asking
from petition.audits.bounds import Result
from petition.audits.models import Answer, Audit, Sampled, Stand


class Asked(Enum):
    """How far the question to the signatory of an entry has come that has no answer."""

    NOT_YET = auto()
    NEVER = auto()  # nobody was there to be asked when its turn came: erased, paused, or the mailbox takes nothing
    GONE = auto()  # the details were erased before an answer came
    OUT = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One entry that was drawn. `answer` is the one that counts, `reused` if it came for an earlier audit."""

    row: Sampled
    answer: Answer | None
    reused: bool
    asked: Asked


def lines(session: Session, audit: Audit) -> list[Line]:
    """Every entry of an audit, in the order of drawing."""
    drawn = select(Sampled).options(selectinload(Sampled.signature))
    rows = list(session.scalars(drawn.where(Sampled.audit_id == audit.id).order_by(Sampled.turn)))
    ids = [row.earlier_id for row in rows if row.earlier_id is not None]
    earlier = {row.id: row for row in session.scalars(drawn.where(Sampled.id.in_(ids)))}
    waiting = asking.still_owed(session, [*rows, *earlier.values()])
    return [_line(row, earlier.get(row.earlier_id or 0), audit.ends_at, waiting) for row in rows]


def _line(row: Sampled, earlier: Sampled | None, ends_at: datetime, waiting: set[int]) -> Line:
    asked = earlier if row.stand == Stand.BEFORE and earlier is not None else row
    in_time = asked.answer is not None and asked.answered_at is not None and asked.answered_at <= ends_at
    answer = Answer(asked.answer) if in_time and asked.answer else None
    return Line(row, answer, asked is not row, _asked(asked, waiting))


def _asked(row: Sampled, waiting: set[int]) -> Asked:
    if row.asked_at is None:
        return Asked.NOT_YET if row.id in waiting else Asked.NEVER
    return Asked.GONE if row.signature.name is None else Asked.OUT


def of(lines: list[Line]) -> Result:
    """How many said yes and no, and of how many nothing is known."""
    said = [line.answer for line in lines]
    return Result(said.count(Answer.YES), said.count(Answer.NO), said.count(None))
