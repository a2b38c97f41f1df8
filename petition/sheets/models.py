"""What somebody counted on sheets of paper: how many, who, when, and where the sheets are."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from petition.accounts.models import Account
from petition.db import Key, Row
from petition.statements.models import Statement
from petition.text.names import LONGEST_AFFILIATION

MOST: Final = 10_000_000  # on paper, in one count
LONGEST_PLACE: Final = 200
LONGEST_CORRECTION: Final = 200


class PaperCount(Row):
    """One count of signatures on paper. We have verified none of them; a newer entry corrects a wrong one."""

    __tablename__ = "paper_count"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statement.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))  # who entered it
    number: Mapped[int]  # 0 only in a correction: it takes the entry out
    collected_by: Mapped[str] = mapped_column(String(LONGEST_AFFILIATION))  # and counted by: packets name them
    counted_on: Mapped[date]
    kept_at: Mapped[str] = mapped_column(String(LONGEST_PLACE))  # where the sheets are; never public
    entered_at: Mapped[datetime]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("paper_count.id"), unique=True)
    correction: Mapped[str] = mapped_column(String(LONGEST_CORRECTION), default="")  # what was wrong in that one
    statement: Mapped[Statement] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (CheckConstraint("number BETWEEN 0 AND 10000000", name="number"),)
