"""One append-only log per statement, the openings of its commitments, and the tallies that follow from it."""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from petition.db import Key, Row

#: Facets of a tally: everything, by state, by revision of the text, by day (UTC) of entry.
ALL: Final = "all"
STATE: Final = "state"
REVISION: Final = "revision"
DAY: Final = "day"


class Entry(Row):
    """One leaf, as it will stand for good."""

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    seq: Mapped[int]
    change_id: Mapped[int] = mapped_column(ForeignKey("change.id"), unique=True)
    leaf: Mapped[str] = mapped_column(Text)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    entered_at: Mapped[datetime]

    __table_args__ = (Index("uq_entry_seq", "statement_id", "seq", unique=True),)


class Opening(Row):
    """The salts that open a leaf's commitments, one a field. Deleting them turns the commitments into noise."""

    __tablename__ = "opening"
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True, autoincrement=False)
    name: Mapped[bytes] = mapped_column(LargeBinary(16))
    place: Mapped[bytes] = mapped_column(LargeBinary(16))
    mailbox: Mapped[bytes] = mapped_column(LargeBinary(16))


class Tile(Row):
    """Up to 32 hashes of one level of a ledger's tree, one after the other; see petition.ledger.tiles."""

    __tablename__ = "tile"
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    hashes: Mapped[bytes] = mapped_column(LargeBinary(1024))


class Head(Row):
    """How long a statement's ledger is, and what its leaves add up to."""

    __tablename__ = "ledger_head"
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    size: Mapped[int] = mapped_column(default=0)
    verified: Mapped[int] = mapped_column(default=0)  # entered - withdrawn - invalidated + restored
    entered: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    invalidated: Mapped[int] = mapped_column(default=0)
    restored: Mapped[int] = mapped_column(default=0)
    as_of: Mapped[datetime]


class Checkpoint(Row):
    """A state of one ledger that we have signed: the note is what was given out, to the letter."""

    __tablename__ = "checkpoint"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"))
    size: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))  # hexadecimal
    made_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime | None]  # when it was put into the day's e-mail to the chapters

    __table_args__ = (Index("ix_checkpoint_statement", "statement_id", "size", "id"),)


class Arrival(Row):
    """From how many confirmations of one statement one network is known: by its keyed mark, beside no signature."""

    __tablename__ = "arrival"
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    network: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    confirmed: Mapped[int]

    # A row number of SQLite's would give the order in which networks came, and so which entry each came with.
    __table_args__ = ({"sqlite_with_rowid": False},)


class Tally(Row):
    """How many verified signatures stand in one part of a statement's count."""

    __tablename__ = "tally"
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    facet: Mapped[str] = mapped_column(String(10), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    verified: Mapped[int]
