"""Inside a paragraph of a Word document: runs and their looks, fields, links, tracked changes, calls of footnotes."""

import re
from dataclasses import dataclass
from typing import Final

from petition.uploads.blocks import Found, Span
from petition.uploads.trees import Element
from petition.uploads.word_parts import Styles, is_on

#: Elements that stand around others and say nothing themselves.
AROUND: Final = ("sdt", "sdtContent", "smartTag", "customXml", "dir", "bdo", "ins", "moveTo", "txbxContent")
_TRACKED: Final = {"ins": "inserted", "del": "deleted", "moveTo": "moved", "moveFrom": "moved away"}
_GONE: Final = ("deleted", "moved away")
_LINK: Final = re.compile(r'HYPERLINK\s+"([^"]*)"')
# What Word would fetch from a file, a program or a server when the field is brought up to date.
_REMOTE: Final = (
    "INCLUDETEXT",
    "INCLUDEPICTURE",
    "INCLUDE",
    "IMPORT",
    "LINK",
    "DDE",
    "DDEAUTO",
    "DATABASE",
    "RD",
    "EMBED",
)
_SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
#: Boxes and ticks of the Wingdings font, which lie in Unicode's private area; any other sign becomes a bullet.
_SYMBOLS: Final = {0xF0A8: "☐", 0xF06F: "☐", 0xF0FE: "☒", 0xF0FC: "✓", 0xF0E0: "→", 0xF0D8: "➢"}
_PRIVATE: Final = range(0xE000, 0xF900)


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    shows: bool = False

    @property
    def kind(self) -> str:
        return (self.instruction.split() or [""])[0].upper()


@dataclass(frozen=True, slots=True)
class _Around:
    link: str = ""
    change: str = ""
    author: str = ""
    when: str = ""


def change_of(element: Element, kind: str, text: str) -> tuple[str, str, str, str]:
    """A tracked change as blocks.Found.changed takes it."""
    return kind, text, element.get("author"), element.get("date")


class Runs:
    """Reads the insides of paragraphs. Fields may reach from one into the next, so one reader serves all."""

    def __init__(self, found: Found, styles: Styles, links: dict[str, str]) -> None:
        self.links = links
        self.called: list[tuple[str, str]] = []
        self._found = found
        self._styles = styles
        self._fields: list[_Field] = []
        self._spans: list[Span] = []
        self._boxes: list[Element] = []

    def read(self, paragraph: Element) -> tuple[list[Span], list[Element]]:
        """What a paragraph says, and the text boxes that are fixed to it."""
        self._spans, self._boxes = [], []
        self._found.apart()
        self._walk(paragraph, _Around())
        return self._spans, self._boxes

    def _walk(self, container: Element, around: _Around) -> None:
        for one in container.elements():
            match one.name:
                case "r":
                    self._run(one, around)
                case "hyperlink":
                    self._walk(one, _with_link(around, self.links.get(one.get("id"), "")))
                case "ins" | "del" | "moveTo" | "moveFrom":
                    kind = around.change if around.change in _GONE else _TRACKED[one.name]
                    self._walk(one, _Around(around.link, kind, one.get("author"), one.get("date")))
                case "fldSimple":
                    field = _Field(one.get("instr"))
                    self._note(field)
                    self._walk(one, _with_link(around, _target(field)))
                case "oMath" | "oMathPara":
                    self._found.warnings["equations"] += 1
                    self._say("".join(text.text() for text in one.every("t")), Element("rPr", "", {}), around)
                case name if name in AROUND:
                    self._walk(one, around)

    def _run(self, run: Element, around: _Around) -> None:
        properties = run.child("rPr") or Element("rPr", "", {})
        for one in run.elements():
            match one.name:
                case "t" | "delText":
                    self._say(one.text(), properties, around)
                case "tab" | "br" | "cr" | "noBreakHyphen" | "ptab":
                    self._say(_SIGNS[one.name], properties, around)
                case "sym":
                    self._say(_symbol(one), properties, around)
                case "footnoteReference" | "endnoteReference":
                    self._call(one, around)
                case "fldChar":
                    self._field(one.get("fldCharType"))
                case "instrText":
                    if self._fields and not self._fields[-1].shows:
                        self._fields[-1].instruction += one.text()[:4_000]
                case "ruby":
                    base = one.child("rubyBase")
                    self._walk(base, around) if base else None
                case _:
                    self._object(one)

    def _object(self, element: Element) -> None:
        """A drawing: its text boxes are read, pictures and objects are counted."""
        if element.name == "AlternateContent":
            element = element.child("Choice") or element.child("Fallback") or element
        elif element.name not in ("drawing", "pict", "object"):
            return
        boxes = _outermost(list(element.every("txbxContent")))
        if boxes:
            self._boxes += boxes
            self._found.warnings["text_boxes"] += len(boxes)
        elif any(True for _ in element.every("OLEObject", "control")):
            self._found.warnings["embedded"] += 1
        elif any(True for _ in element.every("pic", "imagedata", "chart", "relIds")):
            self._found.warnings["pictures"] += 1

    def _call(self, reference: Element, around: _Around) -> None:
        if around.change not in _GONE:
            self.called.append((reference.name.removesuffix("Reference"), reference.get("id")))
            self._spans.append(Span("", note=len(self.called)))

    def _say(self, text: str, properties: Element, around: _Around) -> None:
        if any(field.kind == "TOC" for field in self._fields) or not all(field.shows for field in self._fields):
            return
        if is_on(properties, "vanish"):
            self._found.warnings["hidden"] += 1
            return
        if around.change and around.change != "moved away":
            self._found.changed(around.change, text, around.author, around.when)
        elif not around.change:
            self._found.said(text)
        if around.change in _GONE:
            return
        if is_on(properties, "strike") or is_on(properties, "dstrike"):
            self._found.warnings["struck"] += 1
        self._spans.append(self._span(text, properties, around))

    def _span(self, text: str, properties: Element, around: _Around) -> Span:
        style = properties.child("rStyle")
        name = style.get("val") if style else ""
        bold, italic = is_on(properties, "b"), is_on(properties, "i")
        link = around.link or next((_target(field) for field in reversed(self._fields) if _target(field)), "")
        return Span(
            text,
            bold=self._styles.bold(name) if bold is None else bold,
            italic=self._styles.italic(name) if italic is None else italic,
            link=link,
        )

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].shows = True
            self._note(self._fields[-1])
        elif kind == "end" and self._fields:
            if not self._fields[-1].shows:
                self._note(self._fields[-1])
            self._fields.pop()

    def _note(self, field: _Field) -> None:
        if field.kind in _REMOTE:
            self._found.warnings["fields"] += 1
        elif field.kind == "TOC":
            self._found.warnings["contents"] = 1


def _with_link(around: _Around, link: str) -> _Around:
    return _Around(link or around.link, around.change, around.author, around.when)


def _target(field: _Field) -> str:
    found = _LINK.search(field.instruction) if field.kind == "HYPERLINK" else None
    return found[1] if found else ""


def _symbol(element: Element) -> str:
    code = int(element.get("char"), 16) if re.fullmatch("[0-9A-Fa-f]{1,5}", element.get("char")) else 0xF0B7
    return _SYMBOLS.get(code, "•" if code in _PRIVATE else chr(code))


def _outermost(boxes: list[Element]) -> list[Element]:
    # A box inside a box is read with the one around it.
    inner = {id(deeper) for box in boxes for deeper in box.every("txbxContent")}
    return [box for box in boxes if id(box) not in inner]
