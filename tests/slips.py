"""One form that was sent, in plain Python, and how long everything lasts. `model.py` says what may be done with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
LINK_LIFE: Final = timedelta(days=7)  # from the first e-mail that was taken
CODE_LIFE: Final = timedelta(days=1)  # from the newest
UNDO: Final = timedelta(days=7)
PAUSE: Final = timedelta(days=30)
NEVER_ASKED: Final = timedelta(days=14)  # how long a form waits whose e-mail never left
REMIND_AFTER: Final = timedelta(days=2)
TRIES: Final = 5  # wrong codes of a mailbox in a day
APART: Final = timedelta(minutes=10)  # between e-mails that ask a mailbox about one statement
SIGNED: Final = ("verified", "held", "invalidated")  # what keeps its mailbox from signing the statement again
A_DAY: Final = 3  # such e-mails in 24 hours, about whatever statement
#: What each e-mail tells of how a signature stands, by its subject.
TELLING: Final = {
    "Your signature is confirmed": "verified",
    "Your signature is withdrawn": "withdrawn",
    "Your signature counts again": "verified",
    "Your signature does not count": "invalidated",
    "Your signature has been checked, and counts": "verified",
}
#: Columns of a signature's row, and what they are called here.
SAID: Final = (
    ("status", "status"), ("reason", "reason"), ("comment_state", "comment"), ("withdrawn_at", "withdrawn_at"),
    ("show_name", "shown"), ("withhold", "withheld"),
)  # fmt: skip


@dataclass(eq=False)
class Slip:
    """One form as it was sent, and what became of it: "gone" once it was disowned."""

    statement: str
    revision: int
    mailbox: str
    name: str
    state: str
    shown: bool
    signed_at: datetime
    withheld: bool = False
    status: str = "pending"
    asked_at: datetime | None = None
    expires_at: datetime | None = None
    reminded: bool = False
    withdrawn_at: datetime | None = None
    reason: str | None = None
    comment: str | None = None  # what was decided about it
    erased: bool = False

    @property
    def stands(self) -> str:
        """How its signatory sees it: taken back, or else its status."""
        return "withdrawn" if self.withdrawn_at is not None else self.status

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def is_to_be_reminded(self, now: datetime) -> bool:
        waits = self.status == "pending" and not self.is_over(now) and not self.reminded
        return waits and self.asked_at is not None and self.asked_at < now - REMIND_AFTER

    def is_to_expire(self, now: datetime) -> bool:
        if self.status == "pending":
            return self.is_over(now) or (self.expires_at is None and self.signed_at <= now - NEVER_ASKED)
        return self.status == "expired" and not self.erased and self.signed_at <= now - LINK_LIFE
