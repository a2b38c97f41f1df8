"""A chapter: the library association of one state, known by the state's two letters."""

from sqlalchemy import LargeBinary, String
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
