"""One sentence for newspapers that stays true: rounded down, and dated."""

from typing import Final

_EXACT_BELOW: Final = 100
_DIGITS: Final = 2


def more_than(number: int) -> int | None:
    """The two leading digits of a count, as "more than" them is true: 2,147 gives 2,100.

    None where the count is to be told as it is: small, or round itself.
    """
    if number < _EXACT_BELOW:
        return None
    unit = 10 ** (len(str(number)) - _DIGITS)
    rounded: int = number // unit * unit
    return rounded if rounded < number else None
