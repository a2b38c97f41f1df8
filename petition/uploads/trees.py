"""XML read without any of what makes it dangerous: no definitions, no entities, no depth, no crowd."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from petition.uploads.blocks import Unreadable

_DEPTH: Final = 200
# A resolution of 40 pages has about 30,000 elements. An element takes some 400 bytes.
_ELEMENTS: Final = 600_000
SEPARATOR: Final = "}"


@dataclass(slots=True)
class Element:
    """One element: its local name, the last word of its namespace, its attributes by local name, and its content."""

    name: str
    space: str
    attributes: dict[str, str]
    content: "list[Element | str]" = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        """An attribute by its local name."""
        return self.attributes.get(name, default)

    def elements(self) -> "Iterator[Element]":
        """The elements directly inside."""
        return (one for one in self.content if isinstance(one, Element))

    def child(self, *names: str) -> "Element | None":
        """The element at the end of this path of local names, the first of each; None where there is none."""
        found: Element | None = self
        for name in names:
            found = next((one for one in found.elements() if one.name == name), None) if found else None
        return found

    def every(self, *names: str) -> "Iterator[Element]":
        """All elements below that have one of these names, in the order of the document."""
        waiting = [iter(self.content)]
        while waiting:
            one = next(waiting[-1], None)
            if one is None:
                waiting.pop()
            elif isinstance(one, Element):
                if one.name in names:
                    yield one
                waiting.append(iter(one.content))

    def text(self) -> str:
        """All text inside."""
        parts: list[str] = []
        waiting = [iter(self.content)]
        while waiting:
            one = next(waiting[-1], None)
            if one is None:
                waiting.pop()
            elif isinstance(one, str):
                parts.append(one)
            else:
                waiting.append(iter(one.content))
        return "".join(parts)


def parse(data: bytes, *, bare_doctype: bool = False) -> Element:
    """The root of an XML document. Raises Unreadable for definitions, entities, and what is not well formed.

    With `bare_doctype` a DOCTYPE that defines nothing passes: OpenOffice wrote one into its manifests.
    """
    root = Element("", "", {})
    _drive(data, _Builder(root, bare_doctype=bare_doctype))
    return next(root.elements())


def check(data: bytes) -> None:
    """Refuse a part that parse would refuse, without keeping anything of it."""
    _drive(data, _Builder(None))


def _drive(data: bytes, builder: "_Builder") -> None:
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.EntityDeclHandler = builder.entity
    parser.ExternalEntityRefHandler = builder.entity
    parser.SkippedEntityHandler = builder.entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError, OSError):
        raise Unreadable("damaged") from None


class _Builder:
    """Puts the tree together, and stops the parser at the first thing that does not belong in a document."""

    def __init__(self, root: Element | None, *, bare_doctype: bool = False) -> None:
        self._open = [root] if root else []
        self._keep = root is not None
        self._bare_doctype = bare_doctype
        self._depth = self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > _DEPTH:
            raise Unreadable("nesting")
        if self._count > _ELEMENTS:
            raise Unreadable("heavy")
        if not self._keep:
            return
        space, _, local = name.rpartition(SEPARATOR)
        kept = {key.rpartition(SEPARATOR)[2]: value for key, value in attributes.items()}
        element = Element(local, space.rpartition("/")[2].rpartition(":")[2], kept)
        self._open[-1].content.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._depth -= 1
        if self._keep:
            self._open.pop()

    def characters(self, text: str) -> None:
        if self._keep:
            self._open[-1].content.append(text)

    def doctype(self, _name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
        if has_internal_subset or not self._bare_doctype:
            raise Unreadable("entities")

    def entity(self, *_anything: object) -> int:
        raise Unreadable("entities")
