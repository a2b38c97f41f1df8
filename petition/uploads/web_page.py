"""Web pages as word processors save them: Word's conditional comments and lists, LibreOffice's notes, and no more."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from petition.uploads.blocks import Block, Found, Span, Unreadable
from petition.uploads.numerals import numeral
from petition.uploads.plain import decode
from petition.uploads.tables import Cell, as_text

_DEPTH: Final = 300
_VOID: Final = ("br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base", "embed", "source", "frame")
_BLOCKS: Final = (
    "p div section article header footer main aside nav address figure figcaption dl dt dd ul ol center pre body html "
    "blockquote h1 h2 h3 h4 h5 h6 li table tr td th caption"
).split()
_SILENT: Final = "script style head title template noscript svg math iframe object applet audio video canvas".split()
_FIELDS: Final = ("input", "textarea", "select", "button")
#: What an opening tag closes, where its end tag has been left out.
_CLOSES: Final = {
    "p": ("p",), "li": ("li", "p"), "td": ("td", "th", "p"), "th": ("td", "th", "p"), "tr": ("tr", "td", "th", "p"),
}  # fmt: skip
_KEEPS_IN: Final = ("table", "ul", "ol", "blockquote", "div", "body")
_BOLD: Final = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_ITALIC: Final = re.compile(r"font-style\s*:\s*(italic|oblique)", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_WORD_LIST: Final = re.compile(r"mso-list\s*:\s*(l\d+)\s+level(\d)", re.IGNORECASE)
_WORD_LABEL: Final = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_WORD_BULLETS: Final = ("·", "o", "§", "•", "-", "–", "ü", "Ø", "")
_STYLES: Final = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_CHARSET: Final = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE
)
_WINDOWS: Final = ("windows-1252", "cp1252", "iso-8859-1", "latin1", "iso-8859-15", "us-ascii")
_MAC: Final = ("macintosh", "mac", "x-mac-roman")
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")


def read(data: bytes, longest: int) -> Found:
    """All that a web page says. Raises Unreadable."""
    found = Found("html")
    page = _Page(found)
    try:
        page.feed(_decoded(data, longest, found))
        page.close()
    except AssertionError:
        # So the standard library says that it cannot make out a declaration.
        raise Unreadable("damaged") from None
    found.blocks = page.end()
    found.warnings = +found.warnings
    return found


def _decoded(data: bytes, longest: int, found: Found) -> str:
    said = _CHARSET.search(data[:4096])
    charset = said[1].decode().lower() if said else ""
    if charset in _WINDOWS + _MAC and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        # Word writes some hundred bytes of looks around each line, so the page may be far longer than its text.
        return data.decode("cp1252" if charset in _WINDOWS else "mac_roman", "replace")
    text, guessed = decode(data, 12 * longest)
    found.warnings["guessed"] += guessed
    return text


@dataclass(slots=True)
class _Open:
    """One element that is open, with what holds inside it."""

    tag: str
    bold: bool = False
    italic: bool = False
    link: str = ""
    note: bool = False
    silent: bool = False
    hidden: bool = False
    struck: bool = False
    label: bool = False
    change: tuple[str, str, str] | None = None


@dataclass(slots=True)
class _Numbered:
    """An ordered or bulleted list that is open."""

    series: str
    style: str = ""
    count: int = 0


@dataclass(slots=True)
class _Table:
    rows: list[list[Cell]] = field(default_factory=list)
    outside: list[Block] = field(default_factory=list)


class _Page(HTMLParser):
    """Gathers blocks. Everything is a stack of our own, so nothing that a page nests makes Python recurse."""

    def __init__(self, found: Found) -> None:
        super().__init__(convert_charrefs=True)
        self._found = found
        self._open: list[_Open] = [_Open("")]
        self._lists: list[_Numbered] = []
        self._tables: list[_Table] = []
        self._blocks: list[Block] = []
        self._block = Block()
        self._series = 0

    def end(self) -> list[Block]:
        """The blocks of the whole page, with all that was left open closed."""
        self._finish()
        while self._tables:
            self._end_table()
        return self._blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._note_dangers(tag, attributes)
        self._close_implied(tag)
        if tag in _BLOCKS:
            self._finish()
        if tag in _VOID:
            self._void(tag)
            return
        if len(self._open) > _DEPTH:
            raise Unreadable("nesting")
        self._open.append(self._inside(tag, attributes))
        self._begin(tag, attributes)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if all(one.tag != tag for one in self._open):
            return
        if tag in _BLOCKS:
            self._finish()
        while self._open[-1].tag != tag:
            self._end(self._open.pop().tag)
        self._end(self._open.pop().tag)

    def handle_data(self, data: str) -> None:
        here = self._open[-1]
        text = data if any(one.tag == "pre" for one in self._open) else _SPACES.sub(" ", data)
        if here.silent or not text:
            return
        if here.hidden:
            self._found.warnings["hidden"] += bool(text.strip())
        elif here.label:
            self._block.label += text.replace("\xa0", " ")
        elif self._is_said(here, text):
            self._found.warnings["struck"] += bool(here.struck and text.strip())
            if here.note:
                text = f"[{text.strip().strip('[]')}]"
            self._block.spans.append(Span(text, bold=here.bold, italic=here.italic, link=here.link))

    def _is_said(self, here: _Open, text: str) -> bool:
        if here.change:
            kind, author, when = here.change
            self._found.changed(kind, text, author, when)
            return kind != "deleted"
        self._found.said(text, ending=bool(text.strip()))
        return True

    def _note_dangers(self, tag: str, attributes: dict[str, str]) -> None:
        warnings = self._found.warnings
        warnings["scripts"] += tag == "script" or any(name.startswith("on") for name in attributes)
        warnings["embedded"] += tag in ("object", "embed", "applet", "iframe", "frame")
        warnings["pictures"] += tag in ("img", "svg")
        outside = attributes.get("src", attributes.get("data", "")) if tag != "a" else ""
        warnings["external"] += outside.lower().startswith(("http:", "https:", "//", "file:", "ftp:"))
        if tag in _FIELDS:
            warnings["form"] = 1

    def _close_implied(self, tag: str) -> None:
        closes = _CLOSES.get(tag, ("p",) if tag in _BLOCKS else ())
        for one in reversed(self._open):
            if one.tag in closes:
                self.handle_endtag(one.tag)
                if one.tag == tag:
                    return
            elif one.tag in _KEEPS_IN and one.tag != tag:
                return

    def _inside(self, tag: str, attributes: dict[str, str]) -> _Open:
        around, style = self._open[-1], attributes.get("style", "")
        href = attributes.get("href", "").strip() if tag == "a" else ""
        change = around.change
        if tag in ("ins", "del"):
            author = attributes.get("cite", "").removeprefix("mailto:")
            change = ("inserted" if tag == "ins" else "deleted", author, attributes.get("datetime", ""))
        return _Open(
            tag,
            bold=around.bold or tag in ("b", "strong") or bool(_BOLD.search(style)),
            italic=around.italic or tag in ("i", "em", "cite") or bool(_ITALIC.search(style)),
            link=href if href and not href.startswith("#") else around.link,
            note=around.note or (tag == "sup" and any(one.tag == "a" for one in self._open)),
            silent=around.silent or tag in _SILENT,
            hidden=around.hidden or bool(_HIDDEN.search(style)) or "hidden" in attributes,
            struck=around.struck or tag in ("s", "strike"),
            label=around.label or bool(_WORD_LABEL.search(style)),
            change=change,
        )

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._block.heading = int(tag[1])
            case "ul" | "ol":
                self._begin_list(tag, attributes)
            case "li":
                self._begin_item(attributes)
            case "table":
                self._tables.append(_Table(outside=self._blocks))
                self._blocks = []
            case "tr" if self._tables:
                self._tables[-1].rows.append([])
            case "td" | "th" if self._tables:
                self._blocks = []
            case "p" if found := _WORD_LIST.search(attributes.get("style", "")):
                self._block.series, self._block.level = found[1], int(found[2]) - 1
        if any(one.tag == "blockquote" for one in self._open):
            self._block.quote = True

    def _begin_list(self, tag: str, attributes: dict[str, str]) -> None:
        self._series += 1
        start = attributes.get("start", "1")
        style = _STYLES.get(attributes.get("type", "1"), "decimal") if tag == "ol" else ""
        count = int(start) - 1 if re.fullmatch("[0-9]{1,4}", start) else 0
        self._lists.append(_Numbered(f"list {self._series}", style, count))

    def _begin_item(self, attributes: dict[str, str]) -> None:
        numbered = self._lists[-1] if self._lists else _Numbered("list")
        value = attributes.get("value", "")
        numbered.count = int(value) if re.fullmatch("[0-9]{1,4}", value) else numbered.count + 1
        self._block.series, self._block.level = numbered.series, max(0, len(self._lists) - 1)
        if numbered.style:
            self._block.label = f"{numeral(numbered.count, numbered.style)}."
        else:
            self._block.bullet = True

    def _end(self, tag: str) -> None:
        match tag:
            case "ul" | "ol" if self._lists:
                self._lists.pop()
            case "li" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if not self._block.text().strip():
                self._block = Block()
            case "td" | "th" if self._tables and self._tables[-1].rows:
                self._finish()
                self._tables[-1].rows[-1].append(self._blocks)
                self._blocks = []
            case "table" if self._tables:
                self._end_table()

    def _end_table(self) -> None:
        table = self._tables.pop()
        loose, self._blocks = self._blocks, table.outside
        self._blocks += [*as_text(table.rows, self._found), *loose]

    def _void(self, tag: str) -> None:
        if tag == "br":
            self._block.spans.append(Span("\n"))
        elif tag == "hr":
            self._blocks.append(Block(rule=True))

    def _finish(self) -> None:
        block = self._block
        self._found.recent, self._found.unfinished = "", []
        if not block.text().strip():
            # An item's own paragraph begins behind its mark, so an empty block hands its mark on.
            if not (block.bullet or block.label or block.heading):
                self._block = Block()
            block.spans.clear()
            return
        if block.label and block.series.startswith("l") and not block.series.startswith("list"):
            block.label = block.label.strip()
            if block.label in _WORD_BULLETS:
                block.label, block.bullet = "", True
        self._blocks.append(block)
        self._block = Block()
