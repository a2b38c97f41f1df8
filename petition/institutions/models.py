"""An institution that co-signs one revision of a text: who it is, who speaks for it, and what bears that out."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.db import Key, Row
from petition.statements.models import Revision, Statement


class Stand(StrEnum):
    """Where an institution's signature stands."""

    PENDING = "pending"  # its e-mail is not answered
    ANSWERED = "answered"  # answered, but nothing ties the mailbox to the institution: an organizer looks
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Institution(Row):
    """One institution's signature. Counted apart from persons, never added to them."""

    __tablename__ = "institution"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    stand: Mapped[str] = mapped_column(String(10), default=Stand.PENDING)
    name: Mapped[str | None] = mapped_column(String(160))
    city: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str | None] = mapped_column(String(2))
    domain: Mapped[str | None] = mapped_column(String(253))  # of its own web site, as typed
    officer: Mapped[str | None] = mapped_column(String(120))
    title: Mapped[str | None] = mapped_column(String(120))
    authority: Mapped[str | None] = mapped_column(Text)  # what entitles the officer: a vote, a by-law, a decision
    language: Mapped[str] = mapped_column(String(10))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    mailbox: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # keyed hash of the canonical address
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # SHA-256 of the link's token
    made_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # the mail server took the newest e-mail with the link
    answered_at: Mapped[datetime | None]  # the mailbox stood by it
    settled_at: Mapped[datetime | None]  # confirmed, refused or withdrawn
    basis: Mapped[str | None] = mapped_column(String(10))  # "domain": its own; "note": an organizer's
    note: Mapped[str | None] = mapped_column(Text)  # the organizer's, why it is who it says, or why not
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # the organizer
    revision: Mapped[Revision] = relationship(lazy="joined", innerjoin=True)
    statement: Mapped[Statement] = relationship(lazy="select")

    __table_args__ = (
        Index("ix_institution_stand", "statement_id", "stand", "id"),
        Index("ix_institution_mailbox", "mailbox"),
        {"sqlite_autoincrement": True},
    )
