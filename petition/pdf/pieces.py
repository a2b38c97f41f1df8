"""Texts of a list ready to be shown, and the places where they stand: each reckoned once where it comes again."""

import re
from datetime import date
from functools import lru_cache
from typing import Any, Final

from petition.pdf.glyphs import show
from petition.pdf.grid import AIR, SLOT_HEIGHT, SLOTS, SLOTS_TO_AIR
from petition.pdf.innards import Part, Sample, Shaped, Shaper
from petition.pdf.structure import said_as

# Written from right to left: shaped as a whole, since its words stand in another order than they are read.
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]")
# Scripts in which a glyph is not a letter: readers need to be told what it says. From Devanagari to Tibetan and
# Burmese, and Khmer. Not what is written from right to left: poppler 22.12 turns that round.
_SYLLABLES: Final = re.compile("[\u0900-\u109f\u1780-\u17ff\u1a20-\u1cff\ua8e0-\uabff]")
#: Words that are kept: 20 MB of them. A national roster has several times as many, most of them once.
_MOST_WORDS: Final = 100_000


def figure(value: float) -> str:
    """A number as a PDF has it, to the hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def exact(value: float) -> int:
    """In hundredths of a point: differences of such places add up without loss."""
    return round(value * 100)


class Pen:
    """Where the text's line begins, and the operators that move it from place to place."""

    def __init__(self) -> None:
        self._moves: dict[int, str] = {}
        self._x = self._y = 0

    def reset(self) -> None:
        """A new page begins at its lower left corner."""
        self._x = self._y = 0

    def to(self, x: int, y: int) -> str:
        """Move to that place, in hundredths of a point."""
        right, up = x - self._x, y - self._y
        self._x, self._y = x, y
        moves = self._moves
        for move in (right, up):
            if move not in moves:
                moves[move] = figure(move / 100)
        return f"{moves[right]} {moves[up]} Td"


class Texts:
    """Texts of one part of the sample, shaped once each as long as they are kept in mind."""

    def __init__(self, part: Part, fonts: dict[str, Any], kept: int, *, aloud: bool = True) -> None:
        self.part = part
        self._aloud = aloud
        self._shaper = Shaper(part.style, fonts)
        self.shaped = lru_cache(kept)(self._shape)
        self._words: dict[str, str] = {}
        self._face = self._shaper.shape("n").face
        self._space = self._shaper.space()

    def _shape(self, text: str) -> Shaped:
        shaped = self._shaper.shape(text)
        if self._aloud and _SYLLABLES.search(text) and not _RIGHT_TO_LEFT.search(text):
            return Shaped(shaped.width, said_as(text, shaped.operators), "", "")
        return shaped

    def parted(self, text: str) -> str:
        """What shows it, and a space behind it: to whoever reads without looking, places alone do not part words."""
        shaped = self.shaped(text)
        if not self._space or text.endswith(" "):
            return shaped.operators
        if shaped.face == self._face:
            return show(self._face, (shaped.glyphs + self._space).replace(")(", ""))
        return f"{shaped.operators} {self._face}{self._space}Tj".lstrip()

    def operators(self, text: str) -> str:
        """The same of this text, word by word where it stays in the part's own face."""
        words = self._words
        try:
            glyphs = self._space.join([*[words[word] for word in text.split(" ")], ""])
        except KeyError:
            return self._learn(text)
        return show(self._face, glyphs.replace(")(", ""))

    def _learn(self, text: str) -> str:
        known = True
        if len(self._words) > _MOST_WORDS:
            self._words.clear()
        for word in text.split(" "):
            if word and word not in self._words:
                shaped = self._shaper.shape(word) if self._space and not _RIGHT_TO_LEFT.search(word) else None
                if shaped is not None and shaped.face == self._face:
                    self._words[word] = shaped.glyphs
                else:
                    known = False
        if known and all(text.split(" ")):
            return self.operators(text)
        return self.parted(text)


class Column:
    """Where the parts stand in one of the two columns, in hundredths of a point."""

    def __init__(self, sample: Sample, step: float) -> None:
        self.step = step
        self._parts = sample.parts
        self.heights = {
            part: [exact(self.height(part, slot)) for slot in range(SLOTS)]
            for part in ("number", "name", "place", "day", "comment")
        }
        self.numbers, self.names = self.heights["number"], self.heights["name"]
        self.name = exact(sample.parts["name"].left + step)
        self.comment = exact(sample.parts["comment"].left + step)
        self.places: dict[tuple[str, bool, bool], tuple[int, str]] = {}
        self.days: dict[date, tuple[int, str]] = {}
        self._begins: dict[int, int] = {}

    def height(self, part: str, slot: int) -> float:
        """The baseline of that part in that slot."""
        one = self._parts[part]
        return one.baseline + top(one.slot) - top(slot)

    def right(self, part: str) -> float:
        """The right edge of that part."""
        return self._parts[part].right + self.step

    def number(self, figures: int, width: float) -> int:
        """Where a number of so many figures begins."""
        if figures not in self._begins:
            self._begins[figures] = exact(self.right("number") - figures * width)
        return self._begins[figures]


def top(slot: int) -> float:
    """How far below the first slot that one is, in points."""
    return slot * SLOT_HEIGHT + slot // SLOTS_TO_AIR * AIR
