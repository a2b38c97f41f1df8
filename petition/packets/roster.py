"""The roster's fixed grid: which entry stands in which slot of which page, decided before anything is drawn.

Two columns of 60 slots to a page. A state's heading takes two slots and one above, and never stands in the
last eight of a column. A name too long for its space is condensed, and if that is not enough it gets its slot
for itself and its place the next one. Only what is wider than a whole column is broken, and then the place
stands beside the name's last piece, so that the pieces follow each other in the text. Nothing is ever cut.
Widths are in points and are estimates on the safe side; see petition.pdf.faces.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from petition.packets.contents import RosterEntry, RosterGroup
from petition.paths import FONTS
from petition.pdf.faces import Ruler

SLOTS: Final = 60
HEADING_SLOTS: Final = 2
CLOSED_TO_HEADINGS: Final = 8

SIZE: Final = 8.25
CONDENSED: Final = 0.92
# From the name's left edge at 38 to the place's right edge at 216, and to the column's edge at 243.
SHARED_WIDTH: Final = 178.0
WHOLE_WIDTH: Final = 205.0
GAP: Final = 7.0
_SAFETY: Final = 1.015
_BREAK_AFTER: Final = " -/\u2010"

_CUTS: Final = ("latin", "latin-ext", "vietnamese", "cyrillic", "cyrillic-ext", "greek")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a name or place in its slot, counted from 0 at the top of the column."""

    slot: int
    text: str
    condensed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: number in the first slot, day in the last. Usually all four share one slot."""

    number: int
    day: date
    names: tuple[Line, ...]
    places: tuple[Line, ...]
    upright: bool

    @property
    def slot(self) -> int:
        """The first slot."""
        return self.names[0].slot

    @property
    def last_slot(self) -> int:
        """The slot that place and day end in."""
        return self.places[-1].slot


@dataclass(frozen=True, slots=True)
class Heading:
    """A state's name and count above its first entry."""

    slot: int
    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Place:
    """An entry's address for the running head: its state and its ledger number."""

    group: str
    number: int


@dataclass(frozen=True, slots=True)
class RosterPage:
    """One page: what stands in its two columns, and its first and last entry."""

    columns: tuple[tuple[Heading | Row, ...], tuple[Heading | Row, ...]]
    first: Place
    last: Place


@dataclass(frozen=True, slots=True)
class _Shape:
    """An entry's lines before they have slots."""

    names: tuple[str, ...]
    places: tuple[str, ...]
    name_condensed: bool
    place_condensed: bool
    shared: bool
    upright: bool

    @property
    def slots(self) -> int:
        # Shared: the place stands in the name's last slot.
        return len(self.names) + len(self.places) - (1 if self.shared else 0)


def paginate(groups: Sequence[RosterGroup]) -> list[RosterPage]:
    """The roster's pages. Groups without entries are left out; no entries at all make no page."""
    setter = _Setter()
    typist = _Typist()
    for group in groups:
        for position, entry in enumerate(group.entries):
            shape = typist.shape(entry)
            if position == 0:
                setter.heading(Heading(0, group.code, group.name, len(group.entries)), shape.slots)
            setter.entry(group.name, entry, shape)
    return list(setter.pages())


