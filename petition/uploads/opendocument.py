"""OpenDocument texts (.odt), as LibreOffice writes them: the text and its notes, read and never converted.

The body of the format is the text with all tracked changes accepted; what was deleted stands apart in front of it.
"""

import re
from typing import Final

from petition.uploads.archive import Archive
from petition.uploads.blocks import Block, Found, Unreadable
from petition.uploads.opendocument_lines import Lines
from petition.uploads.opendocument_styles import Counting, Styles, whole
from petition.uploads.tables import Cell, as_text
from petition.uploads.trees import Element, check, parse

_TEXT: Final = "application/vnd.oasis.opendocument.text"
_MANIFEST: Final = "META-INF/manifest.xml"
_LIBRARY: Final = ("script-lc.xml", "script-lb.xml")
_INDEXES: Final = ("table-of-content", "illustration-index", "table-index", "object-index", "user-index",
                   "alphabetical-index", "bibliography")  # fmt: skip
_AROUND: Final = ("section", "index-body", "text-box", "custom-shape", "rect", "g", "a", "note-body", "list-header")
_KINDS: Final = {"insertion": "inserted", "deletion": "deleted"}


def read(data: bytes) -> Found:
    """All that an .odt file says. Raises Unreadable."""
    archive = Archive(data)
    found = Found("odt")
    _inspect(archive)
    content = archive.tree("content.xml")
    body = content.child("body", "text") if content else None
    if content is None or body is None:
        raise Unreadable("damaged")
    found.warnings["scripts"] += sum(1 for _ in content.every("event-listener", "script"))
    styles = archive.tree("styles.xml")
    _Text(found, Styles(styles, content)).read(body)
    margins = styles.every("header", "footer", "header-first", "footer-first") if styles else ()
    found.warnings["headers"] = int(any(re.search(r"[^\W\d]", margin.text()) for margin in margins))
    found.pages = _pages(archive)
    found.warnings = +found.warnings
    return found


def _inspect(archive: Archive) -> None:
    """Refuse what is encrypted, what holds programs, what is no text, and XML that no word processor writes."""
    manifest = parse(archive.read(_MANIFEST), bare_doctype=True) if _MANIFEST in archive.names else None
    if manifest and any(True for _ in manifest.every("encryption-data")):
        raise Unreadable("encrypted")
    kind = archive.read("mimetype").decode("ascii", "replace").strip() if "mimetype" in archive.names else ""
    if kind != _TEXT:
        raise Unreadable("template" if kind == f"{_TEXT}-template" else "mismatch", suffix=".odt")
    for name in archive.names:
        module = name.startswith(("Basic/", "Dialogs/")) and not name.endswith((*_LIBRARY, "/"))
        if module or (name.startswith("Scripts/") and not name.endswith("/")):
            raise Unreadable("macros")
        if name.lower().endswith((".xml", ".rdf")) and name != _MANIFEST:
            check(archive.read(name))


def _pages(archive: Archive) -> int | None:
    meta = archive.tree("meta.xml")
    counted = next(meta.every("document-statistic"), None) if meta else None
    return whole(counted.get("page-count"), 0) or None if counted else None


def _changes(body: Element) -> dict[str, tuple[str, str, str, str]]:
    """The tracked changes by their ids: kind, deleted text, author, time."""
    found = {}
    for region in body.every("changed-region"):
        for one in region.elements():
            if one.name not in _KINDS:
                continue
            info = one.child("change-info")
            creator, date = (info.child("creator"), info.child("date")) if info else (None, None)
            said = "\n".join(text.text() for text in one.every("p", "h"))
            found[region.get("id")] = (
                _KINDS[one.name], said, creator.text() if creator else "", date.text() if date else "",
            )  # fmt: skip
    return found


