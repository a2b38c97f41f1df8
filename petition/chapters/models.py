"""A chapter: the library association of one state, known by the state's two letters."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from petition.db import Row


class Chapter(Row):
    """One association, and the mailbox of its office: the only one that is ever offered access unasked."""

    __tablename__ = "chapter"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(2), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    office: Mapped[bytes] = mapped_column(LargeBinary)  # its address, encrypted
    office_mailbox: Mapped[bytes] = mapped_column(LargeBinary(32))  # keyed hash of the canonical address
    # The mailbox that the file named when it was read last: what an organizer has written since stands until the
    # file itself names another.
    filed_mailbox: Mapped[bytes] = mapped_column(LargeBinary(32))


class Letterhead(Row):
    """The head of a chapter's paper: a picture, decoded and written anew by us."""

    __tablename__ = "letterhead"
    chapter_id: Mapped[int] = mapped_column(ForeignKey("chapter.id"), primary_key=True, autoincrement=False)
    png: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    width: Mapped[int]  # pixels
    height: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))  # of the PNG: its address changes with it
    made_at: Mapped[datetime]
