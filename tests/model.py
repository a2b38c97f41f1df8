"""The rules of signing in plain Python: no database, no app, no e-mail. `test_rules.py` holds the house to them.

Whoever changes a rule changes it here first.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tests.slips import A_DAY, APART, CODE_LIFE, DAY, LINK_LIFE, PAUSE, SIGNED, TRIES, UNDO, Slip

#: How a signature has to stand for a reviewer to decide so, and how it stands then.
_DECISIONS: Final = {
    "hold": (("verified",), "held"),
    "release": (("held",), "verified"),
    "invalidate": (("verified", "held"), "invalidated"),
    "restore": (("invalidated",), "verified"),
}
_STEP: Final = {"verified": 1, "restored": 1, "withdrawn": -1, "invalidated": -1}


@dataclass(frozen=True)
class Turn:
    """One leaf that a ledger has or will have."""

    kind: str
    slip: Slip
    day: str  # in UTC
    reason: str | None


@dataclass
class Model:
    """Everything there is to know."""

    slips: list[Slip] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    numbered: int = 0  # how many turns have their place in a ledger
    answered: dict[str, datetime] = field(default_factory=dict)
    paused: dict[str, datetime] = field(default_factory=dict)
    wrong: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)  # mailbox, statement, when

    def confirm(self, slip: Slip, now: datetime) -> str:
        if slip.status in (*SIGNED, "withdrawn"):
            return "already"
        if slip.status == "expired" or slip.is_over(now):
            return "expired"
        self.answered[slip.mailbox] = now
        entered = not self.has_signed(slip.mailbox, slip.statement)
        for other in self.slips:
            if (other.mailbox, other.statement, other.status) == (slip.mailbox, slip.statement, "pending"):
                other.status = "expired"
        if entered:
            slip.status = "verified"
            self._turn("verified", slip, now)
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
        taken = self.take_back(slip, now)
        if taken:
            self.answered[slip.mailbox] = now
        return taken

    def take_back(self, slip: Slip, now: datetime) -> bool:
        if slip.stands not in SIGNED:
            return False
        if slip.status != "invalidated":
            slip.status = "withdrawn"
            self._leave("withdrawn", slip, None, now)
        slip.withdrawn_at = now
        return True

    def undo(self, slip: Slip, now: datetime) -> str:
        if slip.stands in SIGNED:
            return "stands"
        if slip.erased or slip.withdrawn_at is None or slip.withdrawn_at <= now - UNDO:
            return "nothing to undo"
        if slip.status == "withdrawn" and self.has_signed(slip.mailbox, slip.statement):
            return "signed anew"
        slip.withdrawn_at, self.answered[slip.mailbox] = None, now
        slip.status = {None: "verified", "held": "held"}.get(slip.reason, "invalidated")
        self._count_or_leave(slip, now)
        return "restored"

    def review(self, slip: Slip, decision: str, reason: str, now: datetime) -> bool:
        """A reviewer decides; False when the signature does not stand where the decision begins."""
        if decision == "withdraw":
            return self.take_back(slip, now)
        if decision in ("approved", "refused"):
            possible = slip.status in SIGNED and not slip.erased
            slip.comment = decision if possible else slip.comment
            return possible
        begins, ends = _DECISIONS[decision]
        if slip.status not in begins:
            return False
        slip.status = ends if slip.withdrawn_at is None else "withdrawn"
        slip.reason = {"hold": "held", "invalidate": reason}.get(decision)
        self._count_or_leave(slip, now)
        return True

    def _count_or_leave(self, slip: Slip, now: datetime) -> None:
        if slip.status == "verified":
            self._turn("restored", slip, now)
        else:
            self._leave("withdrawn" if slip.status == "withdrawn" else "invalidated", slip, slip.reason, now)

    def _leave(self, kind: str, slip: Slip, reason: str | None, now: datetime) -> None:
        """What is out already comes in and goes out again when it is out for another reason."""
        last = self.last_turns()[slip]
        if _STEP[last.kind] < 0 and (last.kind, last.reason) != (kind, reason):
            self._turn("restored", slip, now)
        if (last.kind, last.reason) != (kind, reason):
            self._turn(kind, slip, now, reason)

    def _turn(self, kind: str, slip: Slip, now: datetime, reason: str | None = None) -> None:
        self.turns.append(Turn(kind, slip, now.date().isoformat(), reason))

    def last_turns(self) -> dict[Slip, Turn]:
        """The last word on each slip that ever counted."""
        return {turn.slip: turn for turn in self.turns}

    def register(self) -> None:
        self.numbered = len(self.turns)

    def sweep(self, now: datetime) -> dict[str, int]:
        self.register()
        remind = [slip for slip in self.slips if slip.is_to_be_reminded(now)]
        over = [slip for slip in self.slips if slip.is_to_expire(now)]
        leaving = [slip for slip in self.slips if slip.withdrawn_at is not None and slip.withdrawn_at <= now - UNDO]
        leaving = [slip for slip in leaving if not slip.erased]
        for slip in remind:
            slip.reminded = True
        for slip in over:
            slip.status = "expired"
        for slip in over + leaving:
            slip.erased, slip.shown, slip.comment = True, False, None
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
        return any(slip.status in SIGNED for slip in mine)

    def ledger(self, statement: str) -> list[tuple[str, int, int | None, str | None]]:
        """Kind, number, the number it is of, and the reason."""
        numbers: dict[Slip, int] = {}
        turns = [turn for turn in self.turns[: self.numbered] if turn.slip.statement == statement]
        for number, turn in enumerate(turns, 1):
            numbers.setdefault(turn.slip, number)
        return [
            (turn.kind, number, None if turn.kind == "verified" else numbers[turn.slip], turn.reason)
            for number, turn in enumerate(turns, 1)
        ]

    def roster(self, statement: str) -> list[int]:
        """The numbers of those that count."""
        turns = [turn for turn in self.turns[: self.numbered] if turn.slip.statement == statement]
        entered = [(number, turn) for number, turn in enumerate(turns, 1) if turn.kind == "verified"]
        return [number for number, turn in entered if turn.slip.status == "verified"]

    def reasons(self, statement: str) -> dict[str, int]:
        """How many review keeps out of the count, by reason."""
        last = [turn for slip, turn in self.last_turns().items() if slip.statement == statement]
        return dict(Counter(turn.reason or "" for turn in last if turn.kind == "invalidated"))

    def tallies(self, statement: str) -> dict[tuple[str, str], int]:
        """The count in all and in each part, but for parts that come to nothing."""
        tallies: Counter[tuple[str, str]] = Counter()
        for turn in self.turns[: self.numbered]:
            slip = turn.slip
            if slip.statement == statement:
                for part in (("all", ""), ("state", slip.state), ("revision", str(slip.revision)), ("day", turn.day)):
                    tallies[part] += _STEP[turn.kind]
        return {part: count for part, count in tallies.items() if count}
