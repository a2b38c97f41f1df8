"""The figures of a packet, as plain frozen values: what the ledger adds up to, and into which parts it falls.

None of them asks the database; `petition.packets.contents` holds them beside the words.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """How many signatures review keeps out of the count for one reason, in the words that are to be printed."""

    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The sum from ledger to count, and what was not counted.

    entered - withdrawn - invalidated + restored = verified; the first four add up to the ledger's size. Those are
    entries. Of signatures, entered - verified are out now: removed for a reason, or else taken back.
    """

    verified: int
    mailboxes: int
    entered: int
    withdrawn: int
    invalidated: int
    restored: int
    never_confirmed: int
    held: int
    waiting: int
    removed: tuple[Removed, ...]
    as_of: datetime

    def __post_init__(self) -> None:
        if self.as_of.tzinfo is None:
            raise ValueError("as_of needs a time zone")
        if self.entered - self.withdrawn - self.invalidated + self.restored != self.verified:
            raise ValueError("the ledger's entries do not add up to the verified count")
        if self.taken_back < 0:
            raise ValueError("more signatures are removed for a reason than are out of the count")

    @property
    def out(self) -> int:
        """Signatures that were entered and do not count now."""
        return self.entered - self.verified

    @property
    def received(self) -> int:
        """Every form that was sent and not disowned: what became of each is one of the other figures."""
        return self.entered + self.held + self.waiting + self.never_confirmed

    @property
    def taken_back(self) -> int:
        """Those of them that their signatories have withdrawn, and that review had not removed before."""
        return self.out - sum(one.number for one in self.removed)


@dataclass(frozen=True, slots=True)
class OnPaper:
    """Signatures on paper, as somebody counted them by hand: not verified, and a part of no other figure.

    `collected_by` is empty where the recipient is told counts only.
    """

    number: int
    collected_by: str
    counted_on: date


@dataclass(frozen=True, slots=True)
class StateCount:
    """A state's (or territory's, or other group's) count. Population in persons, or None where there is none.

    Column and row place its tile on the map, from 0 at the upper left; None for what the map does not show.
    """

    code: str
    name: str
    verified: int
    population: int | None = None
    column: int | None = None
    row: int | None = None

    @property
    def rate(self) -> float | None:
        """Verified signatures per 100,000 residents."""
        return None if not self.population else self.verified * 100_000 / self.population


@dataclass(frozen=True, slots=True)
class WeekCount:
    """How much the count grew in the week that begins on that Monday (UTC), and what it was at its end."""

    begins: date
    grown: int
    verified: int


@dataclass(frozen=True, slots=True)
class Provider:
    """A large provider of mailboxes, by the domains that are counted as its own."""

    name: str
    verified: int


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """Verified signatures by the domain of their mailbox.

    Only large providers are named. `largest` is the most that share one of the other domains, which stays unnamed;
    `unread` are those whose address is not kept any more.
    """

    providers: tuple[Provider, ...]
    elsewhere: int
    domains: int
    largest: int
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Networks:
    """The most confirmations from one network, out of those whose network was counted, out of all that were entered.

    Confirmations, not signatures that count: some may have left the count since.
    """

    largest: int
    networks: int
    counted: int
    entered: int

    @property
    def share(self) -> float:
        """The largest part of what was counted, from 0 to 1."""
        return self.largest / self.counted if self.counted else 0.0
