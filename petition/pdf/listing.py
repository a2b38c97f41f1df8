"""Setting a list page by page: each text shaped once where it comes again, placed on the grid, and written at once.

Runs in the press's child. The page of the HTML with the listing's anchor is its sample: it says where things stand
on the grid, in which face and color. That page is replaced by as many as the list takes; a section of the class
`listing-rest` behind it stands for all but the first, so that page numbers count on.
"""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import IO, Any, Final

from petition.pdf.grid import (
    AIR,
    CONDENSED,
    SLOT_HEIGHT,
    SLOTS,
    SLOTS_TO_AIR,
    GridPage,
    Heading,
    Remark,
    Row,
    paginate,
)
from petition.pdf.innards import Kept, OwnPage, Part, Sample, Shaped, Shaper, show
from petition.pdf.spool import Line, Section

#: Margin boxes of the sample whose text changes from page to page.
GUIDE: Final = "@top-left"
FOOT: Final = "@bottom-right"
_MOST_DESIGNED: Final = 600  # pages of HTML beside the list, for which a total is known
_LEVEL: Final = 6  # of zlib: 9 takes twice the time for two bytes in a hundred

# Written from right to left: shaped as a whole, since its words stand in another order than they are read.
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]")
# Scripts in which a glyph is not a letter: readers need to be told what it says. From Devanagari to Tibetan and
# Burmese, and Khmer. Not what is written from right to left: poppler 22.12 turns that round.
_SYLLABLES: Final = re.compile("[\u0900-\u109f\u1780-\u17ff\u1a20-\u1cff\ua8e0-\uabff]")


@dataclass(frozen=True, slots=True)
class SpooledGroup:
    """A group whose entries are on disk, with characters that no font has written as their code points."""

    code: str
    name: str
    section: Section
    spelled: Mapping[int, str]

    @property
    def entries(self) -> Any:
        """The entries."""
        return _Spelled(self.section, self.spelled) if self.spelled else self.section


class _Spelled:
    def __init__(self, section: Section, spelled: Mapping[int, str]) -> None:
        self._section, self._spelled = section, spelled

    def __len__(self) -> int:
        return len(self._section)

    def __iter__(self) -> Any:
        table = self._spelled
        for number, name, place, day, comment in self._section:
            yield Line(number, name.translate(table), place.translate(table), day, comment.translate(table))


def groups_of(said: Mapping[str, Any]) -> list[SpooledGroup]:
    """The groups of a listing as the press's job has them."""
    path = Path(said["spool"])
    spelled = {ord(character): text for character, text in said["spelled"].items()}
    return [
        SpooledGroup(code, name, Section(path, offset, count), spelled) for code, name, offset, count in said["groups"]
    ]


def counting_on(pages: int) -> StringIO:
    """The style sheet that counts so many pages of a list where the HTML has one or two."""
    placeholders = min(pages, 2)
    totals = " ".join(f'"{designed - placeholders + pages}"' for designed in range(1, _MOST_DESIGNED))
    rest = f"@page listing-rest {{ counter-increment: page {pages - 1} }}" if pages > 1 else ""
    shown = "page: listing-rest; break-before: page" if pages > 1 else "display: none"
    return StringIO(f"@counter-style total {{ system: fixed 1; symbols: {totals} }} {rest} .listing-rest {{ {shown} }}")


def set_in(
    document: Any, said: Mapping[str, Any], groups: list[SpooledGroup], pages: int, file: IO[bytes],
    tell: Callable[[int, int], None],
) -> None:  # fmt: skip
    """Put the list's pages in the place of its sample. They are drawn when the document is written, kept in `file`."""
    at = next(number for number, page in enumerate(document.pages) if said["anchor"] in page.anchors)
    sample = Sample(document.pages[at], (GUIDE, FOOT))
    total = len(document.pages) - min(pages, 2) + pages
    writer = _Writer(sample, document.fonts, said["page_of_pages"], total)
    coming = paginate(groups)
    done = 0

    def paint(page: OwnPage, stream: Any) -> Kept:
        nonlocal done
        done += 1
        content = writer.content(next(coming), at + done, page, stream)
        tell(done, pages)
        return Kept(file, zlib.compress(content.encode("latin-1"), _LEVEL))

    document.pages[at : at + min(pages, 2)] = [OwnPage(sample, number == 0, paint) for number in range(pages)]


