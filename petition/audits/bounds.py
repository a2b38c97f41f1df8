"""Bounds: what a sample says of the whole list, with 95 % certainty.

The exact one-sided upper bound of Clopper and Pearson (Biometrika 26, 1934, p. 404): the share of bad entries at which
so few bad ones, or fewer, would be drawn only once in twenty samples. It is the binomial's, as if an entry could be
drawn twice. We draw none twice, which only makes the bound larger than it need be: the tests count it out over
whole lists. Nothing bad among 59, 149 or 299 gives just below 5, 2 and 1 %.
"""

import math
from dataclasses import dataclass
from typing import Final

RISK: Final = 0.05
_HALVINGS: Final = 60  # until a double cannot be halved further


def upper(bad: int, drawn: int) -> float:
    """The largest share of bad entries, from 0 to 1, that so many bad ones among those drawn allow at 95 %."""
    if not 0 <= bad <= drawn:
        raise ValueError(f"{bad} of {drawn}")
    if bad == drawn:
        return 1.0
    low, high = bad / drawn, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(bad, drawn, middle) > RISK:
            low = middle
        else:
            high = middle
    return high


def _at_most(bad: int, drawn: int, share: float) -> float:
    """The chance of so many bad ones or fewer."""
    return math.fsum(math.comb(drawn, k) * share**k * (1 - share) ** (drawn - k) for k in range(bad + 1))


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a sample: how many said yes and no, and of how many nothing is known."""

    yes: int
    no: int
    unknown: int

    @property
    def drawn(self) -> int:
        """All of them."""
        return self.yes + self.no + self.unknown

    @property
    def if_good(self) -> float:
        """The bound if everybody of whom nothing is known did sign. It holds only where that is so."""
        return upper(self.no, self.drawn)

    @property
    def if_bad(self) -> float:
        """The bound if nobody of whom nothing is known did."""
        return upper(self.no + self.unknown, self.drawn)
