"""Which lines a name, its place and a comment take on the grid: beside each other, condensed, or broken.

Widths are in points and are estimates on the safe side; see petition.pdf.faces.
"""

import unicodedata
from typing import Final, NamedTuple

from petition.paths import FONTS
from petition.pdf.faces import Ruler

SIZE: Final = 8.25
CONDENSED: Final = 0.92
# From the name's left edge at 38 to the place's right edge at 216, and to the column's edge at 243.
SHARED_WIDTH: Final = 178.0
WHOLE_WIDTH: Final = 205.0
GAP: Final = 7.0
_SAFETY: Final = 1.015
_BREAK_AFTER: Final = " -/\u2010"

_CUTS: Final = ("latin", "latin-ext", "vietnamese", "cyrillic", "cyrillic-ext", "greek")


class Shape(NamedTuple):
    """An entry's lines before they have slots."""

    names: tuple[str, ...]
    places: tuple[str, ...]
    name_condensed: bool
    place_condensed: bool
    shared: bool
    upright: bool

    @property
    def slots(self) -> int:
        """How many slots it takes. Shared: the place stands in the name's last one."""
        return len(self.names) + len(self.places) - (1 if self.shared else 0)


class Typist:
    """Measures names and places and chooses their lines."""

    def __init__(self) -> None:
        self._roman = Ruler([FONTS / f"source-serif-4-{cut}-400-normal.woff2" for cut in _CUTS])
        self._italic = Ruler([FONTS / f"source-serif-4-{cut}-400-italic.woff2" for cut in _CUTS])
        self._places: dict[str, tuple[float, bool]] = {}

    def shape(self, name: str, place: str) -> Shape:
        """The lines of one entry: beside each other while they fit, else the name above its place."""
        width = self._roman.width(name, SIZE) * _SAFETY
        known = self._places.get(place)
        beside, upright = known if known is not None else self._place(place)
        room = SHARED_WIDTH - GAP - beside
        if width * CONDENSED <= room:
            return Shape((name,), (place,), width > room, False, True, upright)
        names, name_condensed = _lines(name, self._roman, WHOLE_WIDTH)
        places, place_condensed = _lines(place, self._roman if upright else self._italic, SHARED_WIDTH)
        shared = len(names) > 1 and self._roman.width(names[-1], SIZE) * _SAFETY <= room
        return Shape(names, places, name_condensed, place_condensed, shared, upright)

    def remarks(self, comment: str) -> list[str]:
        """A comment's lines in the width of a name."""
        lines = []
        while self._italic.width(comment, SIZE) * _SAFETY > WHOLE_WIDTH:
            end = _break_at(comment, self._italic, WHOLE_WIDTH, 1.0)
            lines.append(comment[:end])
            comment = comment[end:]
        return [*lines, comment]

    def _place(self, place: str) -> tuple[float, bool]:
        # The same few thousand towns come again and again.
        upright = not self._italic.covers(place)
        ruler = self._roman if upright else self._italic
        self._places[place] = (ruler.width(place, SIZE) * _SAFETY, upright)
        return self._places[place]


def _lines(text: str, ruler: Ruler, room: float) -> tuple[tuple[str, ...], bool]:
    """The text in as few lines as it needs, and whether they are condensed. The pieces add up to the text."""
    width = ruler.width(text, SIZE) * _SAFETY
    if width <= room:
        return (text,), False
    if width * CONDENSED <= room:
        return (text,), True
    lines = []
    while ruler.width(text, SIZE) * _SAFETY * CONDENSED > room:
        end = _break_at(text, ruler, room, CONDENSED)
        lines.append(text[:end])
        text = text[end:]
    return (*lines, text), True


def _break_at(text: str, ruler: Ruler, room: float, scale: float) -> int:
    """Where the first line ends: after the last word that fits, else inside a word."""
    width, end = 0.0, 0
    while width <= room:
        width += ruler.width(text[end], SIZE) * _SAFETY * scale
        end += 1
    end -= 1
    word = max((i + 1 for i in range(end) if text[i] in _BREAK_AFTER), default=0)
    if word > end // 2:
        return word
    # Never between a letter and its marks.
    while end > 1 and unicodedata.category(text[end])[0] == "M":
        end -= 1
    return max(end, 1)
