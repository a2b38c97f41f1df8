"""Forgetting officers' addresses once they have served: nobody is written to about a text for ever."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from petition.mail import outbox
from petition.officers import standing
from petition.officers.models import Officer

#: After an answer the address is kept so long, for the editors' questions. The link works without it.
KEPT: Final = timedelta(days=30)
BATCH: Final = 500


def _over(now: datetime) -> ColumnElement[bool]:
    signed = Officer.signed_at <= now - KEPT
    declined = Officer.declined_at <= now - KEPT
    ended = standing.lapsed(now)
    asked_long_ago = or_(Officer.asked_at < ended, Officer.asked_at.is_(None)) & (Officer.made_at < ended)
    in_vain = and_(Officer.signed_at.is_(None), Officer.declined_at.is_(None), asked_long_ago)
    return or_(Officer.address.is_not(None), Officer.mailbox.is_not(None)) & or_(signed, declined, in_vain)


def due(session: Session, now: datetime) -> int:
    """How many addresses are to be erased at this moment."""
    return session.scalar(select(func.count()).where(_over(now))) or 0


def forget(session: Session, now: datetime) -> int:
    """Erase the addresses of those who answered a month ago, or never did; returns how many."""
    found = select(Officer.id, Officer.mailbox).where(_over(now)).limit(BATCH).with_for_update(skip_locked=True)
    officers = session.execute(found).all()
    ids = [number for number, _ in officers]
    if ids:
        session.execute(update(Officer).where(Officer.id.in_(ids)).values(address=None, mailbox=None))
        outbox.forget_mailboxes(session, {mailbox for _, mailbox in officers if mailbox is not None}, now)
    return len(ids)
