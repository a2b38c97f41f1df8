"""The lines of a title: as few as it needs, and as even as its words allow, so that no word is left over."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import Final

from petition.paths import FONTS
from petition.pdf.faces import Ruler

#: Width of the title's column on the cover, in points; see .cover h1 in the packet's style sheet.
ROOM: Final = 380.0
#: From so many letters on a title is set smaller.
LONG: Final = 90
SIZE: Final = 41.0
SMALL: Final = 30.0
#: A title's sizes on the cover and the heights of a line in each, by the names of the packet's style sheet.
_SIZES: Final = (("", SIZE, 44.0), ("lesser", SMALL, 34.0), ("small", 24.0, 28.0), ("smallest", 19.0, 23.0))
#: What the cover has in height, of which its stamp, and the rule above the contents, always take as much.
_HEIGHT: Final = 659.0
_STAMP: Final = 88.0
_RULE: Final = 24.0
#: Line breaks leave room at the ends of lines, and text is set in a wider cut than titles.
_LOOSE: Final = 1.2
_OPTICAL_SIZE: Final = 60.0
_FILES: Final = ("source-serif-4-latin-opsz-normal", "source-serif-4-latin-ext-opsz-normal")


@dataclass(frozen=True, slots=True)
class _Air:
    """How far things on a cover stand below each other, and how wide its sentences run: all in points."""

    name: str  # in the packet's style sheet
    title: float
    addressee: float
    stamp: float
    said: float
    width: float
    part: float  # a line of the contents


_AIRY: Final = _Air("", 92.0, 18.0, 46.0, 16.0, 300.0, 18.0)
_CLOSE: Final = _Air("close", 62.0, 18.0, 26.0, 12.0, 380.0, 18.0)
_TIGHT: Final = _Air("tight", 30.0, 10.0, 14.0, 9.0, 380.0, 16.0)
#: Air goes before the title grows smaller: how many sizes smaller, beside how much air.
_STEPS: Final = ((_AIRY, 0), (_CLOSE, 0), (_CLOSE, 1), (_TIGHT, 1), (_TIGHT, 2), (_TIGHT, 3))


@dataclass(frozen=True, slots=True)
class OnCover:
    """A title as a cover has room for it. `size` and `air` are names in the packet's style sheet."""

    lines: tuple[str, ...]
    size: str
    air: str


def on_cover(title: str, addressee: str, said: Sequence[str], parts: int) -> OnCover:
    """The title above the line that names the addressee, the stamp, what is said below it, and that many contents.

    Where all of this is more than a page holds, the title is as small, and all as close, as they come.
    """
    for air, smaller in _STEPS[:-1]:
        found, height = _with(air, smaller, title, addressee, said, parts)
        if height <= _HEIGHT:
            return found
    return _with(*_STEPS[-1], title, addressee, said, parts)[0]


def _with(
    air: _Air, smaller: int, title: str, addressee: str, said: Sequence[str], parts: int
) -> tuple[OnCover, float]:
    """The title at this step, and how high the cover is with it."""
    name, size, leading = _SIZES[max(smaller, 1 if len(title) > LONG else 0)]
    broken = lines(title, size=size)
    # What cannot be measured stays in one piece, and is judged by the length that is guessed.
    height = max(len(broken), _taken(title, size, ROOM) if len(broken) == 1 else 0) * leading
    height += air.title + air.addressee + 21.0 * _taken(addressee, 14.0, 396.0)
    height += air.stamp + _STAMP + sum(air.said + 15.0 * _taken(one, 10.5, air.width) for one in said)
    height += _RULE + air.part * parts
    return OnCover(tuple(broken), name, air.name), height


def _taken(text: str, size: float, room: float) -> int:
    """How many lines the press takes at most for a text in this width."""
    return ceil(width(text, size) * _LOOSE / room)


def lines(title: str, room: float = ROOM, size: float = 0.0) -> list[str]:
    """The title in lines of nearly one length; in one piece, for the press to break, where we cannot measure it.

    In the width and the size of a cover, unless others are given.
    """
    words = title.split()
    size = size or (SMALL if len(title) > LONG else SIZE)
    widths, space = [width(word, size) for word in words], width(" ", size)
    if not words or not _ruler().covers(title) or max(widths) > room:
        return [title]
    narrowest, fewest = room, len(_starts(widths, space, room))
    # The narrowest column that takes no more lines is as wide as some run of words.
    for first in range(len(words)):
        run = -space
        for word in widths[first:]:
            run += space + word
            if run < narrowest and run >= max(widths) and len(_starts(widths, space, run)) == fewest:
                narrowest = run
    ends = [*_starts(widths, space, narrowest), len(words)]
    return [" ".join(words[begin:end]) for begin, end in pairwise(ends)]


def width(text: str, size: float) -> float:
    """How wide the text is in the face of titles, in points."""
    return _ruler().width(text, size)


def _starts(widths: list[float], space: float, room: float) -> list[int]:
    """Which words begin a line when each line takes as many as fit."""
    starts, used = [], room
    for number, word in enumerate(widths):
        used += space + word
        if used > room + 1e-6:  # sums of floats
            starts.append(number)
            used = word
    return starts


@lru_cache(maxsize=1)
def _ruler() -> Ruler:
    return Ruler([FONTS / f"{name}.woff2" for name in _FILES], optical_size=_OPTICAL_SIZE)
