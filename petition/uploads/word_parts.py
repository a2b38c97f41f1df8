"""What stands around the text of a Word document: its styles, its relationships, and what it should not hold."""

import re
from dataclasses import dataclass
from typing import Final

from petition.uploads.archive import Archive
from petition.uploads.blocks import Found, Unreadable
from petition.uploads.trees import Element, check

_HEADING: Final = re.compile(r"heading ([1-9])")
_HEADINGS_BY_NAME: Final = {"title": 1, "subtitle": 2}
_OFF: Final = ("0", "false", "off", "none")
_MACROS: Final = ("vbaproject.bin", "vbadata.xml")
_EMBEDDED: Final = ("/embeddings/", "/activex/")
_CHAIN: Final = 20


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says about paragraphs and runs; None where it leaves that to the style it is based on."""

    name: str = ""
    based_on: str = ""
    outline: int | None = None
    number: tuple[str, int | None] | None = None
    bold: bool | None = None
    italic: bool | None = None


class Styles:
    """The styles of a document by their ids."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {
            one.get("styleId"): _style(one) for one in (root.elements() if root else ()) if one.name == "style"
        }

    def name(self, style: str) -> str:
        """The style's name in small letters, the same in every language of Word."""
        return self._styles[style].name if style in self._styles else style.lower()

    def heading(self, style: str) -> int:
        """The level of heading that a paragraph style makes, or 0."""
        for one in self._chain(style):
            if found := _HEADING.fullmatch(one.name):
                return int(found[1])
            if one.name in _HEADINGS_BY_NAME:
                return _HEADINGS_BY_NAME[one.name]
            if one.outline is not None:
                return one.outline + 1 if one.outline < 9 else 0
        return 0

    def number(self, style: str) -> tuple[str, int | None] | None:
        """The list, and its level where one is named, that a paragraph style belongs to."""
        return next((one.number for one in self._chain(style) if one.number), None)

    def bold(self, style: str) -> bool:
        """Whether a style of characters is bold."""
        return next((one.bold for one in self._chain(style) if one.bold is not None), False)

    def italic(self, style: str) -> bool:
        """Whether a style of characters is italic."""
        return next((one.italic for one in self._chain(style) if one.italic is not None), False)

    def _chain(self, style: str) -> list[Style]:
        chain: list[Style] = []
        while style in self._styles and len(chain) < _CHAIN:
            chain.append(self._styles[style])
            style = chain[-1].based_on
        return chain


def is_on(properties: Element | None, name: str) -> bool | None:
    """Whether a property is switched on or off here; None where nothing is said."""
    found = properties.child(name) if properties else None
    return None if found is None else found.get("val") not in _OFF


def number_of(properties: Element | None) -> tuple[str, int | None] | None:
    """The list and level that paragraph properties name."""
    found = properties.child("numPr") if properties else None
    if not found:
        return None
    number_id, level = found.child("numId"), found.child("ilvl")
    place = int(level.get("val")) if level and re.fullmatch("[0-8]", level.get("val")) else None
    return (number_id.get("val") if number_id else "", place)


def _style(element: Element) -> Style:
    name, based_on = element.child("name"), element.child("basedOn")
    outline = element.child("pPr", "outlineLvl")
    run = element.child("rPr")
    return Style(
        name=name.get("val").lower() if name else "",
        based_on=based_on.get("val") if based_on else "",
        outline=int(outline.get("val")) if outline and re.fullmatch("[0-9]", outline.get("val")) else None,
        number=number_of(element.child("pPr")),
        bold=is_on(run, "b"),
        italic=is_on(run, "i"),
    )


# --- The package ----------------------------------------------------------------------------------


def inspect(archive: Archive, found: Found) -> None:
    """Refuse macros and parts whose text Word has not taken in, look into every XML part, count what is left out."""
    for name in archive.names:
        lower = "/" + name.lower()
        if lower.rpartition("/")[2] in _MACROS:
            raise Unreadable("macros")
        if any(folder in lower for folder in _EMBEDDED) and not lower.endswith((".xml", ".rels")):
            found.warnings["embedded"] += 1
        if lower.endswith((".xml", ".rels")):
            check(archive.read(name))
    types = archive.tree("[Content_Types].xml")
    if types is None:
        raise Unreadable("damaged")
    if any("macroenabled" in one.get("ContentType").lower() for one in types.elements()):
        raise Unreadable("macros")
    for name in archive.names:
        if name.endswith(".rels"):
            _inspect_relationships(archive.tree(name), found)


def relationships(archive: Archive, part: str) -> dict[str, str]:
    """The addresses that the hyperlinks of a part lead to, by their ids."""
    folder, _, name = part.rpartition("/")
    root = archive.tree(f"{folder}/_rels/{name}.rels")
    return {one.get("Id"): one.get("Target") for one in (root.elements() if root else ()) if _kind(one) == "hyperlink"}


def main_part(archive: Archive) -> str:
    """The part with the text, as the package's own relationships name it."""
    root = archive.tree("_rels/.rels")
    targets = [one.get("Target") for one in (root.elements() if root else ()) if _kind(one) == "officeDocument"]
    part = targets[0].lstrip("/") if targets else "word/document.xml"
    if part not in archive.names:
        raise Unreadable("damaged")
    return part


def _inspect_relationships(root: Element | None, found: Found) -> None:
    for one in root.elements() if root else ():
        kind = _kind(one)
        if kind in ("aFChunk", "subDocument"):
            raise Unreadable("elsewhere")
        if one.get("TargetMode").lower() == "external" and kind != "hyperlink":
            found.warnings["external"] += 1


def _kind(relationship: Element) -> str:
    return relationship.get("Type").rpartition("/")[2]
