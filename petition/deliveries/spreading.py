"""News of a delivery or an answer, for the signatories who asked for it: written once, sent once, in batches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.db import advisory_lock
from petition.deliveries import responding
from petition.deliveries.models import Delivery, News, NewsLetter, Response
from petition.errors import Refusal
from petition.jobs import State
from petition.mail import outbox
from petition.mail.outbox import Email
from petition.packets.models import Packet
from petition.signatures.models import Signature, Status

LETTER: Final = "news"
BATCH: Final = 500
#: No more wait in the outbox at once: each e-mail has seven days there, and confirmations go first.
MOST_WAITING: Final = 2_000
PRIORITY: Final = 8  # behind everything that somebody waits for


class ToldAlready(Refusal):
    """News of this event has been sent, or there is nothing to tell: it never came to pass."""


class CorrectedSince(Refusal):
    """A newer entry has taken the place of this answer: news is told of that one."""


class NobodyAsked(Refusal):
    """No mailbox wants news of this statement. The event stays untold, so that it can be told once somebody asks."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: a delivery, or a response."""

    statement_id: int
    delivery_id: int | None = None
    response_id: int | None = None

    @classmethod
    def of(cls, what: Delivery | Response) -> "Event":
        """The event as its row has it."""
        if isinstance(what, Delivery):
            return cls(what.packet.statement_id, delivery_id=what.id)
        return cls(what.statement_id, response_id=what.id)


def told(session: Session, event: Event) -> News | None:
    """The news of this event, if it was sent."""
    if event.delivery_id is not None:
        return session.scalar(select(News).where(News.delivery_id == event.delivery_id))
    return session.scalar(select(News).where(News.response_id == event.response_id))


def untold(session: Session, statement_id: int) -> list[Delivery | Response]:
    """What came to pass of a statement and stands, and was not told of, the newest first of each kind.

    Nothing while nobody asked for news.
    """
    deliveries = (
        select(Delivery)
        .join(Packet, Packet.id == Delivery.packet_id)
        .where(Packet.statement_id == statement_id, Delivery.sent_at.is_not(None), Delivery.failed_at.is_(None))
        .where(~select(News.id).where(News.delivery_id == Delivery.id).exists())
        .order_by(Delivery.id.desc())
    )
    correcting = aliased(Response)
    answers = (
        select(Response)
        .where(Response.statement_id == statement_id)
        .where(~select(correcting.id).where(correcting.corrects_id == Response.id).exists())
        .where(~select(News.id).where(News.response_id == Response.id).exists())
        .order_by(Response.id.desc())
    )
    found = [*session.scalars(deliveries), *session.scalars(answers)]
    # Asked only where there is something to tell, and whether anybody rather than how many: the desk's first page of a
    # statement shows it.
    anybody = found and session.scalar(select(Signature.id).where(*_wanted(Signature, statement_id)).limit(1))
    return found if anybody else []


def audience(session: Session, statement_id: int) -> int:
    """How many mailboxes would be told now."""
    wanted = _wanted(Signature, statement_id)
    return session.scalar(select(func.count(Signature.mailbox.distinct())).where(*wanted)) or 0


def _wanted(signature: Any, statement_id: int) -> tuple[Any, ...]:
    return (
        signature.statement_id == statement_id,
        signature.status == Status.VERIFIED,
        signature.updates,
        signature.address.is_not(None),
        signature.mailbox.is_not(None),
    )


def tell(session: Session, event: Event, words: dict[str, dict[str, str]], who: Account, now: datetime) -> News:
    """Tell everybody who asked for news, once for each event and mailbox. Raises a Refusal.

    `words` holds subject and body by language. The worker puts the e-mails into the outbox, batch by batch.
    """
    advisory_lock(session, f"news {event.statement_id}")
    if told(session, event) is not None or not _came_to_pass(session, event):
        raise ToldAlready(event.statement_id)
    if event.response_id is not None and responding.corrected_by(session, event.response_id) is not None:
        raise CorrectedSince(event.response_id)
    number = audience(session, event.statement_id)
    if not number:
        raise NobodyAsked(event.statement_id)
    news = News(
        statement_id=event.statement_id,
        delivery_id=event.delivery_id,
        response_id=event.response_id,
        account_id=who.id,
        words=words,
        made_at=now,
        upto=session.scalar(select(func.max(Signature.id))) or 0,
    )
    session.add(news)
    session.flush()
    auditing.record(session, now, who, "news sent", f"news {news.id}", number=str(number))
    return news


def _came_to_pass(session: Session, event: Event) -> bool:
    if event.delivery_id is None:
        return True
    delivery = session.get_one(Delivery, event.delivery_id)
    return delivery.sent_at is not None and delivery.failed_at is None


def waiting(session: Session) -> bool:
    """Whether there is news that has not reached everybody's place in the outbox."""
    return session.scalar(select(News.id).where(News.spread_at.is_(None)).limit(1)) is not None


def spread(session: Session, now: datetime) -> int:
    """Owe the next batch of e-mails; returns how many. Nothing while enough of them wait."""
    _end_what_is_called_off(session, now)
    unspread = select(News).where(News.spread_at.is_(None)).order_by(News.id).limit(1)
    news = session.scalar(unspread.with_for_update(skip_locked=True))
    if news is None:
        return 0
    in_outbox = select(func.count()).where(Email.kind == LETTER, Email.state == State.WAITING)
    if (session.scalar(in_outbox) or 0) >= MOST_WAITING:
        return 0
    found = session.execute(_next(news)).all()
    for row, mailbox, language in found:
        letter = NewsLetter(news_id=news.id, signature_id=row)
        session.add(letter)
        session.flush()
        outbox.owe(
            session.connection(), LETTER, now=now, language=language, subject_id=letter.id, mailbox=mailbox,
            priority=PRIORITY,
        )  # fmt: skip
    if found:
        news.reached = found[-1][0]
    if len(found) < BATCH:
        news.spread_at = now
    return len(found)


def called_off(session: Session, news: News) -> bool:
    """Whether nobody more is told: its delivery did not arrive after all, or a newer entry corrects its answer."""
    if news.delivery_id is not None:
        return session.get_one(Delivery, news.delivery_id).failed_at is not None
    return news.response_id is not None and responding.corrected_by(session, news.response_id) is not None


def _end_what_is_called_off(session: Session, now: datetime) -> None:
    failed = select(Delivery.id).where(Delivery.failed_at.is_not(None))
    corrected = select(Response.corrects_id).where(Response.corrects_id.is_not(None))
    over = or_(News.delivery_id.in_(failed), News.response_id.in_(corrected))
    session.execute(update(News).where(News.spread_at.is_(None), over).values(spread_at=now))


def _next(news: News) -> Select[int, bytes | None, str]:
    """The next signatures to be told, one for each mailbox: its first."""
    earlier = aliased(Signature)
    before = select(earlier.id).where(
        *_wanted(earlier, news.statement_id), earlier.mailbox == Signature.mailbox, earlier.id < Signature.id
    )
    return (
        select(Signature.id, Signature.mailbox, Signature.language)
        .where(*_wanted(Signature, news.statement_id), Signature.id > news.reached, Signature.id <= news.upto)
        .where(~before.exists())
        .order_by(Signature.id)
        .limit(BATCH)
    )
