"""A publisher and the claims made about its terms. A claim is never overwritten: it is superseded."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.db import Row


class Publisher(Row):
    """A firm that publishes books, with the office a packet is delivered to."""

    __tablename__ = "publisher"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    address_lines: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[int] = mapped_column(default=0)  # order in the list
    terms: Mapped[list["LendingTerm"]] = relationship(
        order_by="LendingTerm.place", cascade="all, delete-orphan", lazy="select"
    )


class LendingTerm(Row):
    """One dated, sourced claim about how a publisher lends to libraries."""

    __tablename__ = "lending_term"
    id: Mapped[int] = mapped_column(primary_key=True)
    publisher_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"), index=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    place: Mapped[int]
    format: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(80))
    claim: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")  # what a reader of the claim should know beside it
    as_of: Mapped[str | None] = mapped_column(String(10))  # the day of a source that gives no beginning
    announced: Mapped[str | None] = mapped_column(String(10))  # a year, a month or a day: as exact as its source
    effective: Mapped[str | None] = mapped_column(String(10))
    ended: Mapped[str | None] = mapped_column(String(10))
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    conflicts_with: Mapped[list[str]] = mapped_column(JSON)
