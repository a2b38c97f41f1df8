"""A publisher's contacts, what was delivered to them, what they answered, and who was told of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.accounts.models import Account
from petition.db import Key, Row
from petition.packets.models import Packet, PacketFile
from petition.publishers.models import Publisher
from petition.statements.models import Statement


class Means(StrEnum):
    """How a packet goes to its recipient."""

    EMAIL = "email"
    LINK = "link"
    POST = "post"
    PERSON = "person"


class ResponseKind(StrEnum):
    """What a publisher answered with."""

    MEMO = "memo"
    LETTER = "letter"
    MEETING = "meeting"
    REVERSAL = "reversal"  # it did what was asked


#: What was not delivered stands in nobody's way: only the others count as given to this recipient.
GIVEN: Final = text("failed_at IS NULL")


class Contact(Row):
    """Somebody at a publisher to whom packets can be given. Never shown to the public."""

    __tablename__ = "contact"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)  # the e-mail address, encrypted; None: only by post
    mailbox: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)  # keyed hash of the canonical address
    address_lines: Mapped[list[str]] = mapped_column(JSON)  # as they stand on a label, without the name
    language: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]  # nothing is delivered to them any more
    refused_at: Mapped[datetime | None]  # an e-mail to this address came back
    publisher: Mapped[Publisher] = relationship(lazy="joined", innerjoin=True)


class Proofread(Row):
    """Somebody has read a packet from the first page to the last, and says so."""

    __tablename__ = "proofread"
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    read_at: Mapped[datetime]
    account: Mapped[Account] = relationship(lazy="select")


class Delivery(Row):
    """One packet on its way to one recipient. It names the packet, the checkpoint and the recipient for good."""

    __tablename__ = "delivery"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))  # who prepared it
    means: Mapped[str] = mapped_column(String(8))  # a Means
    language: Mapped[str] = mapped_column(String(10))
    # The contact as it stood then, encrypted: see petition.deliveries.recipients.
    recipient: Mapped[bytes] = mapped_column(LargeBinary)
    mailbox: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # The checkpoint that the packet was made at.
    ledger_size: Mapped[int]
    ledger_root: Mapped[str] = mapped_column(String(64))
    # Once more to the same recipient only on purpose: the second has turn 2 and a reason.
    turn: Mapped[int] = mapped_column(default=1)
    again_because: Mapped[str | None] = mapped_column(Text)
    attached: Mapped[bool] = mapped_column(default=False)  # the e-mail carries the files, not only the link
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # SHA-256 of the link's token
    link_until: Mapped[datetime]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  # the mail server took it, the link was given, the box was posted or handed over
    failed_at: Mapped[datetime | None]  # it came back, or was called off: not delivered
    failure: Mapped[str | None] = mapped_column(Text)  # one sentence
    place: Mapped[str | None] = mapped_column(String(200))  # where it was handed over
    handed_on: Mapped[date | None]  # the day of posting or handing over
    handed_by: Mapped[str | None] = mapped_column(String(200))
    handed_to: Mapped[str | None] = mapped_column(String(200))
    packet: Mapped[Packet] = relationship(lazy="joined", innerjoin=True)
    contact: Mapped[Contact] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        Index("uq_delivery_contact", "packet_id", "contact_id", "turn", unique=True,
              sqlite_where=GIVEN, postgresql_where=GIVEN),
        # Two contacts may share a mailbox, and a mailbox is one recipient.
        Index("uq_delivery_mailbox", "packet_id", "mailbox", "turn", unique=True,
              sqlite_where=GIVEN, postgresql_where=GIVEN),
        CheckConstraint("means IN ('email', 'link', 'post', 'person')", name="means"),
        {"sqlite_autoincrement": True},  # e-mails name it
    )  # fmt: skip


class DeliveryFetch(Row):
    """A file was fetched by a delivery's link, perhaps by a scanner: never a receipt. Nothing of who asked is kept."""

    __tablename__ = "delivery_fetch"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("packet_file.id"))
    at: Mapped[datetime]
    file: Mapped[PacketFile] = relationship(lazy="joined", innerjoin=True)


class Acknowledgement(Row):
    """The recipient says that a delivery has arrived: by the button behind its link, or to an organizer."""

    __tablename__ = "acknowledgement"
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    name: Mapped[bytes | None] = mapped_column(LargeBinary)  # as typed at the button, encrypted
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # who entered it; None: the button
    note: Mapped[str] = mapped_column(Text, default="")  # how an organizer knows


class Response(Row):
    """What a publisher answered, in full and unedited. A wrong entry is corrected by a newer one, never changed."""

    __tablename__ = "response"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"), index=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(10))  # a ResponseKind
    dated_on: Mapped[date]  # the publisher's own date of it
    author: Mapped[str] = mapped_column(String(200))  # who speaks in it: name and office
    source: Mapped[str] = mapped_column(String(300))  # where it can be found, in words
    source_url: Mapped[str] = mapped_column(String(500), default="")
    language: Mapped[str] = mapped_column(String(10))  # that it is written in
    body: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"), unique=True)
    correction: Mapped[str] = mapped_column(Text, default="")  # what was wrong in the one that it corrects
    publisher: Mapped[Publisher] = relationship(lazy="joined", innerjoin=True)
    statement: Mapped[Statement] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (CheckConstraint("kind IN ('memo', 'letter', 'meeting', 'reversal')", name="kind"),)


class News(Row):
    """What the signatories who asked for news are told of one delivery or one response: once, and then it stands."""

    __tablename__ = "news"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), unique=True)
    response_id: Mapped[int | None] = mapped_column(ForeignKey("response.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    words: Mapped[dict[str, Any]] = mapped_column(JSON)  # by language: subject and body
    made_at: Mapped[datetime]
    upto: Mapped[int] = mapped_column(Key)  # the signatures that were there when it was sent: no later one
    reached: Mapped[int] = mapped_column(Key, default=0)  # the last signature that the worker has looked at
    spread_at: Mapped[datetime | None]  # everybody's e-mail is in the outbox, or nobody more is told

    __table_args__ = (
        CheckConstraint("(delivery_id IS NULL) <> (response_id IS NULL)", name="event"),
        Index("ix_news_waiting", "id", sqlite_where=text("spread_at IS NULL"),
              postgresql_where=text("spread_at IS NULL")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip


class NewsLetter(Row):
    """One piece of news for one signatory: there is room for one."""

    __tablename__ = "news_letter"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    news_id: Mapped[int] = mapped_column(ForeignKey("news.id"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    news: Mapped[News] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        UniqueConstraint("news_id", "signature_id"),
        {"sqlite_autoincrement": True},  # e-mails name it
    )
