"""Automatic numbering of Word: numbering.xml counted as Word counts it (ECMA-376, part 1, 17.9)."""

import re
from dataclasses import dataclass, field
from typing import Final

from petition.uploads.numerals import numeral
from petition.uploads.trees import Element

_LEVELS: Final = 9
_PLACE: Final = re.compile(r"%([1-9])")


@dataclass(slots=True)
class Level:
    """One level of a list: where it starts, how its numbers are written, and what stands around them."""

    start: int = 1
    style: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None
    paragraph_style: str = ""


@dataclass(slots=True)
class _List:
    levels: list[Level] = field(default_factory=lambda: [Level() for _ in range(_LEVELS)])
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass(frozen=True, slots=True)
class Number:
    """A paragraph's number as shown, or that it has a bullet."""

    label: str
    bullet: bool


class Numbering:
    """All lists of one document, and how far each has counted. Paragraphs must come in order."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._abstract: dict[str, str] = {}
        self._overrides: dict[str, dict[int, tuple[int | None, Level | None]]] = {}
        self._begun: set[str] = set()
        for one in root.elements() if root else ():
            if one.name == "abstractNum":
                self._lists[one.get("abstractNumId")] = _read_list(one)
            elif one.name == "num":
                self._read_num(one)

    def level_of_style(self, number_id: str, style: str) -> int:
        """The level of a list that belongs to a paragraph style; 0 where none says so."""
        numbered = self._lists.get(self._abstract.get(number_id, ""))
        levels = numbered.levels if numbered else []
        return next((place for place, level in enumerate(levels) if level.paragraph_style == style), 0)

    def next(self, number_id: str, place: int) -> Number | None:
        """The number of the next paragraph on this level of a list; None if there is no such list."""
        numbered = self._lists.get(self._abstract.get(number_id, ""))
        if numbered is None or not 0 <= place < _LEVELS:
            return None
        self._begin(number_id, numbered)
        level = self._level(number_id, numbered, place)
        counts = numbered.counts
        counts[place] = level.start if counts[place] is None else (counts[place] or 0) + 1
        for deeper in range(place + 1, _LEVELS):
            restart = numbered.levels[deeper].restart
            if restart is None or place < restart:
                counts[deeper] = None
        if level.style == "bullet":
            return Number("", bullet=True)
        return Number(self._label(number_id, numbered, level), bullet=False)

    def _label(self, number_id: str, numbered: _List, level: Level) -> str:
        def written(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            other = self._level(number_id, numbered, place)
            count = numbered.counts[place]
            return numeral(other.start if count is None else count, "decimal" if level.legal else other.style)

        return _PLACE.sub(written, level.text).strip()[:100]

    def _level(self, number_id: str, numbered: _List, place: int) -> Level:
        override = self._overrides[number_id].get(place, (None, None))[1]
        return override or numbered.levels[place]

    def _begin(self, number_id: str, numbered: _List) -> None:
        if number_id in self._begun:
            return
        self._begun.add(number_id)
        for place, (start, level) in self._overrides[number_id].items():
            begin = start if start is not None else level.start if level else None
            if begin is not None:
                numbered.counts[place] = begin - 1
                numbered.counts[place + 1 :] = [None] * (_LEVELS - place - 1)

    def _read_num(self, num: Element) -> None:
        number_id = num.get("numId")
        abstract = num.child("abstractNumId")
        self._abstract[number_id] = abstract.get("val") if abstract else ""
        overrides = self._overrides.setdefault(number_id, {})
        for one in num.elements():
            if one.name == "lvlOverride" and (place := _whole(one.get("ilvl"), -1)) in range(_LEVELS):
                start, level = one.child("startOverride"), one.child("lvl")
                overrides[place] = (
                    _whole(start.get("val"), 1) if start else None,
                    _read_level(level) if level else None,
                )


def _read_list(abstract: Element) -> _List:
    numbered = _List()
    for one in abstract.elements():
        if one.name == "lvl" and (place := _whole(one.get("ilvl"), -1)) in range(_LEVELS):
            numbered.levels[place] = _read_level(one)
    return numbered


def _read_level(element: Element) -> Level:
    level = Level()
    for one in element.elements():
        value = one.get("val")
        match one.name:
            case "start":
                level.start = _whole(value, 1)
            case "numFmt":
                level.style = value
            case "lvlText":
                level.text = value
            case "isLgl":
                level.legal = value not in ("0", "false")
            case "lvlRestart":
                level.restart = _whole(value, 0)
            case "pStyle":
                level.paragraph_style = value
    return level


def _whole(value: str, otherwise: int) -> int:
    return int(value) if re.fullmatch(r"-?[0-9]{1,6}", value) else otherwise
