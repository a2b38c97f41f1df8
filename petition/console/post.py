"""The outbox as an organizer asks about it: what waits, when it will be empty, and what was given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition.config import Config
from petition.jobs import State
from petition.mail import outbox
from petition.mail.outbox import Email

#: E-mails that have been due for so long while none was sent say that nobody sends at all.
STUCK: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Post:
    """What the outbox holds, and when it will be empty at the operator's pace if nobody signs meanwhile."""

    waiting: int
    due: int
    empty_at: datetime | None  # None when nothing waits
    stuck_since: datetime | None  # the oldest e-mail has been due since then, and none was sent
    sent_today: int
    dead: int


def post(session: Session, config: Config, now: datetime) -> Post:
    """The outbox at this moment."""
    waiting = select(func.count(), func.max(Email.due_at), func.min(Email.due_at)).where(Email.state == State.WAITING)
    number, last, first = session.execute(waiting).one()
    due = session.scalar(select(func.count()).where(Email.state == State.WAITING, Email.due_at <= now)) or 0
    sent_today = outbox.sent_since(session, now - timedelta(days=1))
    idle = due and first < now - STUCK and not outbox.sent_since(session, now - STUCK)
    return Post(
        waiting=number,
        due=due,
        empty_at=max(last, empty_at(number, sent_today, config, now)) if number else None,
        stuck_since=first if idle else None,
        sent_today=sent_today,
        dead=session.scalar(select(func.count()).where(Email.state == State.DEAD)) or 0,
    )


def empty_at(waiting: int, sent_today: int, config: Config, now: datetime) -> datetime:
    """When so many e-mails have left at PETITION_MAIL_PER_MINUTE, no more than PETITION_MAIL_PER_DAY in any day."""
    minutes = timedelta(minutes=waiting / config.mail_per_minute)
    beyond_today = waiting - max(0, config.mail_per_day - sent_today)
    if beyond_today <= 0:
        return now + minutes
    # What is beyond today's share waits for the day's window to move on: a full share every 24 hours.
    return now + max(minutes, timedelta(days=-(-beyond_today // config.mail_per_day)))


def dead(session: Session, before: int | None, most: int) -> list[Email]:
    """What was given up, the newest first."""
    found = select(Email).where(Email.state == State.DEAD).order_by(Email.id.desc()).limit(most)
    return list(session.scalars(found if before is None else found.where(Email.id < before)))
