"""What is measured, against what, and how often: turn about, so that both sides have the same neighbours."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from bench import requests
from bench.client import Run, drive
from bench.servers import TICK, Cpu, Server

Requests = Callable[[Server], Iterator[bytes]]

SIGN: Final = "sign"
BARE: Final = "bare"
#: The most that a cost may differ between an empty ledger and a full one.
FLAT: Final = 0.10


@dataclass(frozen=True, slots=True)
class Slice:
    """One drive of one server."""

    run: Run
    cpu: Cpu

    @property
    def cost(self) -> float:
        """Microseconds of the web server's CPU for one request."""
        # A slice of a few requests, which measures nothing, may take less than the kernel counts.
        return max(self.cpu.web, TICK) / self.run.requests * 1e6


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of request of ours, what it is held against, and the targets."""

    name: str
    against: str
    ours: Requests
    theirs: Requests | None  # None: our own signing, measured already
    status: int
    most_cpu: Mapping[str, float]  # by database
    least_pace: float | None = None
    most_tail: float | None = None
    sized: bool = True  # whether it is measured at every size of the ledger


@dataclass
class Result:
    """Every slice of a row: of ours by the size of the ledger, and of what it is held against."""

    row: Row
    database: str
    ours: dict[int, list[Slice]] = field(default_factory=dict)
    theirs: list[Slice] = field(default_factory=list)

    def ratios(self, of: Callable[[Slice], float]) -> list[float]:
        """Ours over theirs, one for each turn."""
        return [of(one) / of(other) for one, other in zip(self.ours[0], self.theirs, strict=True)]

    def costs(self, size: int) -> float:
        """The median cost at a size, in microseconds of CPU."""
        return median(each.cost for each in self.ours[size])

    def growth(self, size: int) -> float:
        """The median ratio of the cost at a size to that of the empty ledger in the same turn."""
        return median(full.cost / empty.cost for full, empty in zip(self.ours[size], self.ours[0], strict=True))

    def tail(self) -> float:
        """How many times the median latency the slowest hundredth takes, in the median turn."""
        return median(each.run.percentile(0.99) / each.run.percentile(0.5) for each in self.ours[0])

    def unexpected(self) -> Counter[int]:
        """Answers of ours with another status than the row's."""
        found: Counter[int] = Counter()
        for slices in self.ours.values():
            for each in slices:
                found.update({status: n for status, n in each.run.statuses.items() if status != self.row.status})
        return found


def table(waiting: Mapping[Server, Iterator[str]], filled: Mapping[Server, dict[str, str]]) -> list[Row]:
    """The rows. `waiting` are the links to confirm at each server, `filled` the hidden fields of its forms."""

    def signing(path: str) -> Requests:
        return lambda server: requests.forms(server, path, filled.get(server, {}))

    def asking(path: str, *headers: str) -> Requests:
        return lambda server: requests.get(server, path, *headers)

    def confirming(server: Server) -> Iterator[bytes]:
        tokens = waiting[server]
        first = next(tokens)
        return requests.presses(server, tokens, requests.hidden(server, f"/confirm/{first}"))

    both = {"sqlite": 1.0, "postgresql": 1.0}
    return [
        Row(SIGN, "a bare ORM insert", signing(requests.SIGN), signing("/insert"), 303,
            {"sqlite": 2.0, "postgresql": 2.5}, least_pace=0.5, most_tail=5.0),
        Row("confirm", "our own sign", confirming, None, 303, both),
        Row("petition page, made anew", "a bare page of its size",
            asking(requests.PETITION, "Cache-Control: no-cache"), asking("/page"), 200, _twice(2.0)),
        Row("petition page", "a bare view", asking(requests.PETITION), asking("/view"), 200, _twice(1.5)),
        Row("count.json", "a bare view", asking(requests.COUNT), asking("/view"), 200, _twice(1.2)),
        Row("static file", "Flask's own", asking(requests.STATIC), asking(requests.STATIC), 200, _twice(0.4),
            sized=False),
    ]  # fmt: skip


def _twice(most: float) -> dict[str, float]:
    return {"sqlite": most, "postgresql": most}


@dataclass(frozen=True, slots=True)
class Plan:
    """How often each pair is driven, for how long, over how many connections."""

    turns: int
    seconds: float
    connections: int

    def slice(self, server: Server, what: Iterator[bytes]) -> Slice:
        """One drive of one server."""
        before = server.cpu()
        run = drive(server.port, what, self.seconds, self.connections)
        return Slice(run, server.cpu() - before)


def measure(
    rows: Sequence[Row], database: str, ours: Mapping[int, Server], bare: Server, plan: Plan
) -> Iterator[Result]:
    """Drive every row: in each turn theirs, then ours at every size. The first turn warms up and is forgotten."""
    for row in rows:
        result = Result(row, database)
        rival, theirs = (bare, row.theirs) if row.theirs else (ours[0], rows[0].ours)
        sizes = {size: server for size, server in ours.items() if row.sized or not size}
        for turn in range(plan.turns + 1):
            found = {size: plan.slice(server, row.ours(server)) for size, server in sizes.items()}
            against = plan.slice(rival, theirs(rival))
            if turn:
                result.theirs.append(against)
                for size, each in found.items():
                    result.ours.setdefault(size, []).append(each)
        yield result
