"""Setting a list page by page: each text shaped once where it comes again, placed on the grid, and written at once.

Runs in the press's child. The page of the HTML with the listing's anchor is its sample: it says where things stand
on the grid, in which face and color. That page is replaced by as many as the list takes; a section of the class
`listing-rest` behind it stands for all but the first, so that page numbers count on.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import IO, Any, Final

from petition.pdf.fitting import CONDENSED
from petition.pdf.grid import SLOT_HEIGHT, GridPage, Heading, Item, Remark, Row, paginate
from petition.pdf.innards import ARTIFACT, OwnPage, Sample, Shaper
from petition.pdf.kept import Kept
from petition.pdf.pieces import Column, Pen, Texts, exact, figure, top
from petition.pdf.spool import Line, Section
from petition.pdf.structure import HEADING, PARAGRAPH, begin, numbered

#: Margin boxes of the sample whose text changes from page to page.
GUIDE: Final = "@top-left"
FOOT: Final = "@bottom-right"
_MOST_DESIGNED: Final = 600  # pages of HTML beside the list, for which a total is known
_LEVEL: Final = 6  # of zlib: 9 takes twice the time for two bytes in a hundred


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


class _Writer:
    """Writes the content of one page after the other."""

    def __init__(self, sample: Sample, fonts: dict[str, Any], page_of_pages: str, total: int) -> None:
        self._sample, self._page_of_pages, self._total = sample, page_of_pages, total
        parts = sample.parts
        self._guide, self._foot = (Texts(parts[name], fonts, 8, aloud=False) for name in (GUIDE, FOOT))
        self._names, self._remarks = (Texts(parts[name], fonts, 20_000) for name in ("name", "comment"))
        self._places, self._upright = (Texts(parts[name], fonts, 20_000) for name in ("place", "upright"))
        self._days, self._headings = (Texts(parts[name], fonts, 2_000) for name in ("day", "heading"))
        self._counts = Texts(parts["count"], fonts, 200)
        self._frames: dict[int, str] = {}
        self._at_number = False
        self._pen = Pen()
        self._columns = [Column(sample, 0.0), Column(sample, sample.column_step)]
        self._digits(Shaper(parts["number"].style, fonts))

    def _digits(self, shaper: Shaper) -> None:
        """The ten figures stand in a table: all as wide as each other, and no pair of them closer."""
        shaped = [shaper.shape(figure) for figure in "0123456789"]
        self._figure_face, self._figure_width = shaped[0].face, shaped[0].width
        self._gap = shaper.space()[1:-1]
        self._figures = {
            ord(str(value)): one.glyphs.partition("(")[2].rpartition(")")[0] for value, one in enumerate(shaped)
        }

    def content(self, page: GridPage, number: int, own: OwnPage, stream: Any) -> str:
        """The page's content, and its headings in the outline."""
        columns = 2 if page.columns[1] else 1
        if columns not in self._frames:
            self._frames[columns] = self._sample.draw_frame(stream, columns)
        out: list[str] = []
        rules: list[str] = []
        self._at_number = False
        self._pen.reset()
        for column, items in zip(self._columns, page.columns, strict=True):
            self._column(items, column, out, rules, own)
        frame = [" ".join(ARTIFACT), "BDC", f"/{self._frames[columns]} Do", *rules, "EMC"]
        drawn = [*frame, "BT", *out, *ARTIFACT, "BDC", *self._margins(page, number), "EMC", "ET"]
        content, own.passages = numbered("\n".join(drawn))
        return content

    def _column(self, items: tuple[Item, ...], column: Column, out: list[str], rules: list[str], own: OwnPage) -> None:
        """A group's part of a column is one paragraph."""
        reading = False
        for item in items:
            if type(item) is Heading:
                if reading:
                    out.append("EMC")
                reading = self._at_number = False
                out.append(begin(HEADING))
                self._heading(item, column, out, rules, own)
                out.append("EMC")
                continue
            if not reading:
                reading = True
                out.append(begin(PARAGRAPH))
            if type(item) is Row:
                self._row(item, column, out)
            elif type(item) is Remark:
                self._at_number = False
                part = self._remarks.part
                move = self._pen.to(column.comment, column.heights["comment"][item.slot])
                out.append(f"{part.color} {move} {self._remarks.operators(item.text)}")
        if reading:
            out.append("EMC")

    def _row(self, row: Row, column: Column, out: list[str]) -> None:
        slot, number, day, shape = row
        figures = str(number)
        names = column.names
        move = self._pen.to(column.number(len(figures), self._figure_width), column.numbers[slot])
        # Behind another entry's day, color and face are the number's already.
        begin = "" if self._at_number else f"{self._days.part.color} {self._figure_face}"
        self._at_number = True
        shown = [f"{begin}{move}({figures.translate(self._figures)}{self._gap})Tj {self._names.part.color}"]
        for text in shape.names:
            # Only the last of a name's pieces is followed by something else.
            operators = self._names.operators(text) if text is shape.names[-1] else self._names.shaped(text).operators
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

    def _place(self, text: str, upright: bool, condensed: bool, column: Column, slot: int) -> str:
        if not text:
            return ""
        known = column.places.get((text, upright, condensed))
        if known is None:
            texts = self._upright if upright else self._places
            shaped = texts.shaped(text)
            width = shaped.width * (CONDENSED if condensed else 1)
            operators = texts.parted(text)
            if condensed:
                operators = f"92 Tz {operators} 100 Tz"
            known = exact(column.right("place") - width), operators
            column.places[text, upright, condensed] = known
        return f"{self._pen.to(known[0], column.heights['place'][slot])} {known[1]}"

    def _day(self, day: date, column: Column, slot: int) -> str:
        known = column.days.get(day)
        if known is None:
            text = f"{day.month}-{day.day:02d}"
            known = exact(column.right("day") - self._days.shaped(text).width), self._days.parted(text)
            column.days[day] = known
        return f"{self._days.part.color} {self._pen.to(known[0], column.heights['day'][slot])} {known[1]}"

    def _heading(self, heading: Heading, column: Column, out: list[str], rules: list[str], own: OwnPage) -> None:
        count = f"{heading.count:,}"
        left = self._headings.part.left + column.step
        y = column.height("heading", heading.slot)
        move = self._pen.to(exact(left), exact(y))
        out.append(f"{self._headings.part.color} {move} {self._headings.parted(heading.name)}")
        x = column.right("count") - self._counts.shaped(count).width
        move = self._pen.to(exact(x), exact(column.height("count", heading.slot)))
        out.append(f"{self._counts.part.color} {move} {self._counts.parted(count)}")
        own.mark(heading.name, left, y + SLOT_HEIGHT)
        rule = self._sample.rule
        if rule is not None:
            bottom = rule.bottom + top(rule.slot) - top(heading.slot)
            corners = (rule.left + column.step, bottom, rule.width, rule.height)
            rules.append(f"{rule.color} {' '.join(map(figure, corners))} re f")

    def _margins(self, page: GridPage, number: int) -> Iterator[str]:
        guide = f"{page.first.group} {page.first.number}"
        if page.first != page.last:
            guide = f"{guide} – {page.last.group} {page.last.number}"
        foot = self._page_of_pages.replace("{page}", str(number)).replace("{pages}", str(self._total))
        for texts, text in ((self._guide, guide), (self._foot, foot)):
            shaped, part = texts.shaped(text), texts.part
            x = part.left if texts is self._guide else part.right - shaped.width
            move = self._pen.to(exact(x), exact(part.baseline))
            yield f"{part.color} {move} {shaped.operators}"
