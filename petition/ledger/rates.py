"""Rates per 100,000 residents for a map: to how many decimals they differ, and in which classes they fall."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final

CLASSES: Final = 5
# Which of five shades a map uses that has fewer classes, so that neighbours stay far apart.
_SHADES: Final = ((), (3,), (2, 4), (1, 3, 5), (1, 2, 4, 5), (1, 2, 3, 4, 5))


@dataclass(frozen=True, slots=True)
class Class:
    """One class: its shade, from 1 for the fewest to 5 for the most, and the lowest and the highest rate in it."""

    shade: int
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class Classes:
    """At most five classes of about equal size, made of rates as printed: no figure stands in two of them."""

    decimals: int
    classes: tuple[Class, ...]

    @classmethod
    def of(cls, rates: Iterable[float]) -> "Classes":
        """The classes of these rates, those of nought left out."""
        some = [rate for rate in rates if rate > 0]
        decimals = decimals_for(some)
        levels = sorted(_level(rate, decimals) for rate in some)
        ends = (ceil(len(levels) * part / CLASSES) - 1 for part in range(1, CLASSES + 1))
        tops = sorted({levels[end] for end in ends if levels})
        classes = (
            Class(shade, min(level for level in levels if level > below), top)
            for shade, below, top in zip(_SHADES[len(tops)], [0.0, *tops], tops, strict=False)
        )
        return cls(decimals, tuple(classes))

    def shade(self, rate: float | None) -> int:
        """The shade of a rate, 0 for none. Raises IndexError for one above every class."""
        if not rate:
            return 0
        tops = [each.highest for each in self.classes]
        return self.classes[bisect_left(tops, _level(rate, self.decimals))].shade


def decimals_for(rates: Iterable[float]) -> int:
    """How many decimals rates need to differ on a map: none from 10 per 100,000, one from 1, else two."""
    highest = max(rates, default=0.0)
    return 0 if highest >= 10 else 1 if highest >= 1 else 2


def rate_text(rate: float | None, decimals: int) -> str:
    """49, 7.1, <0.1 or 0, with that many decimals; empty where there are no residents to compare with."""
    if rate is None:
        return ""
    if rate == 0:
        return "0"
    least = 10.0**-decimals
    return f"<{least:.{decimals}f}" if rate < least / 2 else f"{rate:.{decimals}f}"


def at_least(number: int, population: int) -> str:
    """How many per 100,000 residents at the least, cut off and never rounded up: 61.4, 0.05; 0 for fewer than that."""
    tenths = number * 1_000_000 // population
    if tenths >= 10:
        return f"{tenths // 10:,}.{tenths % 10}"
    hundredths = number * 10_000_000 // population
    return f"0.{hundredths:02d}" if hundredths else "0"


def _level(rate: float, decimals: int) -> float:
    return max(round(rate, decimals), 10.0**-decimals)