class _Text:
    """The paragraphs of one document, in order."""

    def __init__(self, found: Found, styles: Styles) -> None:
        self._found = found
        self._styles = styles
        self._lists: dict[str, Counting] = {}
        self._last_of_style: dict[str, Counting] = {}
        self._outline = Counting(styles.outline, "outline")

    def read(self, body: Element) -> None:
        """Read the body, and then the notes that it calls, in the order of the calls."""
        self._lines = Lines(self._found, self._styles, _changes(body))
        self._found.blocks = self._blocks(body)
        done = 0
        while done < len(self._lines.notes):
            note = self._lines.notes[done].child("note-body")
            self._found.notes.append(self._blocks(note) if note else [])
            done += 1
        self._lines.tell_the_rest()

    def _blocks(self, container: Element) -> list[Block]:
        blocks: list[Block] = []
        for one in container.elements():
            match one.name:
                case "p" | "h":
                    blocks += self._paragraph(one)
                case "list":
                    blocks += self._list(one, self._counting(one), 0)
                case "table":
                    blocks += as_text(self._rows(one), self._found)
                case "change" | "change-start" | "change-end":
                    self._lines.track(one)
                case "frame":
                    blocks += [block for box in self._lines.frame(one) for block in self._blocks(box)]
                case name if name in _INDEXES:
                    self._found.warnings["contents"] = 1
                case name if name in _AROUND:
                    blocks += self._section(one)
        return blocks

    def _section(self, section: Element) -> list[Block]:
        if section.child("section-source") or section.child("dde-source"):
            self._found.warnings["fields"] += 1
        if section.name == "section" and section.get("display") == "none":
            self._found.warnings["hidden"] += 1
            return []
        return self._blocks(section)

    def _rows(self, table: Element) -> list[list[Cell]]:
        rows = []
        for row in table.elements():
            if row.name in ("table-header-rows", "table-rows", "table-row-group"):
                rows += self._rows(row)
            elif row.name == "table-row":
                rows.append([self._blocks(cell) for cell in row.elements() if cell.name == "table-cell"])
        return rows

    def _paragraph(self, element: Element) -> list[Block]:
        spans, boxes = self._lines.read(element)
        style = element.get("style-name")
        block = Block(spans, heading=self._styles.heading(style), quote=self._styles.is_quotation(style))
        if element.name == "h":
            block.heading = whole(element.get("outline-level"), 1) or 1
            if block.text().strip() and element.get("is-list-header") != "true":
                label, bullet = self._outline.next(block.heading - 1, self._start(element))
                block.label = "" if bullet else label
        return [block, *(one for box in boxes for one in self._blocks(box))]

    def _start(self, element: Element) -> int | None:
        return whole(element.get("start-value"), 1) if element.get("start-value") else None

    # --- Lists ------------------------------------------------------------------------------------

    def _counting(self, element: Element) -> Counting:
        """The counting that a list goes on with, or a new one."""
        style = element.get("style-name")
        before = self._lists.get(element.get("continue-list"))
        if before is None and element.get("continue-numbering") == "true":
            before = self._last_of_style.get(style)
        counting = before or Counting(self._styles.levels(style), f"list {len(self._lists)}")
        self._lists[element.get("id") or f"list without id {len(self._lists)}"] = counting
        self._last_of_style[style] = counting
        return counting

    def _list(self, element: Element, counting: Counting, level: int) -> list[Block]:
        blocks: list[Block] = []
        for item in element.elements():
            if item.name == "list-header":
                blocks += self._blocks(item)
            elif item.name == "list-item":
                blocks += self._item(item, counting, level)
        return blocks

    def _item(self, item: Element, counting: Counting, level: int) -> list[Block]:
        blocks: list[Block] = []
        numbered = False
        for one in item.elements():
            if one.name == "list":
                own = self._styles.levels(one.get("style-name"))
                inner = (
                    Counting(own, f"{counting.series}.{len(self._lists)}")
                    if own and own is not counting.levels
                    else counting
                )
                blocks += self._list(one, inner, level + 1)
            elif one.name in ("p", "h"):
                first, *boxes = self._paragraph(one)
                if not numbered:
                    start = self._start(item)
                    first.label, first.bullet = counting.next(level, start)
                    first.level, first.series = level, counting.series
                    numbered = True
                blocks += [first, *boxes]
            else:
                blocks += self._blocks(Element("section", "", {}, [one]))
        return blocks
