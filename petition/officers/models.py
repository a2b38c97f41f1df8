"""An officer named under one revision of a chapter's text, and whether they have signed it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.db import Key, Row
from petition.statements.models import Revision


class Officer(Row):
    """One named officer. Nobody is shown as having signed who has not pressed the button in their own e-mail."""

    __tablename__ = "officer"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    place: Mapped[int]  # in the order in which the chapter names them, from 1
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(10))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted; None: they are named and not asked
    mailbox: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # keyed hash of the canonical address
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # SHA-256 of the link's token
    made_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # the mail server took the newest e-mail with the link
    signed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]  # "I do not sign", or "this is not me"
    removed_at: Mapped[datetime | None]  # the chapter took the name off again
    revision: Mapped[Revision] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        Index("uq_officer_place", "revision_id", "place", unique=True),
        Index("ix_officer_mailbox", "mailbox"),
        {"sqlite_autoincrement": True},
    )
