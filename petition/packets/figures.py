"""What the packet draws from its counts: the map of tiles with its key, the columns by state, the QR code."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

import segno

from petition.packets.contents import StateCount

# The steps of the map, from the fewest to the most, each with the ink of the figure on it.
_STEPS: Final = (
    ("#E3E7ED", "#1A1D21"),
    ("#C0CCDB", "#1A1D21"),
    ("#96ABC5", "#1A1D21"),
    ("#456896", "#FFFFFF"),
    ("#1C3F70", "#FFFFFF"),
)
# Which steps a map uses that has fewer than five different classes.
_STEPS_FOR: Final = {1: (2,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
_INK_ON_WHITE: Final = "#51555B"
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
    decimals = decimals_in_tiles(by_state)
    tiles = [
        (state.column * PITCH, state.row * PITCH, state.code, state.rate or 0.0)
        for state in by_state
        if state.column is not None and state.row is not None
    ]
    levels = sorted(_level(rate, decimals) for *_, rate in tiles if rate > 0)
    tops = sorted({levels[ceil(len(levels) * part / 5) - 1] for part in range(1, 6)}) if levels else []
    steps = [_STEPS[step] for step in _STEPS_FOR[len(tops)]] if tops else []
    key = tuple(
        KeyStep(fill, min(level for level in levels if level > below), top)
        for (fill, _), below, top in zip(steps, [0.0, *tops], tops, strict=False)
    )
    drawn = []
    for x, y, code, rate in tiles:
        fill, ink = steps[bisect_left(tops, _level(rate, decimals))] if rate > 0 else (None, _INK_ON_WHITE)
        drawn.append(Tile(x, y, code, rate, fill, ink))
    width = max((tile.x + TILE for tile in drawn), default=0)
    height = max((tile.y + TILE for tile in drawn), default=0)
    return TileMap(tuple(drawn), key, width, height)


def _level(rate: float, decimals: int) -> float:
    # Classes are made of rates as printed, so that no figure stands in two of them.
    return max(round(rate, decimals), 10.0**-decimals)


def decimals_in_tiles(by_state: Sequence[StateCount]) -> int:
    """How many decimals the map's rates need to differ: none from 10 per 100,000, one from 1, else two."""
    highest = max((state.rate or 0.0 for state in by_state if state.column is not None), default=0.0)
    return 0 if highest >= 10 else 1 if highest >= 1 else 2


def rate_text(rate: float | None, decimals: int) -> str:
    """49, 7.1, <0.1 or 0, with that many decimals; empty where there are no residents to compare with."""
    if rate is None:
        return ""
    if rate == 0:
        return "0"
    least = 10.0**-decimals
    return f"<{least:.{decimals}f}" if rate < least / 2 else f"{rate:.{decimals}f}"


def in_columns(by_state: Sequence[StateCount], columns: int = 3) -> list[Sequence[StateCount]]:
    """The table by state in columns of equal length, the last one shorter where it must be."""
    length = ceil(len(by_state) / columns) if by_state else 0
    return [by_state[at : at + length] for at in range(0, len(by_state), length or 1)]


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
