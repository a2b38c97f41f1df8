"""A list of any length on disk: one line of text for each entry, and where each group of them begins.

The same file serves whoever counts, exports or prints the list; nobody has to hold it in memory.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from petition.errors import CannotBuild

_BUFFER: Final = 1 << 18
# What parts fields and lines may not stand in one. Names have none of these; a comment may.
_PARTS: Final = str.maketrans("\t\n\r", "   ")


class Line(NamedTuple):
    """One entry: its number, name, place and day, and a remark that is set below it."""

    number: int
    name: str
    place: str
    day: date
    comment: str


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one group: where they begin in the file, in bytes, and how many they are."""

    path: Path
    offset: int
    count: int

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Line]:
        # The same few hundred days come again and again.
        days: dict[str, date] = {}
        with self.path.open("rb", buffering=_BUFFER) as file:
            file.seek(self.offset)
            for _, line in zip(range(self.count), file, strict=False):
                number, name, place, day, comment = line.decode()[:-1].split("\t")
                if day not in days:
                    days[day] = date.fromisoformat(day)
                yield Line(int(number), name, place, days[day], comment)


class Spool:
    """Writes such a file: begin a group, add its entries, begin the next. Use it as a context. Raises CannotBuild."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: Every character that occurs.
        self.characters: set[str] = set()
        #: Every day that occurs.
        self.days: set[date] = set()
        self._file = path.open("wb", buffering=_BUFFER)
        self._begins, self._count, self._length = 0, 0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError as trouble:
            if error is None:
                raise self._refusal(trouble) from trouble

    def add(self, number: int, name: str, place: str, day: date, comment: str = "") -> None:
        """One entry of the group that was begun last."""
        if not name.isprintable() or not place.isprintable():
            name, place = name.translate(_PARTS), place.translate(_PARTS)
        if comment:
            comment = comment.translate(_PARTS)
        self.characters.update(name, place, comment)
        self.days.add(day)
        line = f"{number}\t{name}\t{place}\t{day.isoformat()}\t{comment}\n".encode()
        self._count += 1
        try:
            self._length += self._file.write(line)
        except OSError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: OSError) -> CannotBuild:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return CannotBuild(f"The disk is full: the roster could not be kept in {self.path.parent}.")
        return CannotBuild(f"The roster could not be kept in {self.path.parent}: {error.strerror}.")

    def section(self) -> Section:
        """What was added since the last call, as a group of its own. It can be read once the file is closed."""
        done = Section(self.path, self._begins, self._count)
        self._begins, self._count = self._length, 0
        return done
