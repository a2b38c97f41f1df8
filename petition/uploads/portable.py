"""PDFs, by way of PDFium without a script engine: the text of their pages, and images of them.

PDFium follows no link, runs no script and opens no attachment here; whoever calls has given up opening files.
"""

import ctypes
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from petition.uploads.blocks import Found, Unreadable
from petition.uploads.pictures import png
from petition.uploads.printed_lines import Line, paragraphs, without_furniture

_ACTIONS: Final = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia|SubmitForm|ImportData)\b")
_LINKS_A_PAGE: Final = 2_000
_CHARACTERS: Final = 2_000_000
_LINE_ENDS: Final = (10, 13)
#: PDFium says so for a hyphen at the end of a line that belongs to a broken word, and for what has no letter.
_HYPHEN, _UNKNOWN = 2, 0xFFFE
_UNREADABLE: Final = re.compile(r"[\ufffd\ufffe\ue000-\uf8ff\x00-\x08]")
_SMALLEST_SIDE, _GREATEST_SIDE = 1.0, 14_400.0


def read(data: bytes, most_pages: int) -> Found:
    """All that a PDF says on its pages. Raises Unreadable."""
    found = Found("pdf")
    with closing(_opened(data)) as document:
        found.pages = _count(document, most_pages)
        _inspect(document, data, found)
        pages = []
        characters = 0
        for number in range(found.pages):
            lines = list(_lines_of(document, number, found))
            characters += sum(len(line.text) for line in lines)
            if characters > _CHARACTERS:
                raise Unreadable("heavy")
            text = "".join(line.text for line in lines)
            legible = len(_UNREADABLE.findall(text)) * 4 < len(text)
            pages.append(lines if legible else [])
            if not (legible and re.search(r"\w", text)):
                found.empty_pages.append(number + 1)
    found.scan = len(found.empty_pages) == found.pages
    if not found.scan:
        kept, left_out = without_furniture(pages)
        found.warnings += {"pdf": 1, "furniture": left_out}
        found.blocks = paragraphs(kept)
    found.warnings = +found.warnings
    return found


def count(data: bytes) -> int:
    """How many pages a PDF has. Raises Unreadable."""
    with closing(_opened(data)) as document:
        return len(document)


def images(data: bytes, most: int, pixels_a_side: int) -> Iterator[bytes]:
    """The first pages as PNG images, drawn anew: nothing of the file but its looks is in them."""
    with closing(_opened(data)) as document:
        for number in range(min(len(document), most)):
            with closing(_page(document, number)) as page:
                scale = pixels_a_side / max(_SMALLEST_SIDE, *page.get_size())
                if not max(page.get_size()) / min(page.get_size()) < 20:
                    raise Unreadable("damaged")
                with closing(page.render(scale=scale, may_draw_forms=False)) as bitmap:
                    yield png(bitmap.to_pil())


def _opened(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        protected = pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise Unreadable("encrypted" if protected else "damaged") from None


def _page(document: Any, number: int) -> Any:
    try:
        page = document[number]
        sides = page.get_size()
    except pypdfium2.PdfiumError:
        raise Unreadable("damaged") from None
    if not all(_SMALLEST_SIDE <= side <= _GREATEST_SIDE for side in sides):
        raise Unreadable("damaged")
    return page


def _count(document: Any, most: int) -> int:
    count = len(document)
    if count > most:
        raise Unreadable("many_pages", most=str(most))
    if count < 1:
        raise Unreadable("damaged")
    return count


def _inspect(document: Any, data: bytes, found: Found) -> None:
    form = document.get_formtype()
    if form == pdfium.FORMTYPE_XFA_FULL:
        raise Unreadable("form")
    found.warnings["form"] = int(form != pdfium.FORMTYPE_NONE)
    found.warnings["attachments"] = max(0, pdfium.FPDFDoc_GetAttachmentCount(document))
    named = max(0, pdfium.FPDFDoc_GetJavaScriptActionCount(document))
    found.warnings["scripts"] = max(named, len(_ACTIONS.findall(data)))


# --- One page -------------------------------------------------------------------------------------


def _lines_of(document: Any, number: int, found: Found) -> Iterator[Line]:
    with closing(_page(document, number)) as page:
        found.warnings["external"] += _actions_elsewhere(document, page)
        with closing(page.get_textpage()) as text_page:
            count = text_page.count_chars()
            if count > _CHARACTERS:
                raise Unreadable("heavy")
            yield from _split(text_page, count)


def _split(text_page: Any, count: int) -> Iterator[Line]:
    signs: list[str] = []
    places: list[int] = []
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if code in _LINE_ENDS:
            if places:
                yield _line(text_page, signs, places)
            signs, places = [], []
        elif code in (_HYPHEN, _UNKNOWN):
            signs.append("\u00ad")
        else:
            signs.append(chr(code) if code < 0x110000 else "\ufffd")
            if code > 32:
                places.append(index)
    if places:
        yield _line(text_page, signs, places)


def _line(text_page: Any, signs: list[str], places: list[int]) -> Line:
    left, bottom, _, top = _box(text_page, places[0])
    _, _, right, _ = _box(text_page, places[-1])
    middle = _box(text_page, places[len(places) // 2])
    text = "".join(signs).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Line(re.sub(r"\s+", " ", text).strip(), left, right, bottom, max(top - bottom, middle[3] - middle[1]))


def _box(text_page: Any, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a character with the room of its font: the same for all of one size."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(text_page, index, ctypes.byref(box)):
        return 0.0, 0.0, 0.0, 0.0
    return box.left, min(box.bottom, box.top), box.right, max(box.bottom, box.top)


def _actions_elsewhere(document: Any, page: Any) -> int:
    """How many links of a page start a program or open another file."""
    place, link, count = ctypes.c_int(0), pdfium.FPDF_LINK(), 0
    for _ in range(_LINKS_A_PAGE):
        if not pdfium.FPDFLink_Enumerate(page, ctypes.byref(place), ctypes.byref(link)):
            break
        action = pdfium.FPDFLink_GetAction(link)
        kind = pdfium.FPDFAction_GetType(action) if action else 0
        count += kind in (pdfium.PDFACTION_LAUNCH, pdfium.PDFACTION_REMOTEGOTO, pdfium.PDFACTION_EMBEDDEDGOTO)
    return count
