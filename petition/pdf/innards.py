"""Everything that we use of WeasyPrint beyond what it promises: text shaping, drawing, and pages of our own.

Written for WeasyPrint 70 and pydyf 0.13, to which the packages are pinned. tests/test_listing_pages.py compares what is
set by way of this module with the same entries set as plain HTML, so that another version cannot change it unseen.
Positions that leave this module are in points, from the lower left corner of the page.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import pydyf
from weasyprint import Page
from weasyprint.draw import draw_page
from weasyprint.draw.text import draw_first_line
from weasyprint.formatting_structure.boxes import MarginBox, TextBox
from weasyprint.matrix import Matrix
from weasyprint.pdf.stream import Stream
from weasyprint.text.line_break import Layout, line_size

from petition.pdf.glyphs import compact, figures_of, literal, show

POINTS: Final = 0.75  # of a CSS pixel
#: Marks what is on a page because it is a page: tag and properties (ISO 32000-1, 14.8.2.2).
ARTIFACT: Final = ("/Artifact", "<</Type/Pagination>>")


class Shaped(NamedTuple):
    """A text ready to be shown: its width in points, and the operators that show it where the text matrix is.

    `glyphs` is what TJ shows where it is all in one face, `face` the operator that chooses it. Characters are bytes.
    """

    width: float
    operators: str
    face: str
    glyphs: str


@dataclass(frozen=True, slots=True)
class Part:
    """A text of the sample: its style, where its baseline begins and ends, its slot, and the operator for its color."""

    style: Any
    left: float
    right: float
    baseline: float
    slot: int
    color: str


@dataclass(frozen=True, slots=True)
class Rule:
    """The line below a heading, in the first column."""

    left: float
    bottom: float
    width: float
    height: float
    slot: int
    color: str


class Shaper:
    """Shapes texts of one style with Pango, as WeasyPrint does: with its fallback of faces and its directions."""

    def __init__(self, style: Any, fonts: dict[str, Any]) -> None:
        self._style = style
        self._layout = Layout(style)
        self._stream = _Recorder(fonts, None, None, None, None, {}, None)
        self._box = _Line(style, self._layout)

    def shape(self, text: str) -> Shaped:
        """The text on one line."""
        if not text.strip():
            # Nothing to see, and WeasyPrint draws nothing; it still takes its room.
            return Shaped(0.0, "", "", "")
        self._layout.set_text(text)
        self._box.text = text
        line, _ = self._layout.get_first_line()
        width, _ = line_size(line, self._style)
        stream = self._stream
        stream.begin()
        draw_first_line(stream, self._box, "clip", "none", Matrix(d=-1))
        face, glyphs = (stream.runs[0]) if len(stream.runs) == 1 else ("", "")
        return Shaped(width * POINTS, stream.operators(), face, glyphs)

    def space(self) -> str:
        """The glyph of a space in the style's own face; nothing if it has none."""
        self.shape("n n")
        figures = figures_of("".join(self._stream.written))
        # Four figures to a glyph, and the second of three.
        return f"({literal(figures[4:8])})" if len(figures) == 12 and len(self._stream.runs) == 1 else ""


class _Line:
    """What draw_first_line wants of a text box."""

    def __init__(self, style: Any, layout: Any) -> None:
        self.style, self.pango_layout = style, layout
        self.text = ""
        self.baseline = 0.0


class _Recorder(Stream):  # type: ignore[misc]
    """Keeps what would be written into a page."""

    def begin(self) -> None:
        self.runs: list[tuple[str, str]] = []
        self.written: list[str] = []
        self._face = ""
        self._rise = ""

    def operators(self) -> str:
        shown = " ".join(show(face, glyphs) for face, glyphs in self.runs)
        return f"{shown} {self._rise}".rstrip() if self._rise else shown

    def set_text_matrix(self, *_: float) -> None:
        pass

    def set_font_size(self, font: str, size: float) -> None:
        self._face = f"/{font} {_number(round(size * POINTS, 2))} Tf "

    def set_text_rise(self, height: float) -> None:
        self._rise = f"{_number(height * POINTS)} Ts "

    def show_text(self, text: str) -> None:
        if text:
            self.written.append(text)
            self.runs.append((self._rise + self._face, compact(text)))
        self._rise = ""


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _color(style: Any) -> str:
    return " ".join(_number(value) for value in style["color"].to("srgb").coordinates) + " rg"


