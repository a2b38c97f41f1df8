"""The outbox: one row for each e-mail that is owed to a mailbox, from the change that owes it to its end."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from petition.db import Row
from petition.jobs import HANDED, State, Work, due_index

FORGET: Final = timedelta(days=14)  # after its end a row has nothing more to tell
KEEP: Final = timedelta(days=7)  # how long we try to deliver: as long as the links in it would work


class Email(Work, Row):
    """An e-mail owed to a mailbox. Who that is, the composer of its kind knows; no address is kept here."""

    __tablename__ = "email"
    kind: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[int | None] = mapped_column(BigInteger)  # the row of the feature that owes it
    mailbox: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    scope: Mapped[int | None]  # what the ten-minute cap counts by: the statement
    asks: Mapped[bool] = mapped_column(default=False)  # counts toward the caps until somebody answers
    language: Mapped[str] = mapped_column(String(10))
    composed_at: Mapped[datetime | None]
    about: Mapped[list[Any] | None] = mapped_column(JSON)  # the rows listed in it when it was composed

    __table_args__ = (
        due_index("ix_email_due"),
        Index("ix_email_mailbox", "mailbox"),
        Index("ix_email_ended", "ended_at"),
        Index("ix_email_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
        {"sqlite_autoincrement": True},  # an id makes the Message-ID, and rows that ended long ago are deleted
    )


_OWE: Final = insert(cast(Table, Email.__table__)).inline()


def owe(
    connection: Connection,
    kind: str,
    *,
    now: datetime,
    language: str,
    subject_id: int | None = None,
    mailbox: bytes | None = None,
    scope: int | None = None,
    asks: bool = False,
    priority: int = 5,
) -> None:
    """Owe an e-mail from this transaction on."""
    told = {"subject_id": subject_id, "mailbox": mailbox, "scope": scope, "asks": asks, "priority": priority}
    keep(connection, owed(kind, now=now, language=language, **told))


def owed(kind: str, *, now: datetime, language: str, **told: Any) -> dict[str, Any]:
    """The row of an e-mail that is owed, as `owe` is told of it: for an act that keeps it together with others."""
    return {
        "kind": kind,
        "subject_id": None,
        "mailbox": None,
        "scope": None,
        "asks": False,
        "language": language,
        "priority": 5,
        "made_at": now,
        "due_at": now,
        "until": now + KEEP,
        **told,
    }


#: What such a row says.
OWED: Final = tuple(owed("", now=datetime.fromtimestamp(0, UTC), language=""))


def keep(connection: Connection, row: dict[str, Any]) -> None:
    """Keep such a row."""
    # Every signature owes one: a statement of its own costs a third of what the session makes of an object.
    connection.execute(_OWE, row)


def send_again(session: Session, email: Email, now: datetime) -> bool:
    """Try once more what was given up, from now on for as long as at first. False when it was not given up."""
    return bool(_revive(session, Email.id == email.id, now))


def send_all_again(session: Session, now: datetime) -> int:
    """Try once more everything that was given up; returns how many there were."""
    return _revive(session, Email.id > 0, now)


def _revive(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    anew = {"attempts": 0, "error": None, "ended_at": None, "handed_at": None, "leased_until": None}
    revived = (
        update(Email)
        .where(which, Email.state == State.DEAD)
        .values(state=State.WAITING, due_at=now, until=now + KEEP, **anew)
        .returning(Email.id)
    )
    return len(session.scalars(revived).all())


def clear_old(session: Session, now: datetime, most: int) -> int:
    """Delete rows that ended long ago; returns how many."""
    old = select(Email.id).where(Email.ended_at < now - FORGET).limit(most)
    return len(session.scalars(delete(Email).where(Email.id.in_(old)).returning(Email.id)).all())


def forget_mailboxes(session: Session, mailboxes: Collection[bytes], now: datetime) -> None:
    """Cut the tie between finished e-mails and mailboxes of which a signature is erased.

    Those of the last day stay tied: the caps count them.
    """
    finished = (Email.state != State.WAITING) & (Email.ended_at < now - timedelta(days=1))
    session.execute(update(Email).where(Email.mailbox.in_(mailboxes), finished).values(mailbox=None))


def sent_since(session: Session, moment: datetime) -> int:
    """How many e-mails left us since that moment: what the pace is counted by."""
    counted = select(func.count()).where(Email.ended_at > moment, Email.state == State.DONE)
    return session.scalar(counted) or 0


def under_way(session: Session, now: datetime) -> int:
    """How many e-mails are with workers at this moment, or in the queue to them."""
    on_the_way = or_(Email.leased_until > now, Email.handed_at >= now - HANDED)
    counted = select(func.count()).where(Email.state == State.WAITING, on_the_way)
    return session.scalar(counted) or 0


def allowance(session: Session, now: datetime, per_minute: int, per_day: int) -> int:
    """How many more e-mails may be handed out now under the operator's pace."""
    busy = under_way(session, now)
    minute = per_minute - sent_since(session, now - timedelta(minutes=1)) - busy
    day = per_day - sent_since(session, now - timedelta(days=1)) - busy
    return max(0, min(minute, day))
