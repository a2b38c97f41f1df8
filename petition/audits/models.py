"""An audit: one nonce that was opened for one seed, the entries that were drawn, and what their signatories say."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.db import Key, Row
from petition.packets.models import Packet
from petition.signatures.models import Signature

SHORTEST_SEED: Final = 8
LONGEST_SEED: Final = 200


class Stand(StrEnum):
    """How an entry stood when it was drawn."""

    ASKED = "asked"  # its signatory is asked
    BEFORE = "before"  # its signatory was asked for an earlier audit: that answer counts, if one came
    WITHHELD = "withheld"  # the packet does not name it
    LEFT = "left"  # withdrawn, held or found not to count since the packet
    ERASED = "erased"  # its details, with the mailbox, are gone


class Answer(StrEnum):
    """What somebody at the mailbox says to "did you sign this?"."""

    YES = "yes"
    NO = "no"


class Audit(Row):
    """One sample of one packet."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))  # by whose link it was asked for
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # or who entered a letter's seed
    place: Mapped[int]  # of the nonce among the packet's ten, from 0
    nonce: Mapped[str] = mapped_column(String(64))  # hexadecimal: opened, and public from here on
    seed: Mapped[str] = mapped_column(String(LONGEST_SEED))
    size: Mapped[int]  # how many were asked for
    population: Mapped[int]  # out of how many it was drawn
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]  # what is not answered by then stays unknown
    packet: Mapped[Packet] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("packet_id", "place"),
        CheckConstraint("place BETWEEN 0 AND 9", name="place"),
        {"sqlite_autoincrement": True},  # its page's token is made of it
    )


class Sampled(Row):
    """One entry that was drawn."""

    __tablename__ = "sampled"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    turn: Mapped[int]  # as which it was drawn, from 1
    number: Mapped[int]  # in the ledger
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), index=True)
    stand: Mapped[str] = mapped_column(String(10))  # a Stand
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("sampled.id"))  # for which its signatory was asked
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)  # SHA-256 of the link's token
    asked_at: Mapped[datetime | None]  # the mail server took the question
    answer: Mapped[str | None] = mapped_column(String(4))  # an Answer
    answered_at: Mapped[datetime | None]
    audit: Mapped[Audit] = relationship(lazy="joined", innerjoin=True)
    signature: Mapped[Signature] = relationship(lazy="select")

    __table_args__ = (
        UniqueConstraint("audit_id", "number"),
        CheckConstraint("answer IN ('yes', 'no')", name="answer"),
        {"sqlite_autoincrement": True},  # e-mails name it, and links are made of it
    )
