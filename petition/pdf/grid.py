"""A list's fixed grid: which entry stands in which slot of which page, decided before anything is drawn.

Two columns of 60 slots to a page. A group's heading takes two slots and one above, and never stands in the
last eight of a column. A name too long for its space is condensed, and if that is not enough it gets its slot
for itself and its place the next one. Only what is wider than a whole column is broken, and then the place
stands beside the name's last piece, so that the pieces follow each other in the text. Nothing is ever cut.
A comment takes the slots after its entry.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, Protocol

from petition.pdf.fitting import Shape, Typist

SLOTS: Final = 60
HEADING_SLOTS: Final = 2
CLOSED_TO_HEADINGS: Final = 8
#: Height of a slot in points, and the air after every fifth.
SLOT_HEIGHT: Final = 10.5
AIR: Final = 3.0
SLOTS_TO_AIR: Final = 5


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
    setter, typist = _Setter(), Typist()
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
