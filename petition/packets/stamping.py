"""Time from somebody else, later: tokens over issued files whose seal has none, kept beside them.

An issued file never changes. Where no timestamp came while it was sealed, a token over its SHA-256 says that it was
there by then; until one comes, the time is our word, and /verify says so.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.packets.models import EVIDENCE, Packet, PacketFile

#: Between two tries while the server does not answer; each is twice as long as the one before, up to the last.
SOONEST: Final = timedelta(minutes=1)
LATEST: Final = timedelta(hours=1)
AT_ONCE: Final = 5  # files asked for in one go, so that a silent server is not asked a hundred times


class Pace:
    """When to ask again: soon at first, then more and more rarely, and soon again once nothing is owed."""

    def __init__(self) -> None:
        self._wait = SOONEST
        self._next: datetime | None = None

    def due(self, now: datetime) -> bool:
        """Whether it is time to look."""
        return self._next is None or now >= self._next

    def looked(self, now: datetime, *, owed: bool) -> None:
        """What came of the look."""
        self._next = now + self._wait
        self._wait = min(self._wait * 2, LATEST) if owed else SOONEST


def owed(session: Session) -> list[int]:
    """Issued PDFs without the time of others, the oldest first."""
    found = (
        select(PacketFile.id)
        .join(Packet, PacketFile.packet_id == Packet.id)
        .where(
            Packet.issued_at.is_not(None), Packet.sealer.is_not(None), PacketFile.part != EVIDENCE,
            PacketFile.stamped_at.is_(None), PacketFile.later_token.is_(None),
        )
        .order_by(PacketFile.id)
        .limit(AT_ONCE)
    )  # fmt: skip
    return list(session.scalars(found))


def digest(session: Session, number: int) -> bytes | None:
    """Over what a token is to be asked for; None when one has come meanwhile."""
    file = session.get(PacketFile, number)
    return None if file is None or file.later_token is not None else bytes.fromhex(file.sha256)


def keep(session: Session, number: int, token: bytes, at: datetime) -> bool:
    """Keep a token beside its file; whether it was the first."""
    file = session.get(PacketFile, number, with_for_update=True, populate_existing=True)
    if file is None or file.later_token is not None:
        return False
    file.later_token, file.later_token_at = token, at
    return True
