"""A list's fixed grid: which entry stands in which slot of which page, decided before anything is drawn.

Two columns of 60 slots to a page. A group's heading takes two slots and one above, and never stands in the
last eight of a column. A name too long for its space is condensed, and if that is not enough it gets its slot
for itself and its place the next one. Only what is wider than a whole column is broken, and then the place
stands beside the name's last piece, so that the pieces follow each other in the text. Nothing is ever cut.
A comment takes the slots after its entry. Widths are in points and are estimates on the safe side; see
petition.pdf.faces.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, Protocol

from petition.paths import FONTS
from petition.pdf.faces import Ruler

SLOTS: Final = 60
HEADING_SLOTS: Final = 2
CLOSED_TO_HEADINGS: Final = 8
#: Height of a slot in points, and the air after every fifth.
SLOT_HEIGHT: Final = 10.5
AIR: Final = 3.0
SLOTS_TO_AIR: Final = 5

SIZE: Final = 8.25
CONDENSED: Final = 0.92
# From the name's left edge at 38 to the place's right edge at 216, and to the column's edge at 243.
SHARED_WIDTH: Final = 178.0
WHOLE_WIDTH: Final = 205.0
GAP: Final = 7.0
_SAFETY: Final = 1.015
_BREAK_AFTER: Final = " -/\u2010"

_CUTS: Final = ("latin", "latin-ext", "vietnamese", "cyrillic", "cyrillic-ext", "greek")


class Entry(Protocol):
    """What the grid has to know of an entry."""

    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def comment(self) -> str: ...


class Entries(Protocol):
    """Entries in their order: counted, and read as often as need be."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Entry]: ...


class Group(Protocol):
    """What the grid has to know of a group of entries."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def entries(self) -> Entries: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a name or place in its slot, counted from 0 at the top of the column."""

    slot: int
    text: str
    condensed: bool = False


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


class Row(NamedTuple):
    """One entry: number in the first slot, day in the last. Usually all four share one slot."""

    slot: int
    number: int
    day: date
    shape: Shape

    @property
    def last_slot(self) -> int:
        """The slot that place and day end in."""
        return self.slot + self.shape.slots - 1

    @property
    def upright(self) -> bool:
        """Whether the place is set in roman, because its script has no italics."""
        return self.shape.upright

    @property
    def names(self) -> tuple[Line, ...]:
        """The name's lines."""
        shape = self.shape
        return tuple(Line(self.slot + i, text, shape.name_condensed) for i, text in enumerate(shape.names))

    @property
    def places(self) -> tuple[Line, ...]:
        """The place's lines."""
        shape = self.shape
        after = self.slot + len(shape.names) - (1 if shape.shared else 0)
        return tuple(Line(after + i, text, shape.place_condensed) for i, text in enumerate(shape.places))


class Remark(NamedTuple):
    """One line of a comment, below its entry."""

    slot: int
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A group's name and count above its first entry."""

    slot: int
    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Address:
    """An entry's address for the running head: its group and its number."""

    group: str
    number: int


Item = Heading | Row | Remark


@dataclass(frozen=True, slots=True)
class GridPage:
    """One page: what stands in its two columns, and its first and last entry."""

    columns: tuple[tuple[Item, ...], tuple[Item, ...]]
    first: Address
    last: Address


def paginate(groups: Iterable[Group]) -> Iterator[GridPage]:
    """The list's pages, one after the other. Groups without entries are left out; no entries at all make no page."""
    setter, typist = _Setter(), _Typist()
    for group in groups:
        count, name = len(group.entries), group.name
        for position, entry in enumerate(group.entries):
            shape = typist.shape(entry.name, entry.place)
            slots = shape.slots
            if position == 0:
                setter.heading(Heading(0, group.code, name, count), slots)
            setter.entry(name, entry.number, entry.day, shape, slots)
            if entry.comment:
                setter.remarks(name, entry.number, typist.remarks(entry.comment))
            while setter.full:
                yield setter.page()
    yield from setter.rest()


class _Setter:
    """Fills columns from the top, and turns them into pages of two."""

    def __init__(self) -> None:
        self._columns: list[list[Item]] = []
        # The first and the last entry of each column, None while it has none.
        self._ends: list[tuple[tuple[str, int], tuple[str, int]] | None] = []
        self._items: list[Item] = []
        self._next = SLOTS
        self._first: tuple[str, int] | None = None
        self._last = ("", 0)

    def heading(self, heading: Heading, first_entry_slots: int) -> None:
        """Set a heading after one slot of air, or on a new column where it could not keep its entries."""
        at = self._next + (1 if 0 < self._next < SLOTS else 0)
        fits = at < SLOTS - CLOSED_TO_HEADINGS and at + HEADING_SLOTS + first_entry_slots <= SLOTS
        if not fits:
            self._open()
            at = 0
        self._items.append(Heading(at, heading.code, heading.name, heading.count))
        self._next = at + HEADING_SLOTS

    def entry(self, group: str, number: int, day: date, shape: Shape, slots: int) -> None:
        """Set an entry in the next free slots, all in one column."""
        if self._next + slots > SLOTS:
            self._open()
        self._items.append(Row(self._next, number, day, shape))
        self._next += slots
        self._last = (group, number)
        if self._first is None:
            self._first = self._last

    def remarks(self, group: str, number: int, lines: Sequence[str]) -> None:
        """Set a comment's lines; what does not fit below its entry goes on at the top of the next column."""
        for text in lines:
            if self._next == SLOTS:
                self._open()
                self._first = self._last = (group, number)
            self._items.append(Remark(self._next, text))
            self._next += 1

    @property
    def full(self) -> bool:
        """Whether a page is ready."""
        return len(self._columns) >= 2

    def page(self) -> GridPage:
        """The oldest page."""
        columns, self._columns = self._columns[:2], self._columns[2:]
        ends, self._ends = [end for end in self._ends[:2] if end], self._ends[2:]
        left, right = tuple(columns[0]), tuple(columns[1]) if len(columns) > 1 else ()
        return GridPage((left, right), Address(*ends[0][0]), Address(*ends[-1][1]))

    def rest(self) -> Iterator[GridPage]:
        """All pages that are left."""
        self._close()
        while self._columns:
            yield self.page()

    def _open(self) -> None:
        self._close()
        self._items, self._first, self._next = [], None, 0

    def _close(self) -> None:
        if self._items:
            self._columns.append(self._items)
            self._ends.append((self._first, self._last) if self._first else None)
            self._items = []


class _Typist:
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
