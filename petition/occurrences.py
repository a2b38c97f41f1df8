"""Occurrences: when something last happened that only an operator needs to know of. No details, of anybody."""

from datetime import datetime
from typing import Final

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from petition.db import Row

BACKUP: Final = "backup"
#: A proxy said for whom it asks, and PETITION_TRUSTED_PROXIES did not let us listen.
FORWARDED: Final = "forwarded"


class Occurrence(Row):
    """When something last happened."""

    __tablename__ = "occurrence"
    what: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]


def note(session: Session, what: str, now: datetime) -> None:
    """It happens now."""
    session.merge(Occurrence(what=what, at=now))


def last(session: Session, what: str) -> datetime | None:
    """When it last happened; None when it never did."""
    occurrence = session.get(Occurrence, what)
    return occurrence.at if occurrence else None
