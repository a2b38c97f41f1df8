"""Reading the roster that a packet carries: its rows stay in the file, and each is read when it is asked for."""

import csv
import io
from array import array
from collections.abc import Iterator

from petition.packets import carrying
from petition.packets.container import Damaged

Row = tuple[str, str, str, str]  # day, name, place, state


class CarriedRoster:
    """The rows of a roster by their ledger numbers, in the order of the file."""

    def __init__(self, data: bytes) -> None:
        """Look through the whole file once. Raises Damaged, ValueError and csv.Error."""
        self._data = data
        # As values a million rows take half a gigabyte more than the places where they begin.
        self._ends = array("Q", [0])
        self._places: dict[int, int] = {}
        table = self._table()
        if tuple(next(table, ())) != carrying.COLUMNS:
            raise Damaged("The packet's roster has other columns than ours.")
        for place, (number, _day, _name, _place, _state) in enumerate(table, start=1):
            if int(number) in self._places:
                raise Damaged(f"The roster has entry {number} twice.")
            self._places[int(number)] = place

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._places)

    def __iter__(self) -> Iterator[int]:
        """The number of each row."""
        return iter(self._places)

    def get(self, number: int) -> Row | None:
        """The row of a number, if there is one."""
        place = self._places.get(number)
        if place is None:
            return None
        written = self._data[self._ends[place] : self._ends[place + 1]].decode()
        [(_number, day, name, where, state)] = csv.reader(io.StringIO(written, newline=""))
        return day, name, where, state

    def _table(self) -> Iterator[list[str]]:
        """Every row, and where it ends, noted on the way."""
        read = 0

        def lines() -> Iterator[str]:
            nonlocal read
            for line in io.TextIOWrapper(io.BytesIO(self._data), encoding="utf-8", newline=""):
                read += len(line.encode())
                yield line

        for row in csv.reader(lines()):
            self._ends.append(read)
            yield row
