"""The result of an audit: what each entry that was drawn came to, and what that says of the whole list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.audits.bounds import Result
from petition.audits.models import Answer, Audit, Sampled, Stand


@dataclass(frozen=True, slots=True)
class Line:
    """One entry that was drawn. `answer` is the one that counts, `reused` if it came for an earlier audit."""

    row: Sampled
    answer: Answer | None
    reused: bool


def lines(session: Session, audit: Audit) -> list[Line]:
    """Every entry of an audit, in the order of drawing."""
    rows = list(session.scalars(select(Sampled).where(Sampled.audit_id == audit.id).order_by(Sampled.turn)))
    ids = [row.earlier_id for row in rows if row.earlier_id is not None]
    earlier = {row.id: row for row in session.scalars(select(Sampled).where(Sampled.id.in_(ids)))}
    return [_line(row, earlier.get(row.earlier_id or 0), audit.ends_at) for row in rows]


def _line(row: Sampled, earlier: Sampled | None, ends_at: datetime) -> Line:
    asked = earlier if row.stand == Stand.BEFORE and earlier is not None else row
    in_time = asked.answer is not None and asked.answered_at is not None and asked.answered_at <= ends_at
    return Line(row, Answer(asked.answer) if in_time and asked.answer else None, asked is not row)


def of(lines: list[Line]) -> Result:
    """How many said yes and no, and of how many nothing is known."""
    said = [line.answer for line in lines]
    return Result(said.count(Answer.YES), said.count(Answer.NO), said.count(None))