def _figure(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _exact(value: float) -> int:
    """In hundredths of a point: differences of such places add up without loss."""
    return round(value * 100)


class _Pen:
    """Where the text's line begins, and the operators that move it: from place to place, which is shorter than where."""

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
                moves[move] = _figure(move / 100)
        return f"{moves[right]} {moves[up]} Td"


class _Texts:
    """Texts of one part of the sample, shaped once each as long as they are kept in mind."""

    def __init__(self, part: Part, fonts: dict[str, Any], kept: int) -> None:
        self.part = part
        self._shaper = Shaper(part.style, fonts)
        self.shaped = lru_cache(kept)(self._shape)
        self._words: dict[str, str] = {}
        self._face = self._shaper.shape("n").face
        self._space = self._shaper.space()

    def _shape(self, text: str) -> Shaped:
        shaped = self._shaper.shape(text)
        if _SYLLABLES.search(text) and not _RIGHT_TO_LEFT.search(text):
            read = ("\ufeff" + text).encode("utf-16-be").hex()
            shown = f"/Span<</ActualText<{read}>>>BDC {shaped.operators} EMC"
            return Shaped(shaped.width, shown, "", "")
        return shaped

    def operators(self, text: str) -> str:
        """What shows this text where the text matrix is: word by word where it stays in the part's own face."""
        words = self._words
        try:
            glyphs = self._space.join([words[word] for word in text.split(" ")])
        except KeyError:
            return self._learn(text)
        return show(self._face, glyphs.replace(")(", ""))

    def _learn(self, text: str) -> str:
        known = True
        for word in text.split(" "):
            if word and word not in self._words:
                shaped = self._shaper.shape(word) if self._space and not _RIGHT_TO_LEFT.search(word) else None
                if shaped is not None and shaped.face == self._face:
                    self._words[word] = shaped.glyphs
                else:
                    known = False
        if known and all(text.split(" ")):
            return self.operators(text)
        return self.shaped(text).operators


class _Writer:
    """Writes the content of one page after the other."""

    def __init__(self, sample: Sample, fonts: dict[str, Any], page_of_pages: str, total: int) -> None:
        self._sample, self._page_of_pages, self._total = sample, page_of_pages, total
        parts = sample.parts
        self._guide, self._foot = (_Texts(parts[name], fonts, 8) for name in (GUIDE, FOOT))
        self._names, self._remarks = (_Texts(parts[name], fonts, 20_000) for name in ("name", "comment"))
        self._places, self._upright = (_Texts(parts[name], fonts, 20_000) for name in ("place", "upright"))
        self._days, self._headings = (_Texts(parts[name], fonts, 2_000) for name in ("day", "heading"))
        self._counts = _Texts(parts["count"], fonts, 200)
        self._frames: dict[int, str] = {}
        self._at_number = False
        self._pen = _Pen()
        self._columns = [_Column(sample, 0.0), _Column(sample, sample.column_step)]
        self._digits(Shaper(parts["number"].style, fonts))

    def _digits(self, shaper: Shaper) -> None:
        """The ten figures stand in a table: all as wide as each other, and no pair of them closer."""
        shaped = [shaper.shape(figure) for figure in "0123456789"]
        self._figure_face, self._figure_width = shaped[0].face, shaped[0].width
        self._figures = {
            ord(str(value)): one.glyphs.partition("(")[2].rpartition(")")[0] for value, one in enumerate(shaped)
        }

    def content(self, page: GridPage, number: int, own: OwnPage, stream: Any) -> str:
        """The page's content, and its headings in the outline."""
        columns = 2 if page.columns[1] else 1
        if columns not in self._frames:
            self._frames[columns] = self._sample.draw_frame(stream, columns)
        out = ["BT"]
        rules: list[str] = []
        self._at_number = False
        self._pen.reset()
        for column, items in zip(self._columns, page.columns, strict=True):
            for item in items:
                if type(item) is Row:
                    self._row(item, column, out)
                    continue
                self._at_number = False
                if type(item) is Remark:
                    part = self._remarks.part
                    y = column.heights["comment"][item.slot]
                    move = self._pen.to(column.comment, y)
                    out.append(f"{part.color} {move} {self._remarks.operators(item.text)}")
                elif type(item) is Heading:
                    self._heading(item, column, out, rules, own)
        self._margins(page, number, out)
        out.append("ET")
        return "\n".join([f"/{self._frames[columns]} Do", *rules, *out])

    def _row(self, row: Row, column: "_Column", out: list[str]) -> None:
        slot, number, day, shape = row
        figures = str(number)
        names = column.names
        move = self._pen.to(column.number(len(figures), self._figure_width), column.numbers[slot])
        # Behind another entry's day, color and face are the number's already.
        begin = "" if self._at_number else f"{self._days.part.color} {self._figure_face}"
        self._at_number = True
        shown = [f"{begin}{move}({figures.translate(self._figures)})Tj {self._names.part.color}"]
        for text in shape.names:
            operators = self._names.operators(text)
            if shape.name_condensed:
                operators = f"92 Tz {operators} 100 Tz"
            shown.append(f"{self._pen.to(column.name, names[slot])} {operators}")
            slot += 1
        if shape.shared:
            slot -= 1
        for text in shape.places:
            shown.append(self._place(text, shape.upright, shape.place_condensed, column, slot))
            slot += 1
        shown.append(self._day(day, column, slot - 1))
        out.append(" ".join(shown))

    def _place(self, text: str, upright: bool, condensed: bool, column: "_Column", slot: int) -> str:
        if not text:
            return ""
        known = column.places.get((text, upright, condensed))
        if known is None:
            shaped = (self._upright if upright else self._places).shaped(text)
            width = shaped.width * (CONDENSED if condensed else 1)
            operators = f"92 Tz {shaped.operators} 100 Tz" if condensed else shaped.operators
            known = _exact(column.right("place") - width), operators
            column.places[text, upright, condensed] = known
        return f"{self._pen.to(known[0], column.heights['place'][slot])} {known[1]}"

    def _day(self, day: date, column: "_Column", slot: int) -> str:
        known = column.days.get(day)
        if known is None:
            shaped = self._days.shaped(f"{day.month}-{day.day:02d}")
            known = _exact(column.right("day") - shaped.width), shaped.operators
            column.days[day] = known
        return f"{self._days.part.color} {self._pen.to(known[0], column.heights['day'][slot])} {known[1]}"

    def _heading(self, heading: Heading, column: "_Column", out: list[str], rules: list[str], own: OwnPage) -> None:
        name, count = self._headings.shaped(heading.name), self._counts.shaped(f"{heading.count:,}")
        left = self._headings.part.left + column.step
        y = column.height("heading", heading.slot)
        move = self._pen.to(_exact(left), _exact(y))
        out.append(f"{self._headings.part.color} {move} {name.operators}")
        x = column.right("count") - count.width
        move = self._pen.to(_exact(x), _exact(column.height("count", heading.slot)))
        out.append(f"{self._counts.part.color} {move} {count.operators}")
        own.mark(heading.name, left, y + SLOT_HEIGHT)
        rule = self._sample.rule
        if rule is not None:
            bottom = rule.bottom + _top(rule.slot) - _top(heading.slot)
            corners = (rule.left + column.step, bottom, rule.width, rule.height)
            rules.append(f"{rule.color} {' '.join(map(_figure, corners))} re f")

    def _margins(self, page: GridPage, number: int, out: list[str]) -> None:
        guide = f"{page.first.group} {page.first.number}"
        if page.first != page.last:
            guide = f"{guide} – {page.last.group} {page.last.number}"
        foot = self._page_of_pages.replace("{page}", str(number)).replace("{pages}", str(self._total))
        for texts, text in ((self._guide, guide), (self._foot, foot)):
            shaped, part = texts.shaped(text), texts.part
            x = part.left if texts is self._guide else part.right - shaped.width
            move = self._pen.to(_exact(x), _exact(part.baseline))
            out.append(f"{part.color} {move} {shaped.operators}")


class _Column:
    """Where the parts stand in one of the two columns, in hundredths of a point."""

    def __init__(self, sample: Sample, step: float) -> None:
        self.step = step
        self._parts = sample.parts
        self.heights = {
            part: [_exact(self.height(part, slot)) for slot in range(SLOTS)]
            for part in ("number", "name", "place", "day", "comment")
        }
        self.numbers, self.names = self.heights["number"], self.heights["name"]
        self.name = _exact(sample.parts["name"].left + step)
        self.comment = _exact(sample.parts["comment"].left + step)
        self.places: dict[tuple[str, bool, bool], tuple[int, str]] = {}
        self.days: dict[date, tuple[int, str]] = {}
        self._begins: dict[int, int] = {}

    def height(self, part: str, slot: int) -> float:
        """The baseline of that part in that slot."""
        one = self._parts[part]
        return one.baseline + _top(one.slot) - _top(slot)

    def right(self, part: str) -> float:
        """The right edge of that part."""
        return self._parts[part].right + self.step

    def number(self, figures: int, width: float) -> int:
        """Where a number of so many figures begins."""
        if figures not in self._begins:
            self._begins[figures] = _exact(self.right("number") - figures * width)
        return self._begins[figures]


def _top(slot: int) -> float:
    return slot * SLOT_HEIGHT + slot // SLOTS_TO_AIR * AIR
