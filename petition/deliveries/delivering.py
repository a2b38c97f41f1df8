"""Delivering a packet: prepared for one recipient, sent or handed over, perhaps come back; never twice by accident."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import auditing
from petition.accounts.models import Account
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.deliveries import linking, readiness, recipients
from petition.deliveries.models import Acknowledgement, Contact, Delivery, Means, Proofread
from petition.deliveries.readiness import Hindrance, Weight, What
from petition.deliveries.recipients import Recipient
from petition.errors import NotFound, Refusal
from petition.mail import outbox
from petition.packets import recognizing
from petition.packets.models import Packet
from petition.packets.options import Options
from petition.web.language import ZONE

LETTER: Final = "delivery"
#: What an Exchange server takes of one message, encoded and whole, before its operator allows more: 10 MB
#: (exchangepedia.com/2007/09/exchange-server-2007-setting-message-size-limits.html). In bytes as it travels.
LARGEST_LETTER: Final = 10_000_000
#: Base64 writes three bytes as four, in lines of 76 with two more at their end (RFC 2045, 6.8).
_AS_BASE64: Final = 4 / 3 * 78 / 76
_WORDS: Final = 50_000  # bytes for the text of the letter itself


class NotReady(Refusal):
    """Something stops the delivery, or nobody has said that they know of it."""

    def __init__(self, hindrances: list[Hindrance]) -> None:
        self.hindrances = hindrances
        super().__init__(", ".join(each.what for each in hindrances))


class GivenAlready(Refusal):
    """This recipient has this packet. Once more only on purpose, with a reason."""


class GivenMeanwhile(Refusal):
    """This recipient was given this packet since whoever orders looked: perhaps by the same press of a button."""


class NotReachable(Refusal):
    """The contact is retired, of another publisher, or has no address for this way."""


class StandsOtherwise(Refusal):
    """The delivery has come to another end already."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an organizer asks for. `again_because` says why the same recipient gets the same packet once more.

    `seen` is the newest delivery of the packet that the organizer knew of: 0 of a packet that had none.
    """

    means: Means
    language: str
    knowingly: bool = False
    again_because: str = ""
    seen: int = 0


def delivery(session: Session, number: int) -> Delivery:
    """One delivery. Raises NotFound."""
    found = session.get(Delivery, number)
    if found is None:
        raise NotFound(number)
    return found


def of_packet(session: Session, packet_id: int) -> list[Delivery]:
    """Every delivery of a packet, the newest first."""
    return list(session.scalars(select(Delivery).where(Delivery.packet_id == packet_id).order_by(Delivery.id.desc())))


def delivered() -> ColumnElement[bool]:
    """Of packets those that somebody was given: what was prepared only, or failed, nobody has."""
    arrived = (Delivery.packet_id == Packet.id, Delivery.sent_at.is_not(None), Delivery.failed_at.is_(None))
    return select(Delivery.id).where(*arrived).correlate(Packet).exists()


def given(session: Session, packet_id: int, contact: Contact) -> list[Delivery]:
    """What this recipient has of this packet: the same contact, or another with the same mailbox."""
    which = (Delivery.packet_id == packet_id, Delivery.failed_at.is_(None), _same_recipient(contact))
    return list(session.scalars(select(Delivery).where(*which).order_by(Delivery.id)))


def has_another(session: Session, packet: Packet, contact: Contact) -> Hindrance | None:
    """The newest other copy of the statement that this recipient was given, or is being sent.

    None for a supplement: it is for whoever has another.
    """
    if Options.read(packet.options).since is not None:
        return None
    others = select(Delivery).join(Packet, Packet.id == Delivery.packet_id).where(
        Packet.statement_id == packet.statement_id, Packet.id != packet.id, Delivery.failed_at.is_(None),
        _same_recipient(contact),
    )  # fmt: skip
    newest = session.scalar(others.order_by(Delivery.id.desc()).limit(1))
    if newest is None:
        return None
    day = newest.handed_on or (newest.sent_at or newest.made_at).astimezone(ZONE).date()
    return Hindrance(What.HAS_ANOTHER, newest.packet.copy, day)


def _same_recipient(contact: Contact) -> ColumnElement[bool]:
    same = Delivery.contact_id == contact.id
    if contact.mailbox is not None:  # none equals none, and two contacts without an address are two recipients
        same |= Delivery.mailbox == contact.mailbox
    return same


def read_proof(session: Session, packet: Packet, who: Account, now: datetime) -> None:
    """Somebody has read the packet and stands by it. A second time changes nothing.

    Raises NotReady while it is not issued: there is no page to read.
    """
    advisory_lock(session, f"deliveries {packet.id}")
    if packet.issued_at is None:
        raise NotReady([Hindrance(What.NOT_ISSUED)])
    if session.get(Proofread, (packet.id, who.id)) is None:
        session.add(Proofread(packet_id=packet.id, account_id=who.id, read_at=now))
        session.flush()
        auditing.record(session, now, who, "packet proofread", f"packet {packet.id}")


def prepare(
    session: Session, keys: KeyRing, packet: Packet, contact: Contact, order: Order, who: Account, now: datetime
) -> Delivery:
    """Pin packet, checkpoint and recipient; an e-mail is owed from this transaction on, the rest is for hands.

    Raises NotReady, NotReachable, GivenAlready and GivenMeanwhile; then nothing has been prepared.
    """
    advisory_lock(session, f"deliveries {packet.id}")
    _refuse(session, packet, contact, order, now)
    before = given(session, packet.id, contact)
    if before and not order.again_because:
        raise GivenAlready(before[-1].id)
    if before and before[-1].id > order.seen:
        raise GivenMeanwhile(before[-1].id)
    turn = session.scalar(select(func.max(Delivery.turn)).where(Delivery.packet_id == packet.id)) or 0
    prepared = _row(keys, packet, contact, order, now)
    prepared.account_id, prepared.turn = who.id, turn + 1 if before else 1
    prepared.again_because = order.again_because if before else None
    prepared.attached = order.means is Means.EMAIL and fits(session, packet)
    session.add(prepared)
    session.flush()
    if order.means is Means.EMAIL:
        outbox.owe(
            session.connection(), LETTER, now=now, language=prepared.language, subject_id=prepared.id,
            mailbox=prepared.mailbox, priority=4,
        )  # fmt: skip
    _record(session, prepared, "delivery prepared", who, now, means=order.means.value)
    return prepared


def _refuse(session: Session, packet: Packet, contact: Contact, order: Order, now: datetime) -> None:
    found = [*readiness.hindrances(session, packet, now), *filter(None, [has_another(session, packet, contact)])]
    weighty = {Weight.STOPS} if order.knowingly else {Weight.STOPS, Weight.ASKS}
    in_the_way = [each for each in found if each.weight in weighty]
    if in_the_way:
        raise NotReady(in_the_way)
    needs_address = order.means is Means.EMAIL and contact.address is None
    needs_lines = order.means is Means.POST and not contact.address_lines
    if contact.retired_at is not None or contact.publisher_id != packet.publisher_id or needs_address or needs_lines:
        raise NotReachable(contact.id)


def _row(keys: KeyRing, packet: Packet, contact: Contact, order: Order, now: datetime) -> Delivery:
    nonce = secrets.token_bytes(16)
    return Delivery(
        packet=packet,
        contact=contact,
        means=order.means.value,
        language=order.language,
        recipient=recipients.seal(keys, Recipient.of(keys, contact)),
        mailbox=contact.mailbox,
        ledger_size=packet.ledger_size,
        ledger_root=packet.ledger_root,
        nonce=nonce,
        fingerprint=tokens.fingerprint(tokens.link(keys, linking.PURPOSE, nonce)),
        link_until=linking.until(now),
        made_at=now,
    )


def fits(session: Session, packet: Packet) -> bool:
    """Whether all files of a packet go into one e-mail of LARGEST_LETTER bytes."""
    size = sum(file.size_bytes for file in recognizing.files(session, packet.id))
    return size * _AS_BASE64 + _WORDS <= LARGEST_LETTER


def alone(session: Session, found: Delivery) -> None:
    """The delivery as it stands once nobody else acts for its packet."""
    advisory_lock(session, f"deliveries {found.packet_id}")
    session.refresh(found)


@dataclass(frozen=True, slots=True)
class Handed:
    """How it left our hands: on which day; in person also where, by whom and to whom."""

    day: date
    place: str = ""
    by: str = ""
    to: str = ""


def hand_over(session: Session, found: Delivery, handed: Handed, who: Account, now: datetime) -> None:
    """The link was given, the boxes were posted, or the packet was handed over. Raises StandsOtherwise."""
    alone(session, found)
    if found.sent_at is not None or found.failed_at is not None or found.means == Means.EMAIL:
        raise StandsOtherwise(found.id)
    found.sent_at, found.handed_on = now, handed.day
    found.place, found.handed_by, found.handed_to = handed.place or None, handed.by or None, handed.to or None
    _record(session, found, "delivery handed over", who, now, means=found.means)


def sent(session: Session, found: Delivery, now: datetime) -> None:
    """The mail server took the e-mail; it may still come back."""
    alone(session, found)
    if found.sent_at is None and found.failed_at is None:
        found.sent_at = now


def fail(session: Session, found: Delivery, why: str, who: Account | None, now: datetime) -> None:
    """It was not delivered after all: it came back, was refused or called off. Its link opens nothing any more.

    The recipient can be given the packet anew. Raises StandsOtherwise once they have said that it came.
    """
    alone(session, found)
    if found.failed_at is not None:
        return
    if session.get(Acknowledgement, found.id) is not None:
        raise StandsOtherwise(found.id)
    found.failed_at, found.failure = now, why
    _record(session, found, "delivery failed", who, now)


def given_up_by_mail(session: Session, found: Delivery, why: str, now: datetime, *, refused: bool) -> None:
    """The e-mail will not be tried again: not delivered, unless it was answered, so that it has come.

    Where it was refused for good, the contact's address is marked; where our own time ran out, nothing is known of it.
    """
    with suppress(StandsOtherwise):
        fail(session, found, why, None, now)
    if refused and found.contact.mailbox == found.mailbox:
        found.contact.refused_at = now


def renew(session: Session, found: Delivery, who: Account, now: datetime) -> None:
    """Let the same link open the files for as long again, from now on. Raises StandsOtherwise."""
    alone(session, found)
    if found.failed_at is not None:
        raise StandsOtherwise(found.id)
    found.link_until = linking.until(now)
    _record(session, found, "delivery link renewed", who, now)


def _record(session: Session, found: Delivery, act: str, who: Account | None, now: datetime, **more: str) -> None:
    session.flush()
    auditing.record(session, now, who, act, f"delivery {found.id}", packet=str(found.packet_id), **more)
