"""Word documents (.docx): the text of the main part and of its footnotes, read and never converted.

Tracked changes are read as accepted. What is not text is counted, so that the editor is told of it.
"""

import re
from collections.abc import Iterable
from typing import Final

from petition.uploads.archive import Archive
from petition.uploads.blocks import Block, Found, Unreadable
from petition.uploads.tables import Cell, as_text
from petition.uploads.trees import Element
from petition.uploads.word_numbering import Numbering
from petition.uploads.word_parts import Styles, inspect, main_part, number_of, relationships
from petition.uploads.word_runs import AROUND, Runs, change_of

_MARGINS: Final = re.compile(r"(.*/)?(header|footer)\d*\.xml")
#: The last is what LibreOffice calls it, in a .docx too.
_QUOTES: Final = ("quote", "intense quote", "block text", "quotations")
_TABLE_OF_CONTENTS: Final = re.compile(r"toc \d|toc heading|table of figures")


def read(data: bytes) -> Found:
    """All that a .docx file says. Raises Unreadable."""
    archive = Archive(data)
    found = Found("docx")
    inspect(archive, found)
    part = main_part(archive)
    root = archive.tree(part)
    body = root.child("body") if root else None
    if body is None:
        raise Unreadable("damaged")
    _Text(archive, part, found).read(body)
    _count_margins(archive, found)
    found.pages = _pages(archive)
    found.warnings = +found.warnings
    return found


def _count_margins(archive: Archive, found: Found) -> None:
    for name in archive.names:
        root = archive.tree(name) if _MARGINS.fullmatch(name) else None
        if root and any(re.search(r"[^\W\d]", text.text()) for text in root.every("t")):
            found.warnings["headers"] = 1
    comments = archive.tree("word/comments.xml")
    found.warnings["comments"] += sum(1 for _ in comments.every("comment")) if comments else 0


def _pages(archive: Archive) -> int | None:
    root = archive.tree("docProps/app.xml")
    counted = root.child("Pages") if root else None
    number = counted.text().strip() if counted else ""
    return int(number) if re.fullmatch(r"[1-9][0-9]{0,4}", number) else None


class _Text:
    """The paragraphs of one document, in order."""

    def __init__(self, archive: Archive, part: str, found: Found) -> None:
        folder = part.rpartition("/")[0]
        self._found = found
        self._styles = Styles(archive.tree(f"{folder}/styles.xml"))
        self._numbering = Numbering(archive.tree(f"{folder}/numbering.xml"))
        self._runs = Runs(found, self._styles, relationships(archive, part))
        self._held: list[Block] = []
        self._stories = {
            kind: _stories(archive.tree(f"{folder}/{kind}s.xml"), kind, relationships(archive, f"{folder}/{kind}s.xml"))
            for kind in ("footnote", "endnote")
        }

    def read(self, body: Element) -> None:
        """Read the body, and then the notes that it calls, in the order of the calls."""
        self._found.blocks = self._blocks(body)
        done = 0
        while done < len(self._runs.called):
            kind, number = self._runs.called[done]
            story, links = self._stories[kind].get(number, (None, {}))
            self._runs.links = links
            self._found.notes.append(self._blocks(story) if story else [])
            done += 1

    def _blocks(self, container: Element) -> list[Block]:
        blocks: list[Block] = []
        for one in container.elements():
            match one.name:
                case "p":
                    blocks += self._paragraph(one)
                case "tbl":
                    blocks += as_text(self._rows(one), self._found)
                case "altChunk" | "subDoc":
                    raise Unreadable("elsewhere")
                case "AlternateContent":
                    choice = one.child("Choice") or one.child("Fallback")
                    blocks += self._blocks(choice) if choice else []
                case name if name in AROUND:
                    blocks += self._blocks(one)
        return blocks

    def _rows(self, table: Element) -> list[list[Cell]]:
        rows = []
        for row in _inside(table, "tr"):
            properties = row.child("trPr")
            deleted = properties.child("del") if properties else None
            inserted = properties.child("ins") if properties else None
            if deleted:
                self._found.apart()
                self._found.changed(
                    *change_of(deleted, "deleted", " ".join(text.text() for text in row.every("t", "delText")))
                )
                self._found.apart()
                continue
            rows.append([self._blocks(cell) for cell in _inside(row, "tc")])
            if inserted:
                said = " ".join(block.text() for cell in rows[-1] for block in cell)
                self._found.apart()
                self._found.changed(*change_of(inserted, "inserted", said))
                self._found.apart()
        return rows

    def _paragraph(self, element: Element) -> list[Block]:
        properties = element.child("pPr")
        style = _value(properties, "pStyle")
        spans, boxes = self._runs.read(element)
        if self._held:
            spans = [*self._held.pop().spans, *spans]
        mark = properties.child("rPr") if properties else None
        if mark and (mark.child("del") or mark.child("moveFrom")):
            # The end of this paragraph is deleted: accepted, it goes on in the next one.
            self._held.append(Block(spans))
            return []
        block = Block(spans, heading=self._heading(properties, style), quote=self._styles.name(style) in _QUOTES)
        if _TABLE_OF_CONTENTS.fullmatch(self._styles.name(style)):
            self._found.warnings["contents"] = 1
            return []
        self._number(block, properties, style)
        return [block, *(one for box in boxes for one in self._blocks(box))]

    def _heading(self, properties: Element | None, style: str) -> int:
        outline = _value(properties, "outlineLvl")
        return int(outline) + 1 if re.fullmatch("[0-8]", outline) else self._styles.heading(style)

    def _number(self, block: Block, properties: Element | None, style: str) -> None:
        own, of_style = number_of(properties), self._styles.number(style)
        number_id = (own and own[0]) or (of_style and of_style[0]) or ""
        level = next((found[1] for found in (own, of_style) if found and found[1] is not None), None)
        if level is None:
            level = self._numbering.level_of_style(number_id, style)
        if number := self._numbering.next(number_id, level):
            block.bullet, block.label, block.level, block.series = number.bullet, number.label, level, number_id


def _inside(container: Element, name: str) -> Iterable[Element]:
    for one in container.elements():
        if one.name == name:
            yield one
        elif one.name in AROUND:
            yield from _inside(one, name)


def _stories(root: Element | None, kind: str, links: dict[str, str]) -> dict[str, tuple[Element, dict[str, str]]]:
    # The first two hold the line above the notes; they have a type.
    stories = (one for one in (root.elements() if root else ()) if one.name == kind and not one.get("type"))
    return {one.get("id"): (one, links) for one in stories}


def _value(properties: Element | None, name: str) -> str:
    found = properties.child(name) if properties else None
    return found.get("val") if found else ""
