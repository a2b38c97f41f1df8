"""By which certificates our packets were sealed, for everybody who compares a seal with what we publish."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition.packets.models import Packet


@dataclass(frozen=True, slots=True)
class UsedFor:
    """A certificate's SHA-256, and when the first and the last packet was sealed by it."""

    fingerprint: str
    first: datetime
    last: datetime


def used(session: Session) -> Sequence[UsedFor]:
    """Each certificate by which an issued packet was sealed, the one in use last first."""
    last = func.max(Packet.sealed_at)
    asked = (
        select(Packet.sealer, func.min(Packet.sealed_at), last)
        .where(Packet.issued_at.is_not(None), Packet.sealer.is_not(None), Packet.sealed_at.is_not(None))
        .group_by(Packet.sealer)
        .order_by(last.desc())
    )
    return [
        UsedFor(sealer, first, latest)
        for sealer, first, latest in session.execute(asked)
        if sealer is not None and first is not None and latest is not None
    ]
