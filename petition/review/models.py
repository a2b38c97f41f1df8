"""What a reviewer noted beside a decision. Who decided what, when, and for which reason stands in the record."""

from typing import Final

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from petition.db import Row

#: Characters of a note: a few sentences.
LONGEST_NOTE: Final = 1000


class Note(Row):
    """A note beside one decision about a signature. It may name people, so it stays inside, and is erased with them."""

    __tablename__ = "review_note"
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True, autoincrement=False)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
