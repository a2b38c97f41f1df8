"""What stands between a packet and its delivery: some of it stops, some of it an organizer must know of."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition.deliveries.models import Proofread
from petition.packets import nonces, recognizing
from petition.packets.models import Packet, PacketFile
from petition.signatures.models import Change, Signature, Status
from petition.web.language import ZONE

#: Whoever gets a packet needs time to read it, to find out what a sample is, and to ask for one.
TIME_TO_ASK: Final = timedelta(days=14)


class Weight(StrEnum):
    """How much a hindrance hinders."""

    STOPS = "stops"
    ASKS = "asks"  # goes on when somebody says that they know
    NOTES = "notes"


class What(StrEnum):
    """What stands in the way."""

    NOT_ISSUED = "not issued"
    NO_FILES = "no files"
    QUEUE = "queue"
    HELD = "held"
    UNREAD = "unread"
    SUPERSEDED = "superseded"
    LITTLE_TIME = "little time"  # to ask for a sample audit
    NO_TIME = "no time"
    CERTIFICATE = "certificate"
    HAS_ANOTHER = "has another"  # this recipient, of the same statement


_WEIGHT: Final = {
    What.NOT_ISSUED: Weight.STOPS,
    What.NO_FILES: Weight.STOPS,
    What.QUEUE: Weight.STOPS,
    What.UNREAD: Weight.STOPS,
    What.HELD: Weight.ASKS,
    What.SUPERSEDED: Weight.ASKS,
    What.LITTLE_TIME: Weight.ASKS,
    What.NO_TIME: Weight.ASKS,
    What.CERTIFICATE: Weight.NOTES,
    What.HAS_ANOTHER: Weight.ASKS,
}


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing in the way.

    `number` is how many, which copy came after, or which one a recipient has; `day` the last one to ask for a sample,
    or the one since which they have it.
    """

    what: What
    number: int = 0
    day: date | None = None

    @property
    def weight(self) -> Weight:
        """Whether it stops, asks or notes."""
        return _WEIGHT[self.what]


def hindrances(session: Session, packet: Packet, now: datetime) -> list[Hindrance]:
    """All that stands between this packet and its delivery, the gravest first."""
    found: list[Hindrance] = []
    if packet.issued_at is None:
        found.append(Hindrance(What.NOT_ISSUED))
    elif not session.scalar(select(func.count()).where(PacketFile.packet_id == packet.id)):
        found.append(Hindrance(What.NO_FILES))
    waiting = _waiting(session, packet)
    if waiting:
        found.append(Hindrance(What.QUEUE, waiting))
    if not proofread(session, packet.id):
        found.append(Hindrance(What.UNREAD))
    newer = recognizing.superseded_by(session, packet)
    if newer is not None:
        found.append(Hindrance(What.SUPERSEDED, newer.copy))
    last, today = _last_day(packet), now.astimezone(ZONE).date()
    if last is not None and last - today < TIME_TO_ASK:
        found.append(Hindrance(What.NO_TIME if last < today else What.LITTLE_TIME, day=last))
    held = (Signature.statement_id == packet.statement_id, Signature.status == Status.HELD)
    number = session.scalar(select(func.count()).where(*held)) or 0
    if number:
        found.append(Hindrance(What.HELD, number))
    # What the packet's own seal page says: whether readers can trace its certificate to an authority.
    if packet.issued_at is not None and not packet.counts.get("seal", {}).get("known"):
        found.append(Hindrance(What.CERTIFICATE))
    return found


def proofread(session: Session, packet_id: int) -> list[Proofread]:
    """Who has read the packet, the first one first."""
    read = select(Proofread).where(Proofread.packet_id == packet_id).order_by(Proofread.read_at)
    return list(session.scalars(read))


def _last_day(packet: Packet) -> date | None:
    """The last day to ask for a sample of it; None of what no sample can be drawn of on any day."""
    if not nonces.can_be_sampled(packet):
        return None
    return nonces.last_day(packet.frozen_at)


def _waiting(session: Session, packet: Packet) -> int:
    """Changes from before the packet was frozen that the registrar has not entered: it would lack them."""
    late = (Change.statement_id == packet.statement_id, Change.seq.is_(None), Change.at <= packet.frozen_at)
    return session.scalar(select(func.count()).where(*late)) or 0
