"""A publisher's answers, entered by organizers in full and unedited, and read by everybody."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.db import advisory_lock
from petition.deliveries.models import Acknowledgement, Delivery, Means, Response, ResponseKind
from petition.errors import NotFound, Refusal
from petition.packets.models import Packet
from petition.statements.models import Statement
from petition.web.language import ZONE


class CorrectedAlready(Refusal):
    """A newer entry has taken this one's place: correct that one."""


class PublishedAlready(Refusal):
    """The very same answer stands already."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, as it is to stand: the body is the publisher's own, in full."""

    kind: ResponseKind
    dated_on: date
    author: str
    source: str
    source_url: str
    language: str
    body: str


def response(session: Session, number: int) -> Response:
    """One response. Raises NotFound."""
    found = session.get(Response, number)
    if found is None:
        raise NotFound(number)
    return found


def publish(session: Session, statement: Statement, answer: Answer, who: Account, now: datetime) -> Response:
    """Let everybody read what the statement's addressee has answered. Raises PublishedAlready."""
    advisory_lock(session, f"responses {statement.id}")
    same = select(Response.id).where(
        Response.statement_id == statement.id,
        Response.publisher_id == statement.addressee_id,
        Response.kind == answer.kind.value,
        Response.dated_on == answer.dated_on,
        Response.body == answer.body,
    )
    before = session.scalar(same.limit(1))
    if before is not None:
        raise PublishedAlready(before)
    found = _row(statement, answer, who, now)
    session.add(found)
    session.flush()
    _record(session, found, "response published", who, now)
    return found


def corrected_by(session: Session, number: int) -> Response | None:
    """The newer entry in the place of this one, if there is one."""
    return session.scalar(select(Response).where(Response.corrects_id == number))


def correct(session: Session, old: Response, answer: Answer, why: str, who: Account, now: datetime) -> Response:
    """Put a newer entry in the place of one that was wrong; both can be read. Raises CorrectedAlready."""
    advisory_lock(session, f"responses {old.statement_id}")
    if corrected_by(session, old.id) is not None:
        raise CorrectedAlready(old.id)
    found = _row(old.statement, answer, who, now)
    found.corrects_id, found.correction = old.id, why
    session.add(found)
    session.flush()
    _record(session, found, "response corrected", who, now)
    return found


def _row(statement: Statement, answer: Answer, who: Account, now: datetime) -> Response:
    return Response(
        publisher_id=statement.addressee_id,
        statement=statement,
        account_id=who.id,
        kind=answer.kind.value,
        dated_on=answer.dated_on,
        author=answer.author,
        source=answer.source,
        source_url=answer.source_url,
        language=answer.language,
        body=answer.body,
        published_at=now,
    )


def _record(session: Session, found: Response, act: str, who: Account, now: datetime) -> None:
    told = {"statement": found.statement.slug, "kind": found.kind}
    auditing.record(session, now, who, act, f"response {found.id}", **told)


# --- What everybody reads -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivery as the public sees it: to which firm and how, never to whom there or at what address."""

    id: int
    statement_id: int
    publisher_id: int
    publisher: str
    means: Means
    on: date
    at: datetime
    copy: int
    verified: int
    mailboxes: int | None  # packets of earlier versions did not count them
    as_of: datetime
    acknowledged_at: datetime | None


def given(session: Session, *which: ColumnElement[bool]) -> list[Delivered]:
    """What was delivered, the newest first; nothing that has failed."""
    rows = session.execute(
        select(Delivery, Acknowledgement)
        .join(Packet, Packet.id == Delivery.packet_id)
        .outerjoin(Acknowledgement, Acknowledgement.delivery_id == Delivery.id)
        .where(*which, Delivery.sent_at.is_not(None), Delivery.failed_at.is_(None))
        .order_by(Delivery.sent_at.desc(), Delivery.id.desc())
    )
    return [shown(delivery, said) for delivery, said in rows]


def deliveries(session: Session, statement_id: int) -> list[Delivered]:
    """What was delivered of a statement, the newest first."""
    return given(session, Packet.statement_id == statement_id)


def shown(delivery: Delivery, said: Acknowledgement | None) -> Delivered:
    """One delivery as the public sees it."""
    assert delivery.sent_at is not None
    packet, publisher = delivery.packet, delivery.contact.publisher
    return Delivered(
        id=delivery.id,
        statement_id=packet.statement_id,
        publisher_id=publisher.id,
        publisher=publisher.name,
        means=Means(delivery.means),
        on=delivery.handed_on or delivery.sent_at.astimezone(ZONE).date(),
        at=delivery.sent_at,
        copy=packet.copy,
        verified=packet.counts["verified"],
        mailboxes=packet.counts.get("mailboxes"),
        as_of=packet.frozen_at,
        acknowledged_at=said.at if said is not None else None,
    )


def responses(session: Session, statement_id: int) -> list[tuple[Response, Response | None]]:
    """Every answer to a statement, the newest first, each with the newer entry that corrects it, if one does."""
    found = _answers(session, Response.statement_id == statement_id)
    correcting = {each.corrects_id: each for each in found if each.corrects_id is not None}
    return [(each, correcting.get(each.id)) for each in found]


def _answers(session: Session, *which: ColumnElement[bool]) -> list[Response]:
    return list(session.scalars(select(Response).where(*which).order_by(Response.dated_on.desc(), Response.id.desc())))


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer by its newest entry, and the first entry of it, which is the same one unless it was corrected."""

    answer: Response
    first: Response


def standing(session: Session, *which: ColumnElement[bool]) -> list[Standing]:
    """Each answer once, as it stands today, the newest first."""
    found = _answers(session, *which)
    by_id, corrected = {each.id: each for each in found}, {each.corrects_id for each in found}

    def first(of: Response) -> Response:
        while of.corrects_id is not None:
            of = by_id[of.corrects_id]
        return of

    return [Standing(each, first(each)) for each in found if each.id not in corrected]


@dataclass(frozen=True, slots=True)
class CameOf:
    """What a statement's own page says of all that: whether there is anything, and a reversal if one stands."""

    anything: bool
    reversal: Response | None


def came_of(session: Session, statement_id: int) -> CameOf:
    """In one query while nothing has come of it, since pages that many ask for say so."""
    of_it = (Packet.statement_id == statement_id, Delivery.sent_at.is_not(None), Delivery.failed_at.is_(None))
    delivered = select(Delivery.id).join(Packet, Packet.id == Delivery.packet_id).where(*of_it).exists()
    answered = select(Response.id).where(Response.statement_id == statement_id).exists()
    has_delivery, has_answer = session.execute(select(delivered, answered)).one()
    answers = standing(session, Response.statement_id == statement_id) if has_answer else []
    reversal = next((each.answer for each in answers if each.answer.kind == ResponseKind.REVERSAL), None)
    return CameOf(bool(has_delivery or has_answer), reversal)
