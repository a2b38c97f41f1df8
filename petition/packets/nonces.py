"""The ten nonces of a packet's sample audit: made before anybody knows the seed, one opened for each audit.

Their SHA-256 are printed on the seal page. A nonce is derived from the seal's key, so nothing secret is stored
and a restored key file opens it again. It is bound to the packet's moment and the ledger's state: when a copy number is
used again, after a backup was restored, the new copy's nonces are not those that a publisher knows already.
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from petition.crypto import KeyRing
from petition.packets.models import Packet
from petition.packets.options import Options
from petition.web.language import ZONE

NONCES: Final = 10  # one for each audit that may be asked of one packet
DAYS_TO_ASK: Final = 30  # after the packet's moment; the last day is printed on the seal page


class Unsampled(StrEnum):
    """Why no sample can ever be drawn of a packet, on whatever day it is asked for."""

    NAMES_NOBODY = "names nobody"  # initials, counts, no roster: there is nothing to hold an entry against
    SUPPLEMENT = "supplement"  # it names only whom an earlier copy does not
    EMPTY = "empty"


def unsampled(packet: Packet) -> Unsampled | None:
    """Why a packet's own kind rules a sample out; None where it does not."""
    options = Options.read(packet.options)
    if not options.names_signatories:
        return Unsampled.NAMES_NOBODY
    if options.since is not None:
        return Unsampled.SUPPLEMENT
    return None if packet.counts.get("verified") else Unsampled.EMPTY


def can_be_sampled(packet: Packet) -> bool:
    """Whether a sample can be drawn of the packet at all: its kind allows one, and its seal page has numbers for it."""
    return bool(packet.nonces) and unsampled(packet) is None


def hashes(keys: KeyRing, packet: Packet) -> list[str]:
    """What the seal page of a packet prints of them: the SHA-256 of each, in hexadecimal; none where none is opened."""
    if unsampled(packet) is not None:
        return []
    return [_sha256(keys.mac("seal", *_bound(packet, place))) for place in range(NONCES)]


def opened(keys: KeyRing, packet: Packet, place: int) -> bytes | None:
    """The nonce whose SHA-256 the packet has at a place (0 to 9): 32 bytes. None when our key makes no such nonce."""
    made = (keys.mac("seal", *parts) for parts in (_bound(packet, place), _of_earlier_packets(packet, place)))
    return next((nonce for nonce in made if _sha256(nonce) == packet.nonces[place]), None)


def _bound(packet: Packet, place: int) -> list[bytes]:
    state = (packet.frozen_at.astimezone(UTC).isoformat(), str(packet.ledger_size), packet.ledger_root)
    return [b"audit of a state", *(part.encode() for part in (_origin(packet), str(packet.copy), str(place), *state))]


def _of_earlier_packets(packet: Packet, place: int) -> list[bytes]:
    return [b"audit", *(part.encode() for part in (_origin(packet), str(packet.copy), str(place)))]


def _origin(packet: Packet) -> str:
    return (packet.checkpoint or "").partition("\n")[0]


def _sha256(nonce: bytes) -> str:
    return hashlib.sha256(nonce).hexdigest()


def last_day(frozen_at: datetime) -> date:
    """The last day on which an audit of a packet can be asked for, in the campaign's time."""
    return frozen_at.astimezone(ZONE).date() + timedelta(days=DAYS_TO_ASK)
