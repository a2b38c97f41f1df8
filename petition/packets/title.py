"""The lines of a title: as few as it needs, and as even as its words allow, so that no word is left over."""

from functools import lru_cache
from itertools import pairwise
from typing import Final

from petition.paths import FONTS
from petition.pdf.faces import Ruler

#: Width of the title's column on the cover, in points; see .cover h1 in the packet's style sheet.
ROOM: Final = 380.0
#: From so many letters on a title is set smaller.
LONG: Final = 90
SIZE: Final = 41.0
SMALL: Final = 30.0
_OPTICAL_SIZE: Final = 60.0
_FILES: Final = ("source-serif-4-latin-opsz-normal", "source-serif-4-latin-ext-opsz-normal")


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
