"""The rules of signing in plain Python: no database, no app, no e-mail. `test_rules.py` holds the house to them.

Whoever changes a rule changes it here first.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tests.slips import A_DAY, APART, CODE_LIFE, DAY, LINK_LIFE, PAUSE, TRIES, UNDO, Slip

_STEP: Final = {"verified": 1, "restored": 1, "withdrawn": -1, "invalidated": -1}


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
        since, count = (since, count) if since > now - DAY else (now, 0)
        if count >= TRIES:
            return "wrong"
        fits = slip is not None and slip.mailbox == mailbox and slip.status in ("pending", "verified")
        if slip is not None and fits and slip.asked_at is not None and slip.asked_at > now - CODE_LIFE:
            outcome = self.confirm(slip, now)
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
        verified = slip.status == "verified"
        self._turn("invalidated" if verified else "restored", slip, "invalidated" if verified else "verified", now)

    def _turn(self, kind: str, slip: Slip, status: str, now: datetime) -> None:
        slip.status = status
        self.turns.append((kind, slip, now.date().isoformat()))

    def register(self) -> None:
        self.numbered = len(self.turns)

    def sweep(self, now: datetime) -> dict[str, int]:
        self.register()
        remind = [slip for slip in self.slips if slip.is_to_be_reminded(now)]
        over = [slip for slip in self.slips if slip.is_to_expire(now)]
        leaving = [slip for slip in self.slips if slip.status == "withdrawn" and not slip.erased]
        leaving = [slip for slip in leaving if slip.withdrawn_at is not None and slip.withdrawn_at <= now - UNDO]
        for slip in remind:
            slip.reminded = True
        for slip in over:
            slip.status = "expired"
        for slip in over + leaving:
            slip.erased, slip.shown = True, False
        return {"reminded": len(remind), "expired": len(over), "erased": len(leaving)}

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
