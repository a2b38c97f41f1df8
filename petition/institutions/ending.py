"""Ending: what was not answered goes; what was withdrawn or refused is erased in its time."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from petition.institutions.answering import KEPT
from petition.institutions.cosigning import LIFE
from petition.institutions.models import Institution, Stand
from petition.mail import outbox
from petition.signatures.ending import NEVER_ASKED
from petition.signatures.withdrawal import UNDO

BATCH: Final = 500
#: Who spoke for it, and how to reach them.
_PERSON: Final[dict[str, None]] = dict.fromkeys(("officer", "title", "authority", "address"))
_ALL: Final[dict[str, None]] = {
    **_PERSON, **dict.fromkeys(("name", "city", "state", "domain", "mailbox", "basis", "note"))
}  # fmt: skip


def _unanswered(now: datetime) -> ColumnElement[bool]:
    never = Institution.asked_at.is_(None) & (Institution.made_at <= now - NEVER_ASKED)
    return (Institution.stand == Stand.PENDING) & or_(Institution.asked_at <= now - LIFE, never)


def _withdrawn(now: datetime) -> ColumnElement[bool]:
    left = Institution.name.is_not(None)
    return (Institution.stand == Stand.WITHDRAWN) & (Institution.settled_at <= now - UNDO) & left


def _refused(now: datetime) -> ColumnElement[bool]:
    left = Institution.officer.is_not(None)
    return (Institution.stand == Stand.REFUSED) & (Institution.settled_at <= now - KEPT) & left


def due(session: Session, now: datetime) -> int:
    """How many are to be erased at this moment."""
    which = or_(_unanswered(now), _withdrawn(now), _refused(now))
    return session.scalar(select(func.count()).select_from(Institution).where(which)) or 0


def end(session: Session, now: datetime) -> int:
    """Erase whatever is due; returns how many.

    Of a refused one its name, place, domain and keyed mailbox stay, so that it cannot come again as if nothing had
    been found: they say nothing about a person.
    """
    gone = _found(session, _unanswered(now))
    session.execute(delete(Institution).where(Institution.id.in_(gone)))
    withdrawn = _found(session, _withdrawn(now))
    _forget(session, withdrawn, now)
    session.execute(update(Institution).where(Institution.id.in_(withdrawn)).values(**_ALL))
    refused = _found(session, _refused(now))
    session.execute(update(Institution).where(Institution.id.in_(refused)).values(**_PERSON))
    return len(gone) + len(withdrawn) + len(refused)


def _found(session: Session, which: ColumnElement[bool]) -> list[int]:
    # Locked as they are found: one of them may be answered, or its withdrawal undone, in this very moment.
    return list(session.scalars(select(Institution.id).where(which).limit(BATCH).with_for_update(skip_locked=True)))


def _forget(session: Session, ids: list[int], now: datetime) -> None:
    mailboxes = session.scalars(select(Institution.mailbox).where(Institution.id.in_(ids))).all()
    outbox.forget_mailboxes(session, {mailbox for mailbox in mailboxes if mailbox is not None}, now)
