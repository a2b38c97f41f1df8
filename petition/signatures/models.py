"""A signature, the links that open it, and the log of what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.db import Key, Row
from petition.jobs import Work, due_index
from petition.statements.models import Revision, Statement


class Status:
    """Where a signature stands."""

    PENDING: Final = "pending"
    VERIFIED: Final = "verified"
    HELD: Final = "held"
    WITHDRAWN: Final = "withdrawn"
    INVALIDATED: Final = "invalidated"
    EXPIRED: Final = "expired"  # never confirmed, or another row of the same mailbox was


#: What counts as having signed: one row of these for a statement, a mailbox and a slot.
SIGNED: Final = (Status.VERIFIED, Status.HELD, Status.INVALIDATED)
# SQLite finds these by their indexes only when it is asked in the index's own words.
#: Who stands on the public pages.
SHOWN: Final = text("status = 'verified' AND show_name")
#: What counts as having signed.
STANDS: Final = text("status IN ('verified', 'held', 'invalidated')")
_UNREAD: Final = text("comment IS NOT NULL AND comment_state IS NULL")
#: What is no entry among the changes: who left the count, and who came back.
AFTER_ENTRY: Final = text("kind <> 'verified'")
_LEAVING: Final = text("withdrawn_at IS NOT NULL AND erased_at IS NULL")


class Reason(StrEnum):
    """Why a signature does not count though its mailbox stands by it. These few words stand in the ledger's leaves."""

    HELD = "held"  # put aside until a person has looked
    DUPLICATE = "duplicate"  # the same person has signed by another mailbox
    NAME = "name"  # not the name of a person or an institution
    MACHINE = "machine"
    IMPOSTOR = "impostor"  # somebody signed in another's name
    OTHER = "other"


class CommentState(StrEnum):
    """What was decided about a comment; nothing stands there until a person has looked."""

    APPROVED = "approved"
    REFUSED = "refused"


class Signature(Row):
    """What one person typed under one text, and whether their mailbox stood by it."""

    __tablename__ = "signature"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    notice_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    status: Mapped[str] = mapped_column(String(12), default=Status.PENDING)
    slot: Mapped[int] = mapped_column(default=1)  # a second person of one mailbox would have the second
    # What was typed. All of it is empty again once it is erased.
    name: Mapped[str | None] = mapped_column(String(120))
    city: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str | None] = mapped_column(String(2))
    country: Mapped[str | None] = mapped_column(String(2))
    postal_code: Mapped[str | None] = mapped_column(String(12))
    relation: Mapped[str | None] = mapped_column(String(12))
    affiliation: Mapped[str | None] = mapped_column(String(160))
    comment: Mapped[str | None] = mapped_column(Text)
    address: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted
    mailbox: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # keyed hash of the canonical address
    language: Mapped[str] = mapped_column(String(10))
    show_name: Mapped[bool]
    updates: Mapped[bool]
    withhold: Mapped[bool] = mapped_column(default=False)
    withheld_at: Mapped[datetime | None]  # the name was first left out of packets to come
    shown_since: Mapped[datetime | None]  # that was last taken back
    # When what happened.
    signed_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]  # the mail server took the newest confirmation e-mail
    reminded_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]  # its links: seven days from the first acceptance
    confirmed_at: Mapped[datetime | None]
    method: Mapped[str | None] = mapped_column(String(12))  # link or code
    withdrawn_at: Mapped[datetime | None]  # its signatory took it back, whatever review had made of it
    reason: Mapped[str | None] = mapped_column(Text)  # a Reason, for as long as review keeps it from counting
    erased_at: Mapped[datetime | None]
    generation: Mapped[int] = mapped_column(default=0)  # raising it revokes every link and code
    number: Mapped[int | None]  # in the statement's ledger, once the registrar has been
    comment_state: Mapped[str | None] = mapped_column(String(10))  # a CommentState

    revision: Mapped[Revision] = relationship(foreign_keys=[revision_id], lazy="select")
    notice: Mapped[Revision] = relationship(foreign_keys=[notice_id], lazy="select")
    statement: Mapped[Statement] = relationship(lazy="select")

    __table_args__ = (
        Index("uq_signature_signed", "statement_id", "mailbox", "slot", unique=True,
              sqlite_where=STANDS, postgresql_where=STANDS),
        Index("ix_signature_mailbox", "mailbox"),
        Index("ix_signature_waiting", "expires_at", sqlite_where=text("status = 'pending'"),
              postgresql_where=text("status = 'pending'")),
        Index("ix_signature_leaving", "withdrawn_at", sqlite_where=_LEAVING, postgresql_where=_LEAVING),
        # What an organizer looks through, the newest first: by status, or by state and status.
        Index("ix_signature_status", "statement_id", "status", "id"),
        Index("ix_signature_state", "statement_id", "state", "status", "id"),
        Index("ix_signature_unread", "statement_id", "status", "id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_signature_shown", "statement_id", "number", sqlite_where=SHOWN, postgresql_where=SHOWN),
        CheckConstraint(
            "status IN ('pending', 'verified', 'held', 'withdrawn', 'invalidated', 'expired')", name="status"
        ),
        # A row that was disowned is deleted, and its links are out there: SQLite must not give its id to another.
        {"sqlite_autoincrement": True},
    )  # fmt: skip


class Link(Row):
    """A link that went out in an e-mail, known by the SHA-256 of its token."""

    __tablename__ = "link"
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(12))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    mailbox: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime]


class Change(Row):
    """One transition of a signature, written with it; the registrar gives it its number in the ledger."""

    __tablename__ = "change"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), index=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    kind: Mapped[str] = mapped_column(String(12))
    method: Mapped[str | None] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    seq: Mapped[int | None]
    # The keyed mark of where it was confirmed from, until the registrar has counted it: never beside a number.
    network: Mapped[bytes | None] = mapped_column(LargeBinary(16))

    __table_args__ = (
        Index("uq_change_seq", "statement_id", "seq", unique=True),
        Index("ix_change_unnumbered", "id", sqlite_where=text("seq IS NULL"), postgresql_where=text("seq IS NULL")),
        # Of a million changes these are few: who stood at a checkpoint is told by them.
        Index("ix_change_after_entry", "statement_id", "seq", sqlite_where=AFTER_ENTRY, postgresql_where=AFTER_ENTRY),
        CheckConstraint("kind IN ('verified', 'withdrawn', 'invalidated', 'restored')", name="kind"),
    )


class WrongCodes(Row):
    """How often a wrong code was typed for a mailbox, whether or not it ever signed anything."""

    __tablename__ = "wrong_codes"
    mailbox: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    since: Mapped[datetime]
    count: Mapped[int]


class Word(Row):
    """One word of a signatory's name or town, folded, by which an organizer finds the signature."""

    __tablename__ = "signature_word"
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (
        Index("ix_signature_word_signature_id", "signature_id"),
        {"sqlite_with_rowid": False},
    )


class Spreadsheet(Work, Row):
    """An Excel file of a statement's verified signatures, without addresses: asked for, written, kept for a week."""

    __tablename__ = "spreadsheet"
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    language: Mapped[str] = mapped_column(String(10))
    done: Mapped[int] = mapped_column(default=0)  # lines
    total: Mapped[int] = mapped_column(default=0)  # 0 until it is begun
    size_bytes: Mapped[int | None]  # while the file is kept

    __table_args__ = (
        due_index("ix_spreadsheet_due"),
        Index("ix_spreadsheet_statement", "statement_id", "id"),
        {"sqlite_autoincrement": True},  # the id names its file
    )
