"""A packet: the inputs of one document, frozen at one state of the ledger; and the work of printing it."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from petition.db import Row
from petition.jobs import Work, due_index

#: The part of a packet that its evidence file is; every other part is a PDF.
EVIDENCE: Final = "evidence"


class Packet(Row):
    """What a packet was made from. The same row can be rendered again."""

    __tablename__ = "packet"
    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"))
    copy: Mapped[int]  # which packet of this statement it is: copy 3
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    frozen_at: Mapped[datetime]
    ledger_size: Mapped[int]
    ledger_root: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    template_version: Mapped[str] = mapped_column(String(20))
    sample: Mapped[bool]
    language: Mapped[str] = mapped_column(String(10), server_default="en")
    checkpoint: Mapped[str | None] = mapped_column(Text)  # the signed note; none before there were any
    # What was asked for: volumes, redaction, since which delivery.
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    # SHA-256 of each, as printed; see petition.packets.nonces.
    nonces: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    sealed_at: Mapped[datetime | None]
    sealer: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the certificate that sealed its files
    issued_at: Mapped[datetime | None]  # from here on its files never change

    __table_args__ = (UniqueConstraint("statement_id", "copy"),)


def went_out() -> ColumnElement[bool]:
    """Of packets those that somebody may have. Before there were checkpoints nobody wrote down which were issued."""
    return Packet.issued_at.is_not(None) | Packet.checkpoint.is_(None)


class PacketFile(Row):
    """One file of an issued packet: known by its SHA-256 to whoever asks whether it is ours."""

    __tablename__ = "packet_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    packet_id: Mapped[int] = mapped_column(ForeignKey("packet.id", ondelete="CASCADE"))
    part: Mapped[str] = mapped_column(String(40))  # "brief", "roster", "roster OR", "evidence", …
    name: Mapped[str] = mapped_column(String(120))  # as it is handed out
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int]
    pages: Mapped[int | None]
    stamped_at: Mapped[datetime | None]  # the time in the RFC 3161 token inside the file
    later_token: Mapped[bytes | None] = mapped_column(LargeBinary)  # RFC 3161, over sha256, when none came in time
    later_token_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("packet_id", "part"),)


class Build(Work, Row):
    """The making of one packet: asked for by an organizer, done by a worker, stopped or fetched."""

    __tablename__ = "packet_build"
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    language: Mapped[str] = mapped_column(String(10))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")  # see packets.options
    packet_id: Mapped[int | None] = mapped_column(ForeignKey("packet.id", ondelete="SET NULL"))
    step: Mapped[str] = mapped_column(String(20), default="")  # see building.STEPS; empty until a worker begins
    done: Mapped[int] = mapped_column(default=0)  # of the step, in pages
    total: Mapped[int] = mapped_column(default=0)  # 0 while nobody knows it
    begun_at: Mapped[datetime | None]
    stop_asked_at: Mapped[datetime | None]
    pages: Mapped[int | None]
    size_bytes: Mapped[int | None]

    __table_args__ = (
        due_index("ix_packet_build_due"),
        Index("ix_packet_build_statement", "statement_id", "id"),
        Index("ix_packet_build_packet_id", "packet_id"),
        {"sqlite_autoincrement": True},  # the id names its file
    )
