"""What a mailbox may receive from us: caps until somebody answers, and a pause when it was not them."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, SQLColumnExpression, delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from petition.db import Row, advisory_lock
from petition.jobs import State
from petition.mail.outbox import Email

#: Nine addresses once got 81,000 confirmations from one form in two weeks (reference/trust.md, section 1).
EVERY: Final = timedelta(minutes=10)  # one e-mail in this time for one statement
A_DAY: Final = 3  # e-mails in 24 hours in all
PAUSE: Final = timedelta(days=30)


class Mailbox(Row):
    """What we know of a mailbox by its keyed hash. There is a row only once somebody has answered."""

    __tablename__ = "mailbox"
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    answered_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]


def alone(held_by: Session | Connection, mailbox: bytes) -> None:
    """Until this transaction ends, nobody else acts for this mailbox: what is read from here on stands."""
    advisory_lock(held_by, f"mailbox {mailbox.hex()}")


def alone_with(mailbox: SQLColumnExpression[bytes | None]) -> ColumnElement[Any]:
    """The same on PostgreSQL, as a column that a query reads beside the row with this mailbox."""
    name = func.concat("mailbox ", func.encode(mailbox, "hex"))
    return func.pg_advisory_xact_lock(func.hashtextextended(name, 0))


def _row(session: Session, mailbox: bytes) -> Mailbox:
    alone(session, mailbox)
    row = session.get(Mailbox, mailbox)
    if row is None:
        row = Mailbox(hash=mailbox)
        session.add(row)
    return row


def _answered(dialect: Any, told: Select[bytes, datetime] | None = None) -> Any:
    row = dialect.insert(Mailbox.__table__)
    if told is not None:
        row = row.from_select(["hash", "answered_at"], told)
    return row.on_conflict_do_update(
        index_elements=[Mailbox.hash], set_={"answered_at": row.excluded.answered_at}
    )


_ANSWERED: Final = {dialect: _answered(dialect) for dialect in (postgresql, sqlite)}


def answering(told: Select[bytes, datetime]) -> postgresql.Insert:
    """As `answered`, of the hashes and moments that a query tells: a part of one statement of PostgreSQL."""
    part: postgresql.Insert = _answered(postgresql, told)
    return part


def answered(connection: Connection, mailbox: bytes, now: datetime) -> None:
    """Somebody at the mailbox has used a link or code of ours: the caps count anew. Whoever calls is `alone`."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(_ANSWERED[dialect], {"hash": mailbox, "answered_at": now})


def pause(session: Session, mailbox: bytes, now: datetime) -> datetime:
    """Write to this mailbox no more for 30 days; returns until when."""
    row = _row(session, mailbox)
    row.paused_until = now + PAUSE
    return row.paused_until


def lift_pause(session: Session, mailbox: bytes, now: datetime) -> None:
    """Its owner wants e-mail from us again."""
    row = _row(session, mailbox)
    row.paused_until, row.answered_at = None, now


def clear_old(session: Session, now: datetime, most: int) -> int:
    """Delete what we know of mailboxes once it can change nothing any more; returns how many."""
    old = select(Mailbox.hash).where(
        or_(Mailbox.paused_until.is_(None), Mailbox.paused_until <= now),
        or_(Mailbox.answered_at.is_(None), Mailbox.answered_at < now - timedelta(days=1)),
    )
    return len(session.scalars(delete(Mailbox).where(Mailbox.hash.in_(old.limit(most))).returning(Mailbox.hash)).all())


def paused_until(session: Session, mailbox: bytes, now: datetime) -> datetime | None:
    """Until when the mailbox is paused, if it is."""
    row = session.get(Mailbox, mailbox)
    until = row.paused_until if row is not None else None
    return until if until is not None and until > now else None


def may_write_at(session: Session, email: Email, now: datetime) -> datetime:
    """The earliest moment at which the caps allow this e-mail; `now` when they allow it at once."""
    assert email.mailbox is not None
    alone(session, email.mailbox)
    row = session.get(Mailbox, email.mailbox)
    since = now - timedelta(days=1)
    if row is not None and row.answered_at is not None:
        since = max(since, row.answered_at)
    written = (
        Email.mailbox == email.mailbox,
        Email.asks,
        Email.composed_at > since,
        Email.id != email.id,
        or_(Email.state == State.DONE, Email.state == State.WAITING),
    )
    moments = list(session.scalars(select(Email.composed_at).where(*written).order_by(Email.composed_at)))
    last = session.scalar(select(func.max(Email.composed_at)).where(*written, Email.scope == email.scope))
    earliest = now
    if last is not None:
        earliest = max(earliest, last + EVERY)
    if len(moments) >= A_DAY:
        freeing = moments[-A_DAY]
        assert freeing is not None
        earliest = max(earliest, freeing + timedelta(days=1))
    return earliest
