"""Styles and lists of an OpenDocument text, and how far each list has counted (OpenDocument 1.3, part 3, 16 and 19)."""

import re
from dataclasses import dataclass, field
from typing import Final

from petition.uploads.numerals import numeral
from petition.uploads.trees import Element

_FORMATS: Final = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "": "none",
}
_LEVELS: Final = 10
_CHAIN: Final = 20
_BOLD_FROM: Final = 600


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says about text; None where it leaves that to its parent."""

    bold: bool | None = None
    italic: bool | None = None
    hidden: bool | None = None
    struck: bool | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """A style of paragraphs or characters."""

    parent: str
    shown_name: str
    outline: int
    look: Look


@dataclass(slots=True)
class Level:
    """One level of a list: what stands around its numbers, and how many levels are written."""

    bullet: bool = False
    style: str = "decimal"
    prefix: str = ""
    suffix: str = ""
    levels: int = 1
    start: int = 1


class Styles:
    """The styles of styles.xml and the automatic ones of content.xml."""

    def __init__(self, *roots: Element | None) -> None:
        self._styles: dict[tuple[str, str], Style] = {}
        self._lists: dict[str, dict[int, Level]] = {}
        self.outline: dict[int, Level] = {}
        for root in roots:
            for one in root.every("style", "list-style", "outline-style") if root else ():
                if one.name == "style":
                    self._styles[one.get("family"), one.get("name")] = _style(one)
                elif one.name == "list-style":
                    self._lists[one.get("name")] = _levels(one)
                else:
                    self.outline = _levels(one)

    def levels(self, name: str) -> dict[int, Level]:
        """The levels of a list style, counted from 0; none for a style that does not exist."""
        return self._lists.get(name, {})

    def look(self, family: str, name: str) -> Look:
        """How text of this style looks, with what it has from its parents."""
        chain = self._chain(family, name)

        def first(values: list[bool | None]) -> bool:
            return next((value for value in values if value is not None), False)

        return Look(
            bold=first([one.look.bold for one in chain]),
            italic=first([one.look.italic for one in chain]),
            hidden=first([one.look.hidden for one in chain]),
            struck=first([one.look.struck for one in chain]),
        )

    def heading(self, name: str) -> int:
        """The level of heading that a paragraph style makes, or 0."""
        for one in self._chain("paragraph", name):
            if one.shown_name in ("title", "subtitle"):
                return 1 if one.shown_name == "title" else 2
            if one.outline:
                return one.outline
        return 0

    def is_quotation(self, name: str) -> bool:
        """Whether a paragraph style is that of quotations."""
        return any(one.shown_name == "quotations" for one in self._chain("paragraph", name))

    def _chain(self, family: str, name: str) -> list[Style]:
        chain: list[Style] = []
        while (family, name) in self._styles and len(chain) < _CHAIN:
            chain.append(self._styles[family, name])
            name = chain[-1].parent
        return chain


def _style(element: Element) -> Style:
    text = element.child("text-properties")
    weight, slant = (text.get("font-weight"), text.get("font-style")) if text else ("", "")
    display, line = (text.get("display"), text.get("text-line-through-style")) if text else ("", "")
    heavy = weight == "bold" or (weight.isdigit() and int(weight[:4]) >= _BOLD_FROM)
    outline = element.get("default-outline-level")
    name = element.get("display-name") or element.get("name")
    return Style(
        parent=element.get("parent-style-name"),
        shown_name=name.replace("_20_", " ").lower(),
        outline=int(outline) if re.fullmatch("[1-9]", outline) else 0,
        look=Look(
            bold=heavy if weight else None,
            italic=slant in ("italic", "oblique") if slant else None,
            hidden=display == "none" if display else None,
            struck=line != "none" if line else None,
        ),
    )


def _levels(element: Element) -> dict[int, Level]:
    found = {}
    for one in element.elements():
        place = whole(one.get("level"), 0) - 1
        if place not in range(_LEVELS):
            continue
        found[place] = Level(
            bullet="number" not in one.name and one.name != "outline-level-style",
            style=_FORMATS.get(one.get("num-format"), "decimal"),
            prefix=one.get("num-prefix"),
            suffix=one.get("num-suffix"),
            levels=whole(one.get("display-levels"), 1),
            start=whole(one.get("start-value"), 1),
        )
    return found


def whole(value: str, otherwise: int) -> int:
    """The value as a number of at most six digits, or what stands for it."""
    return int(value) if re.fullmatch(r"[0-9]{1,6}", value) else otherwise


@dataclass(slots=True)
class Counting:
    """One list on its way through the document: the numbers that its levels have reached."""

    levels: dict[int, Level]
    series: str
    counts: dict[int, int] = field(default_factory=dict)

    def next(self, place: int, start: int | None = None) -> tuple[str, bool]:
        """The label of the next item on this level, and whether it is a bullet instead."""
        level = self.levels.get(place, Level(bullet=True))
        if start is not None:
            self.counts[place] = start
        else:
            self.counts[place] = self.counts[place] + 1 if place in self.counts else level.start
        self.leave(place)
        if level.bullet:
            return "", True
        if level.style == "none":
            return (level.prefix + level.suffix).strip()[:100], False
        first = max(0, place - max(1, level.levels) + 1)
        numbers = [self._written(one) for one in range(first, place + 1)]
        label = ".".join(number for number in numbers if number)
        return f"{level.prefix}{label}{level.suffix}".strip()[:100], False

    def leave(self, place: int) -> None:
        """Forget the numbers below this level: the next item there begins anew."""
        for deeper in [one for one in self.counts if one > place]:
            del self.counts[deeper]

    def _written(self, place: int) -> str:
        level = self.levels.get(place, Level())
        return "" if level.bullet else numeral(self.counts.get(place, level.start), level.style)
