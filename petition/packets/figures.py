"""What the packet draws from its counts: the map of tiles with its key, the columns by state, the QR code."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final, TypeVar

import segno

from petition.ledger.rates import Classes, decimals_for
from petition.packets.counts import StateCount, WeekCount

Row = TypeVar("Row")

# The shades of the map: of a tile where nobody signed, then from the fewest to the most, with the ink on each.
_SHADES: Final[tuple[tuple[str | None, str], ...]] = (
    (None, "#51555B"),
    ("#E3E7ED", "#1A1D21"),
    ("#C0CCDB", "#1A1D21"),
    ("#96ABC5", "#1A1D21"),
    ("#456896", "#FFFFFF"),
    ("#1C3F70", "#FFFFFF"),
)
TILE: Final = 54
PITCH: Final = 58


@dataclass(frozen=True, slots=True)
class Tile:
    """One state on the map: the upper left corner, the rate, and its colours. No fill where nobody signed."""

    x: int
    y: int
    code: str
    rate: float
    fill: str | None
    ink: str


@dataclass(frozen=True, slots=True)
class KeyStep:
    """One class of the map: from the lowest to the highest rate in it."""

    fill: str
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class TileMap:
    """The map and its key. Width and height in the map's own units."""

    tiles: tuple[Tile, ...]
    key: tuple[KeyStep, ...]
    width: int
    height: int


def tile_map(by_state: Sequence[StateCount]) -> TileMap:
    """The map of verified signatures per 100,000 residents, in at most five classes of equal size."""
    placed = [
        (state.column * PITCH, state.row * PITCH, state.code, state.rate or 0.0)
        for state in by_state
        if state.column is not None and state.row is not None
    ]
    classes = Classes.of(rate for *_, rate in placed)
    drawn = [Tile(x, y, code, rate, *_SHADES[classes.shade(rate)]) for x, y, code, rate in placed]
    key = tuple(KeyStep(_SHADES[each.shade][0] or "", each.lowest, each.highest) for each in classes.classes)
    width = max((tile.x + TILE for tile in drawn), default=0)
    height = max((tile.y + TILE for tile in drawn), default=0)
    return TileMap(tuple(drawn), key, width, height)


def decimals_in_tiles(by_state: Sequence[StateCount]) -> int:
    """How many decimals the map's rates need to differ."""
    return decimals_for(state.rate or 0.0 for state in by_state if state.column is not None)


def in_columns(by_state: Sequence[StateCount], columns: int = 3) -> list[Sequence[StateCount]]:
    """The table by state in columns of equal length, the last one shorter where it must be."""
    length = ceil(len(by_state) / columns) if by_state else 0
    return [by_state[at : at + length] for at in range(0, len(by_state), length or 1)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One period's growth as a bar: left edge, top and height, in the chart's own units."""

    x: float
    y: float
    height: float
    period: WeekCount


@dataclass(frozen=True, slots=True)
class Chart:
    """Growth by periods of so many weeks. `base` is where bars stand; a shrinking period hangs below it."""

    bars: tuple[Bar, ...]
    weeks: int
    bar_width: float
    base: float
    highest: WeekCount | None

    @property
    def periods(self) -> tuple[WeekCount, ...]:
        """What the bars show, for the table beside them."""
        return tuple(bar.period for bar in self.bars)


CHART_WIDTH: Final = 504.0
CHART_HEIGHT: Final = 70.0
MOST_PERIODS: Final = 27  # three columns of nine in the table


def growth_chart(weeks: Sequence[WeekCount]) -> Chart:
    """The bars of at most 27 periods of equal length; the last may be shorter."""
    step = max(1, ceil(len(weeks) / MOST_PERIODS))
    periods = [
        WeekCount(part[0].begins, sum(week.grown for week in part), part[-1].verified)
        for part in (weeks[at : at + step] for at in range(0, len(weeks), step))
    ]
    most, least = max((each.grown for each in periods), default=0), min((each.grown for each in periods), default=0)
    scale = CHART_HEIGHT / max(1, max(most, 0) - min(least, 0))
    base = max(most, 0) * scale
    pitch = CHART_WIDTH / max(len(periods), 12)
    bars = tuple(
        Bar(at * pitch, base - max(each.grown, 0) * scale, abs(each.grown) * scale, each)
        for at, each in enumerate(periods)
    )
    return Chart(bars, step, pitch - 2, base, max(periods, key=lambda each: each.grown, default=None))


def columns_of(rows: Sequence[Row], columns: int) -> list[Sequence[Row]]:
    """Rows in columns of equal length, the last one shorter where it must be."""
    length = ceil(len(rows) / columns) if rows else 0
    return [rows[at : at + length] for at in range(0, len(rows), length or 1)]


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code as one path of squares, `size` units wide, without its quiet zone."""

    size: int
    path: str


def qr_code(address: str) -> Code:
    """The address as a QR code that survives a smudge: error correction Q, drawn run by run."""
    matrix = segno.make_qr(address, error="q", boost_error=False).matrix
    runs = []
    for y, line in enumerate(matrix):
        x = 0
        while x < len(line):
            end = x
            while end < len(line) and line[end]:
                end += 1
            if end > x:
                runs.append(f"M{x} {y}h{end - x}v1h-{end - x}z")
            x = end + 1
    return Code(len(matrix), "".join(runs))