class Sample:
    """The page of the HTML that shows how a list is set: its parts, and its frame without them.

    Parts are elements with the attribute data-part (and data-slot where they stand on the grid), and the page's margin
    boxes by their names, such as @top-left. Its columns are the elements of the class col.
    """

    def __init__(self, page: Any, replaced: tuple[str, ...]) -> None:
        self.parts: dict[str, Part] = {}
        self.rule: Rule | None = None
        self.width, self.height = page.width * POINTS, page.height * POINTS
        self._page = page
        self._nothing = page._page_box.copy_with_children([])
        self._columns: list[Any] = []
        self._walk(page._page_box, "", replaced)
        self.column_step = (self._columns[1].position_x - self._columns[0].position_x) * POINTS

    def _walk(self, box: Any, margin: str, replaced: tuple[str, ...]) -> None:
        if isinstance(box, MarginBox):
            margin = box.at_keyword
        element = box.element
        if element is not None and "col" in (element.get("class") or "").split() and box.element_tag == element.tag:
            self._columns.append(box)
        said = element.get("data-part") if element is not None and not margin else None
        if isinstance(box, TextBox):
            part = margin if margin in replaced else said
            if part:
                found = self._part(box)
                before = self.parts.get(part, found)
                self.parts[part] = replace(before, right=max(before.right, found.right))
            if part or not margin:
                # What is drawn in its place comes later; a blank is never drawn.
                box.text = " "
        elif said and getattr(box, "border_bottom_width", 0) and self.rule is None:
            self.rule = self._rule(box)
            box.border_bottom_width = 0
        for child in getattr(box, "children", ()):
            self._walk(child, margin, replaced)

    def _part(self, box: Any) -> Part:
        return Part(
            style=box.style,
            left=box.position_x * POINTS,
            right=(box.position_x + box.width) * POINTS,
            baseline=self.height - (box.position_y + box.baseline) * POINTS,
            slot=int(box.element.get("data-slot", "0")) if box.element is not None else 0,
            color=_color(box.style),
        )

    def _rule(self, box: Any) -> Rule:
        bottom = box.border_box_y() + box.border_height()
        style = {"color": box.style["border_bottom_color"]}
        if style["color"] == "currentcolor":
            style = box.style
        return Rule(
            left=box.border_box_x() * POINTS,
            bottom=self.height - bottom * POINTS,
            width=box.border_width() * POINTS,
            height=box.border_bottom_width * POINTS,
            slot=int(box.element.get("data-slot", "0")),
            color=_color(style),
        )

    def draw_frame(self, stream: Any, columns: int) -> str:
        """Draw what all pages with so many columns have in common, once for the document; returns its name."""
        kept = self._columns[1].children
        if columns == 1:
            self._columns[1].children = ()
        frame = stream.add_group(0, 0, self.width, self.height)
        # It is drawn over nothing, so it needs no transparency group; and nothing of it is read aloud.
        del frame.extra["Group"]
        frame._tags = None
        frame.transform(d=-1, f=self.height)
        frame.transform(a=POINTS, d=POINTS)
        draw_page(self._page._page_box, frame)
        self._columns[1].children = kept
        return str(frame.id)


class OwnPage:
    """A page of a WeasyPrint document whose content is ours: `paint` is asked for it when the document is written."""

    def __init__(self, sample: Sample, first: bool, paint: Callable[["OwnPage", Any], pydyf.Object]) -> None:
        page = sample._page
        self.width, self.height, self.bleed = page.width, page.height, page.bleed
        self.bookmarks = [(1, *rest) for level, *rest in page.bookmarks if level == 1] if first else []
        self.anchors = page.anchors if first else {}
        self.links: list[Any] = []
        self.forms: dict[Any, Any] = {None: []}
        #: What is read aloud, as petition.pdf.structure has it.
        self.passages: list[str] = []
        self._paint = paint
        # What WeasyPrint would make structure elements of.
        self._page_box = sample._nothing

    def mark(self, label: str, left: float, top: float) -> None:
        """Have the outline name this place of the page, in points from the lower left."""
        self.bookmarks.append((2, label, (left / POINTS, self.height - top / POINTS), "open"))

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Called by WeasyPrint, once for each page, in their order."""
        del scale
        # In points from the lower left: what turned the page over is taken away.
        stream.stream = [self._paint(self, stream)]
        stream.compress = False
        stream.extra["Filter"] = "/FlateDecode"


class DesignedPage(Page):  # type: ignore[misc]
    """A page of the HTML, of whose margins nothing is read aloud.

    WeasyPrint marks running heads and feet as text, and makes structure elements of them that stand in no tree.
    """

    _page_box: Any

    def __init__(self, page: Any) -> None:
        self.__dict__.update(vars(page))

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Called by WeasyPrint, before it makes the structure elements of the page's boxes."""
        super().paint(stream, scale)
        marks, page = stream._tags, self._page_box
        if marks is None:
            return
        margins = [box for box in page.children if isinstance(box, MarginBox)]
        self._page_box = page.copy_with_children([box for box in page.children if box not in margins])
        apart = {marks.pop(box)["mcid"] for margin in margins for box in margin.descendants() if box in marks}
        numbers: dict[int, int] = {}
        written = stream.stream
        for at, said in enumerate(written):
            if isinstance(said, pydyf.Dictionary) and (number := said.get("MCID")) is not None:
                if number in apart:
                    written[at - 1 : at + 1] = ARTIFACT
                else:
                    said["MCID"] = numbers[number] = len(numbers)
        for mark in marks.values():
            mark["mcid"] = numbers[mark["mcid"]]


def _page_references(pdf: Any) -> Any:
    # pydyf makes all of them anew for each structure element: with the pages of a roster that takes seconds.
    kept = vars(pdf).get("_kept_references", ())
    if 3 * len(kept) != len(pdf.pages["Kids"]):
        kept = pdf._kept_references = _made_anew(pdf)
    return kept


_made_anew: Final = pydyf.PDF.page_references.fget
pydyf.PDF.page_references = property(_page_references)
