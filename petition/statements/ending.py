"""Ending a statement: its chapter retracts it, or says what superseded it. The text stays readable for good."""

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.errors import Refusal
from petition.mail import outbox
from petition.statements import listing
from petition.statements.models import End, Statement

ENDED: Final = "ended"
OFFICE_ENDED: Final = "office ended"
LONGEST_REASON: Final = 1_000  # characters


class EndedAlready(Refusal):
    """It was retracted or superseded before."""


def end(
    session: Session, statement: Statement, how: End, because: str, successor: Statement | None, who: Account,
    now: datetime,
) -> None:  # fmt: skip
    """End the statement for a reason that everybody reads; it takes no signatures from now on. Raises EndedAlready.

    Its office and the organizers are told. What was signed stays counted: it was signed.
    """
    ended = {
        "ended": how, "ended_at": now, "ended_because": because, "successor_id": successor.id if successor else None,
    }  # fmt: skip
    stands = (Statement.id == statement.id, Statement.ended.is_(None))
    if session.scalar(update(Statement).where(*stands).values(ended).returning(Statement.id)) is None:
        raise EndedAlready(statement.slug)
    listing.tell_organizers(session, ENDED, statement.id, now)
    if statement.chapter is not None:
        outbox.owe(
            session.connection(), OFFICE_ENDED, now=now, language=who.language,
            subject_id=statement.id, mailbox=statement.chapter.office_mailbox,
        )  # fmt: skip
    auditing.record(session, now, who, f"statement {how}", f"statement {statement.slug}")


def successors(session: Session, statement: Statement) -> list[Statement]:
    """What can have superseded it: every other statement of its chapter that stands."""
    others = (Statement.chapter_id == statement.chapter_id, Statement.id != statement.id, Statement.ended.is_(None))
    return list(session.scalars(select(Statement).where(*others).order_by(Statement.id)))
