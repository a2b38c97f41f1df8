"""The rules of signing in plain Python: no database, no app, no e-mail. `test_rules.py` holds the house to them.

Whoever changes a rule changes it here first. Times are whatever the test says they are.
"""

from collections import Counter
from dataclasses import dataclass, field
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
A_DAY: Final = 3  # such e-mails in 24 hours, about whatever statement
_STEP: Final = {"verified": 1, "restored": 1, "withdrawn": -1, "invalidated": -1}


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
    erased: bool = False

    def is_over(self, now: datetime) -> bool:
        """Whether its link has run out."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass
class Model:
    """Everything there is to know."""

    slips: list[Slip] = field(default_factory=list)
    turns: list[tuple[str, Slip, str]] = field(default_factory=list)  # kind, whose, and the day (UTC)
    numbered: int = 0  # how many turns have their place in a ledger
    answered: dict[str, datetime] = field(default_factory=dict)
    paused: dict[str, datetime] = field(default_factory=dict)
    wrong: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)  # mailbox, statement, when

    # --- What people do ---

    def confirm(self, slip: Slip, now: datetime) -> str:
        if slip.status in ("verified", "withdrawn", "invalidated"):
            return "already"
        if slip.status == "expired" or slip.is_over(now):
            return "expired"
        self.answered[slip.mailbox] = now
        entered = not self.has_signed(slip.mailbox, slip.statement)
        for other in self.slips:
            if (other.mailbox, other.statement, other.status) == (slip.mailbox, slip.statement, "pending"):
                other.status = "expired"
        if entered:
            self._turn("verified", slip, "verified", now)
        return "verified" if entered else "already"

    def confirm_by_code(self, mailbox: str, slip: Slip | None, now: datetime) -> str:
        """`slip` is the one whose code was typed, if it is anybody's."""
        since, count = self.wrong.get(mailbox, (now, 0))
        if since <= now - DAY:
            since, count = now, 0
        if count >= TRIES:
            return "wrong"
        if slip is not None and slip.mailbox == mailbox and slip.status in ("pending", "verified"):
            fresh = slip.asked_at is not None and slip.asked_at > now - CODE_LIFE
            outcome = self.confirm(slip, now) if fresh else "expired"
            if outcome != "expired":
                return outcome
        self.wrong[mailbox] = since, count + 1
        return "wrong"

    def disown(self, slip: Slip, now: datetime) -> bool:
        if slip.status != "pending":
            return False
        slip.status, slip.erased = "gone", True
        self.paused[slip.mailbox] = now + PAUSE
        return True

    def lift(self, mailbox: str, now: datetime) -> None:
        self.paused.pop(mailbox, None)
        self.answered[mailbox] = now

    def withdraw(self, slip: Slip, now: datetime) -> bool:
        if slip.status != "verified":
            return False
        slip.withdrawn_at = self.answered[slip.mailbox] = now
        self._turn("withdrawn", slip, "withdrawn", now)
        return True

    def undo(self, slip: Slip, now: datetime) -> str:
        if slip.status == "verified":
            return "stands"
        if slip.status != "withdrawn" or slip.erased or slip.withdrawn_at is None or slip.withdrawn_at <= now - UNDO:
            return "nothing to undo"
        if self.has_signed(slip.mailbox, slip.statement):
            return "signed anew"
        slip.withdrawn_at, self.answered[slip.mailbox] = None, now
        self._turn("restored", slip, "verified", now)
        return "restored"

    def review(self, slip: Slip, now: datetime) -> None:
        """A reviewer takes a signature out of the count, or puts it in again."""
        if slip.status == "verified":
            self._turn("invalidated", slip, "invalidated", now)
        elif slip.status == "invalidated":
            self._turn("restored", slip, "verified", now)

    def _turn(self, kind: str, slip: Slip, status: str, now: datetime) -> None:
        slip.status = status
        self.turns.append((kind, slip, now.date().isoformat()))

    # --- What the worker does ---

    def register(self) -> None:
        self.numbered = len(self.turns)

    def sweep(self, now: datetime) -> dict[str, int]:
        self.register()
        remind = [slip for slip in self.slips if self._is_to_be_reminded(slip, now)]
        over = [slip for slip in self.slips if self._is_to_expire(slip, now)]
        undone = [s for s in self.slips if s.status == "withdrawn" and not s.erased and s.withdrawn_at is not None]
        leaving = [slip for slip in undone if slip.withdrawn_at is not None and slip.withdrawn_at <= now - UNDO]
        for slip in remind:
            slip.reminded = True
        for slip in over:
            slip.status = "expired"
        for slip in over + leaving:
            slip.erased, slip.shown = True, False
        return {"reminded": len(remind), "expired": len(over), "erased": len(leaving)}

    def _is_to_be_reminded(self, slip: Slip, now: datetime) -> bool:
        waits = slip.status == "pending" and not slip.is_over(now) and not slip.reminded
        return waits and slip.asked_at is not None and slip.asked_at < now - REMIND_AFTER

    def _is_to_expire(self, slip: Slip, now: datetime) -> bool:
        if slip.status == "pending":
            return slip.is_over(now) or (slip.expires_at is None and slip.signed_at <= now - NEVER_ASKED)
        return slip.status == "expired" and not slip.erased and slip.signed_at <= now - LINK_LIFE

    # --- E-mail ---

    def may_ask(self, mailbox: str, statement: str, now: datetime) -> bool:
        """Whether an e-mail that asks may go to the mailbox now: not beyond the caps, never in a pause."""
        since = max(now - DAY, self.answered.get(mailbox, now - DAY))
        lately = [(about, at) for whose, about, at in self.asked if whose == mailbox and at > since]
        too_soon = any(about == statement and at > now - APART for about, at in lately)
        return not too_soon and len(lately) < A_DAY and not self.is_paused(mailbox, now)

    def ask(self, mailbox: str, statement: str, listed: list[Slip], now: datetime) -> None:
        self.asked.append((mailbox, statement, now))
        for slip in listed:
            slip.asked_at, slip.expires_at = now, slip.expires_at or now + LINK_LIFE

    def waiting(self, mailbox: str, now: datetime) -> list[Slip]:
        """What one e-mail to the mailbox has to list."""
        mine = [slip for slip in self.slips if slip.mailbox == mailbox and slip.status == "pending"]
        return [s for s in mine if not s.is_over(now) and not self.has_signed(mailbox, s.statement)]

    def is_paused(self, mailbox: str, now: datetime) -> bool:
        return mailbox in self.paused and self.paused[mailbox] > now

    # --- What follows ---

    def has_signed(self, mailbox: str, statement: str) -> bool:
        mine = [slip for slip in self.slips if (slip.mailbox, slip.statement) == (mailbox, statement)]
        return any(slip.status in ("verified", "invalidated") for slip in mine)

    def ledger(self, statement: str) -> list[tuple[str, int, int | None]]:
        """Kind, number, and the number it is of."""
        numbers: dict[Slip, int] = {}
        turns = [(kind, slip) for kind, slip, _ in self.turns[: self.numbered] if slip.statement == statement]
        for number, (_, slip) in enumerate(turns, 1):
            numbers.setdefault(slip, number)
        return [(kind, n, None if kind == "verified" else numbers[slip]) for n, (kind, slip) in enumerate(turns, 1)]

    def tallies(self, statement: str) -> dict[tuple[str, str], int]:
        """The count in all and in each part, but for parts that come to nothing."""
        tallies: Counter[tuple[str, str]] = Counter()
        for kind, slip, day in self.turns[: self.numbered]:
            if slip.statement == statement:
                for part in (("all", ""), ("state", slip.state), ("revision", str(slip.revision)), ("day", day)):
                    tallies[part] += _STEP[kind]
        return {part: count for part, count in tallies.items() if count}