class _Setter:
    """Fills columns from the top, and turns them into pages of two."""

    def __init__(self) -> None:
        self._columns: list[list[Heading | Row]] = []
        self._ends: list[list[Place]] = []
        self._next = SLOTS

    def heading(self, heading: Heading, first_entry_slots: int) -> None:
        """Set a heading after one slot of air, or on a new column where it could not keep its entries."""
        at = self._next + (1 if 0 < self._next < SLOTS else 0)
        fits = at < SLOTS - CLOSED_TO_HEADINGS and at + HEADING_SLOTS + first_entry_slots <= SLOTS
        if not fits:
            self._open()
            at = 0
        self._columns[-1].append(Heading(at, heading.code, heading.name, heading.count))
        self._next = at + HEADING_SLOTS

    def entry(self, group: str, entry: RosterEntry, shape: _Shape) -> None:
        """Set an entry in the next free slots, all in one column."""
        if self._next + shape.slots > SLOTS:
            self._open()
        self._columns[-1].append(_row(entry, shape, self._next))
        self._ends[-1].append(Place(group, entry.number))
        self._next += shape.slots

    def pages(self) -> Iterator[RosterPage]:
        """The pages so far."""
        for left in range(0, len(self._columns), 2):
            ends = [place for column in self._ends[left : left + 2] for place in column]
            right = self._columns[left + 1] if left + 1 < len(self._columns) else []
            yield RosterPage((tuple(self._columns[left]), tuple(right)), ends[0], ends[-1])

    def _open(self) -> None:
        self._columns.append([])
        self._ends.append([])
        self._next = 0


def _row(entry: RosterEntry, shape: _Shape, slot: int) -> Row:
    after = slot + len(shape.names) - (1 if shape.shared else 0)
    return Row(
        number=entry.number,
        day=entry.day,
        names=tuple(Line(slot + i, text, shape.name_condensed) for i, text in enumerate(shape.names)),
        places=tuple(Line(after + i, text, shape.place_condensed) for i, text in enumerate(shape.places)),
        upright=shape.upright,
    )


class _Typist:
    """Measures names and places and chooses their lines."""

    def __init__(self) -> None:
        self._roman = Ruler([FONTS / f"source-serif-4-{cut}-400-normal.woff2" for cut in _CUTS])
        self._italic = Ruler([FONTS / f"source-serif-4-{cut}-400-italic.woff2" for cut in _CUTS])
        self._places: dict[str, tuple[float, bool]] = {}

    def shape(self, entry: RosterEntry) -> _Shape:
        """The lines of one entry: beside each other while they fit, else the name above its place."""
        name = self._roman.width(entry.name, SIZE) * _SAFETY
        place, upright = self._place(entry.place)
        room = SHARED_WIDTH - GAP - place
        if name * CONDENSED <= room:
            return _Shape((entry.name,), (entry.place,), name > room, False, True, upright)
        names, name_condensed = _lines(entry.name, self._roman, WHOLE_WIDTH)
        places, place_condensed = _lines(entry.place, self._roman if upright else self._italic, SHARED_WIDTH)
        shared = len(names) > 1 and self._roman.width(names[-1], SIZE) * _SAFETY <= room
        return _Shape(names, places, name_condensed, place_condensed, shared, upright)

    def _place(self, place: str) -> tuple[float, bool]:
        # The same few thousand towns come again and again.
        known = self._places.get(place)
        if known is None:
            upright = not self._italic.covers(place)
            ruler = self._roman if upright else self._italic
            known = self._places[place] = (ruler.width(place, SIZE) * _SAFETY, upright)
        return known


def _lines(text: str, ruler: Ruler, room: float) -> tuple[tuple[str, ...], bool]:
    """The text in as few lines as it needs, and whether they are condensed. The pieces add up to the text."""
    width = ruler.width(text, SIZE) * _SAFETY
    if width <= room:
        return (text,), False
    if width * CONDENSED <= room:
        return (text,), True
    lines = []
    while ruler.width(text, SIZE) * _SAFETY * CONDENSED > room:
        end = _break_at(text, ruler, room)
        lines.append(text[:end])
        text = text[end:]
    return (*lines, text), True


def _break_at(text: str, ruler: Ruler, room: float) -> int:
    """Where the first line ends: after the last word that fits, else inside a word."""
    width, end = 0.0, 0
    while width <= room:
        width += ruler.width(text[end], SIZE) * _SAFETY * CONDENSED
        end += 1
    end -= 1
    word = max((i + 1 for i in range(end) if text[i] in _BREAK_AFTER), default=0)
    if word > end // 2:
        return word
    # Never between a letter and its marks.
    while end > 1 and unicodedata.category(text[end])[0] == "M":
        end -= 1
    return max(end, 1)
