"""Growth as a chart and as a table: verified signatures by day, from the tallies, and how they add up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Final

#: More bars than this are not told apart; then a bar stands for a week, for four weeks, and so on.
MOST_BARS: Final = 92
_SPANS: Final = (1, 7, 28, 91, 364)
# Where the chart lies in its 720 by 400 units: the line above, the bars below (look/console.html).
LEFT: Final = 86.0
RIGHT: Final = 710.0
_LINE_TOP, _LINE_FOOT = 36.0, 258.0
_BARS_TOP, _BARS_FOOT = 290.0, 368.0
_LABELS: Final = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One bar: from which day to which, how many more were verified in it, and how many there were at its end."""

    first: date
    last: date
    more: int
    total: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A ruled line across the chart, and the figure it stands for."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; one that hangs below its axis stands for more withdrawn than confirmed."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """A day under the axis."""

    x: float
    day: date
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart in units of its own, and the steps it was drawn from."""

    steps: tuple[Step, ...]
    points: str
    dot: tuple[float, float]
    bars: tuple[Bar, ...]
    line_ticks: tuple[Tick, ...]
    bar_ticks: tuple[Tick, ...]
    labels: tuple[Label, ...]
    days_a_bar: int

    left: float = LEFT
    right: float = RIGHT


def steps(by_day: Mapping[str, int], today: date) -> tuple[Step, ...]:
    """The days from the first one that counts to today, taken together until they are few enough to draw."""
    if not by_day:
        return ()
    first = date.fromisoformat(min(by_day))
    days = max((today - first).days, (date.fromisoformat(max(by_day)) - first).days) + 1
    span = next((span for span in _SPANS if days <= span * MOST_BARS), _SPANS[-1])
    more = [0] * -(-days // span)
    for day, verified in by_day.items():
        more[(date.fromisoformat(day) - first).days // span] += verified
    starts = [first + timedelta(days=span * place) for place in range(len(more))]
    return tuple(
        Step(start, min(start + timedelta(days=span - 1), first + timedelta(days=days - 1)), added, total)
        for start, added, total in zip(starts, more, accumulate(more), strict=True)
    )


def chart(drawn: tuple[Step, ...]) -> Chart:
    """The drawing of at least one step."""
    slot = (RIGHT - LEFT) / len(drawn)
    middles = [LEFT + slot * (place + 0.5) for place in range(len(drawn))]
    top = _round_up(max(step.total for step in drawn))
    heights = [_on(step.total, 0, top, _LINE_TOP, _LINE_FOOT) for step in drawn]
    low, high = min(0, *(step.more for step in drawn)), _round_up(max(step.more for step in drawn))
    low = -_round_up(-low) if low else 0
    axis = _on(0, low, high, _BARS_TOP, _BARS_FOOT)
    tips = [_on(step.more, low, high, _BARS_TOP, _BARS_FOOT) for step in drawn]
    return Chart(
        steps=drawn,
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in zip(middles, heights, strict=True)),
        dot=(round(middles[-1], 1), round(heights[-1], 1)),
        bars=tuple(
            Bar(round(x - slot * 0.39, 1), round(min(tip, axis), 1), round(slot * 0.78, 1), round(abs(axis - tip), 1))
            for x, tip in zip(middles, tips, strict=True)
        ),
        line_ticks=tuple(
            Tick(round(_on(value, 0, top, _LINE_TOP, _LINE_FOOT), 1), value) for value in _round_values(top)
        ),
        bar_ticks=tuple(
            Tick(round(_on(value, low, high, _BARS_TOP, _BARS_FOOT), 1), value)
            for value in sorted({low, 0, high})
        ),
        labels=_labels(drawn, middles),
        days_a_bar=(drawn[0].last - drawn[0].first).days + 1,
    )


def _on(value: int, low: int, high: int, top: float, foot: float) -> float:
    return foot - (foot - top) * (value - low) / (high - low)


def _round_up(value: int) -> int:
    """The next of 1, 2, 3, 4, 5, 6, 8, 10 and their tens: a figure that is read at a glance. At least 1."""
    ten = 1
    while ten * 10 < value:
        ten *= 10
    return next(ten * step for step in (1, 2, 3, 4, 5, 6, 8, 10) if ten * step >= value)


def _round_values(top: int) -> list[int]:
    parts = next(parts for parts in (3, 4, 5, 2, 1) if top % parts == 0)
    return [top * part // parts for part in range(parts + 1)]


def _labels(drawn: tuple[Step, ...], middles: list[float]) -> tuple[Label, ...]:
    last = len(drawn) - 1
    places = sorted({round(last * part / (_LABELS - 1)) for part in range(_LABELS)})
    anchors = {places[-1]: "end", places[0]: "start"} if last else {}
    edges = {"start": LEFT, "end": RIGHT}
    return tuple(
        Label(round(edges.get(anchor, middles[place]), 1), drawn[place].first, anchor)
        for place in places
        for anchor in [anchors.get(place, "middle")]
    )
