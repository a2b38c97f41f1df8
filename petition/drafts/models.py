"""A draft, the document it may come from, and the images of that document's pages."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.accounts.models import Account
from petition.chapters.models import Chapter
from petition.db import Key, Row
from petition.publishers.models import Publisher
from petition.statements.models import Statement


class Original(Row):
    """A document as a chapter uploaded it, kept apart: never shown in a page, never handed on, only downloaded."""

    __tablename__ = "original"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(160))  # the file's, made fit to show
    kind: Mapped[str] = mapped_column(String(10))  # docx, odt, pdf, ...
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    # What reading it gave (uploads/document.py): text, tracked changes, what to look at.
    markdown: Mapped[str] = mapped_column(Text)
    marks: Mapped[list[Any]] = mapped_column(JSON)  # [kind, text, author, when, before, after] each
    warnings: Mapped[list[Any]] = mapped_column(JSON)  # [code, values] each
    pages: Mapped[int | None]
    scan: Mapped[bool]
    made_at: Mapped[datetime]

    __table_args__ = ({"sqlite_autoincrement": True},)  # a submission names it


class PageImage(Row):
    """One page of an original as a picture of our own making."""

    __tablename__ = "page_image"
    original_id: Mapped[int] = mapped_column(ForeignKey("original.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    png: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    width: Mapped[int]  # pixels
    height: Mapped[int]


class Draft(Row):
    """A text in the making: of a new statement, or of the next revision of one. Only its chapter sees it."""

    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id"), index=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statement.id"), unique=True)  # whose next text it is
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))  # who wrote it last
    addressee_id: Mapped[int] = mapped_column(ForeignKey("publisher.id"))
    kind: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(300), default="")
    ask: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    local: Mapped[dict[str, str] | None] = mapped_column(JSON)  # the local parts of the national template, if used
    note: Mapped[str] = mapped_column(Text, default="")  # what is new in it
    adopted_by: Mapped[str] = mapped_column(String(160), default="")
    adopted_on: Mapped[date | None]
    vote: Mapped[str] = mapped_column(String(80), default="")
    officers: Mapped[bytes | None] = mapped_column(LargeBinary)  # names, titles, addresses: encrypted JSON
    takes_signatures: Mapped[bool] = mapped_column(default=False)
    original_id: Mapped[int | None] = mapped_column(ForeignKey("original.id"))
    accepted_at: Mapped[datetime | None]  # an editor has set the text beside the original's and agreed
    facsimile: Mapped[bool] = mapped_column(default=False)  # the original's pages are shown with the text
    version: Mapped[int] = mapped_column(default=1)  # so that of two editors neither overwrites the other unseen
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    chapter: Mapped[Chapter] = relationship(lazy="joined", innerjoin=True)
    statement: Mapped[Statement | None] = relationship(lazy="select")
    addressee: Mapped[Publisher] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship(lazy="select")
    original: Mapped[Original | None] = relationship(lazy="select")

    __table_args__ = ({"sqlite_autoincrement": True},)  # its id stands in the address of a page
