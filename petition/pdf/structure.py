"""The logical structure of a list's pages: what is read aloud, and in which order (ISO 32000-1, 14.7 and 14.8).

WeasyPrint makes the tree of all other pages. A list gets a slim one: a section for each group, in it its heading and
a paragraph for its part of each column. An element for each entry would be a million objects.
"""

from collections.abc import Sequence
from typing import Any, Final

import pydyf

from petition.pdf.innards import OwnPage

HEADING: Final = "H2"
PARAGRAPH: Final = "P"
# A carriage return stands in no content of ours but for this: in strings it is escaped.
_MARK: Final = "\r"


def begin(kind: str) -> str:
    """Stands in a page's content where a passage of that kind begins; its end is EMC."""
    return f"{_MARK}{kind}{_MARK}"


def said_as(text: str, operators: str) -> str:
    """Operators within a passage, with what readers are told that they say."""
    # Sequences inside each other are what poppler 22.12 loses its place by: so the passage ends, and goes on behind it.
    read = ("\ufeff" + text).encode("utf-16-be").hex()
    return f"EMC{begin(f'Span/ActualText<{read}>')}{operators} EMC{begin('')}"


def numbered(content: str) -> tuple[str, list[str]]:
    """A page's content with its passages numbered, and for each number its kind; none where the last one goes on."""
    pieces = content.split(_MARK)
    kinds: list[str] = []
    going_on = ""
    for at in range(1, len(pieces), 2):
        kind, _, more = pieces[at].partition("/")
        kinds.append("" if more or not kind else kind)
        going_on = kinds[-1] or going_on
        more = f"/{more}" if more else ""
        pieces[at] = f"\n/{kind or going_on}<</MCID {len(kinds) - 1}{more}>>BDC\n"
    return "".join(pieces), kinds


class _Element(pydyf.Object):  # type: ignore[misc]
    """A structure element: of what kind, below which other, and what is in it."""

    def __init__(self, pdf: Any, kind: str, above: bytes, *, more: str = "") -> None:
        super().__init__()
        self._begin = f"<</S/{kind}/P {above.decode()}{more}/K"
        self.kids: list[int | bytes] = []
        pdf.add_object(self)

    @property
    def data(self) -> bytes:
        kids = " ".join(kid.decode() if isinstance(kid, bytes) else str(kid) for kid in self.kids)
        return f"{self._begin}[{kids}]>>".encode()


def add_list(pdf: Any, pages: Sequence[Any]) -> None:
    """Put the list's elements into the tree, between those of the pages before and behind it."""
    own = [(number, page) for number, page in enumerate(pages) if isinstance(page, OwnPage)]
    if not own:
        return
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    document = _object(pdf, root["K"][0])
    # WeasyPrint has one entry for each page here, and none yet for ours.
    by_page = _object(pdf, root["ParentTree"])["Nums"]
    references = pdf.page_references
    label = next((label for _, label, *_ in own[0][1].bookmarks), "")
    section = _Element(pdf, "Sect", document.reference, more=f"/T{pydyf.String(label).data.decode()}")
    group = element = section
    for number, page in own:
        for mark, kind in enumerate(page.passages):
            if kind == HEADING:
                group = _Element(pdf, "Sect", section.reference)
                section.kids.append(group.reference)
            if kind:
                element = _Element(pdf, kind, group.reference, more=f"/Pg {references[number].decode()}")
                group.kids.append(element.reference)
            element.kids.append(mark)
            by_page[2 * number + 1].append(element.reference)
    before = set(references[: own[0][0]])
    at = sum(1 for kid in document["K"] if _object(pdf, kid)["Pg"] in before)
    document["K"].insert(at, section.reference)


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
