"""A packet: the inputs of one document, frozen at one state of the ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from petition.db import Row


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

    __table_args__ = (UniqueConstraint("statement_id", "copy"),)
