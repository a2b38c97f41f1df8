"""How wide text will be, from the advances of the fonts we ship: close enough to choose a line for it.

Kerning is left out and makes real text a little narrower; scripts that we do not ship are counted generously.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont, woff2

# Ems for a character of a script that we do not ship; wide ones are ideographs, kana and hangul.
_WIDE: Final = 1.0
_OTHER: Final = 0.8


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: the advance of each character it covers, in ems."""

    advances: Mapping[int, float]


@lru_cache(maxsize=32)
def face(path: Path, optical_size: float | None = None) -> Face:
    """Read a font file (TrueType, OpenType, WOFF or WOFF2). Kept for the life of the process.

    A variable font is read as it is drawn at that optical size, in points, else as it is drawn by itself.
    """
    with TTFont(path, lazy=True) as font:
        em = float(font["head"].unitsPerEm)
        letters = font.getBestCmap().items()
        if optical_size is not None:
            drawn = font.getGlyphSet(location={"opsz": optical_size})
            return Face({number: drawn[name].width / em for number, name in letters})
        metrics = font["hmtx"].metrics
        return Face({number: metrics[name][0] / em for number, name in letters})


@lru_cache(maxsize=64)
def unpacked(path: Path) -> bytes:
    """A font file as whoever draws with it takes it: WOFF2 is packed for the wire. Kept for the life of the process.

    To unpack the faces of a packet takes a quarter of the time that its designed pages take.
    """
    packed = path.read_bytes()
    if not packed.startswith(b"wOF2"):
        return packed
    font = BytesIO()
    woff2.decompress(BytesIO(packed), font)
    return font.getvalue()


class Ruler:
    """Measures text set in the first of several fonts that has each character, as the press will set it."""

    def __init__(self, fonts: Sequence[Path], optical_size: float | None = None) -> None:
        self._advances: dict[str, float] = {}
        for path in reversed(fonts):
            self._advances.update((chr(number), width) for number, width in face(path, optical_size).advances.items())

    def covers(self, text: str) -> bool:
        """Whether all of the text is in scripts that we ship a face for."""
        return all(character in self._advances or character.isspace() for character in text)

    def width(self, text: str, size: float) -> float:
        """Width of one line of text, in the unit of `size`. Kerning is left out."""
        try:
            return sum(map(self._advances.__getitem__, text)) * size
        except KeyError:
            advances = self._advances
            return sum(advances[one] if one in advances else _guess(one) for one in text) * size


def _guess(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER
