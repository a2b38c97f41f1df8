"""What a file is: by the end of its name, and whether its first bytes bear that out."""

from typing import Final

from petition.uploads.blocks import Unreadable

DOCX: Final = "docx"
ODT: Final = "odt"
PDF: Final = "pdf"
MARKDOWN: Final = "md"
TEXT: Final = "txt"
HTML: Final = "html"
#: Word processors' files have no pages of their own: another program draws them, for who compares and nobody else.
DRAWN: Final = (DOCX, ODT)
#: Photographs of pages, which are no document to read: reading.pictures takes them.
PICTURES: Final = "pictures"

_SUFFIXES: Final = {
    ".docx": DOCX, ".odt": ODT, ".pdf": PDF, ".md": MARKDOWN, ".markdown": MARKDOWN,
    ".txt": TEXT, ".text": TEXT, ".html": HTML, ".htm": HTML, ".xhtml": HTML,
}  # fmt: skip
#: Files that chapters have and that we do not read: each with the sentence that says how to save them.
_OTHERS: Final = {
    ".doc": "doc", ".wps": "doc", ".wpd": "doc", ".pages": "apple", ".rtf": "rtf", ".gdoc": "google",
    ".docm": "macros", ".dotm": "macros", ".dotx": "template", ".dot": "template", ".ott": "template",
    ".heic": "heic", ".heif": "heic",
} | dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".tif", ".tiff", ".bmp"), "picture")  # fmt: skip

JPEG: Final = b"\xff\xd8\xff"
PNG: Final = b"\x89PNG\r\n\x1a\n"
_ZIP: Final = b"PK\x03\x04"
_COMPOUND_FILE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_OF_PAGES: Final = dict.fromkeys((".jpg", ".jpeg", ".png"), (JPEG, PNG))
_HEIC: Final = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
#: What a letterhead may begin with: PNG and JPEG.
LETTERHEADS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
# PDF 32000-1, annex H: readers look for the header in the first 1,024 bytes.
_PDF_HEADER_WITHIN: Final = 1024


def suffix_of(name: str) -> str:
    """The end of a file's name, in small letters: .docx."""
    return "." + name.rpartition(".")[2].strip().lower() if "." in name else ""


def kind_by_name(suffix: str) -> str:
    """The kind of file that a name's end promises. Raises Unreadable for what we do not read."""
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    raise Unreadable(_OTHERS.get(suffix, "kind"))


def shows_pages(name: str) -> bool:
    """Whether a file of this name is a photograph that we take for one of a document's pages."""
    return suffix_of(name) in _OF_PAGES


def check_picture(name: str, data: bytes) -> None:
    """Refuse what is no such photograph. Telephones are not particular about which of the two they call it."""
    suffix = suffix_of(name)
    if suffix not in _OF_PAGES:
        raise Unreadable("several")
    if not data:
        raise Unreadable("empty")
    if not data.startswith(_OF_PAGES[suffix]):
        raise Unreadable("heic" if data[4:12] in _HEIC else "mismatch", suffix=suffix)


def check_first_bytes(kind: str, suffix: str, data: bytes) -> None:
    """Refuse a file whose bytes are not what its name promises, by what they are if we know that."""
    if data.startswith(_COMPOUND_FILE):
        raise Unreadable("encrypted" if _ENCRYPTED_PACKAGE in data else "doc")
    if data.startswith(b"{\\rtf"):
        raise Unreadable("rtf")
    if data.startswith(_PICTURES):
        raise Unreadable("picture")
    if kind in (DOCX, ODT):
        fits = data.startswith(_ZIP)
    elif kind == PDF:
        fits = b"%PDF-" in data[:_PDF_HEADER_WITHIN]
    else:
        fits = not data.startswith((_ZIP, b"%PDF-", b"\x7fELF", b"MZ\x90"))
    if not fits:
        raise Unreadable("mismatch", suffix=suffix)


def png_head(width: int, height: int) -> bytes:
    """The first 24 bytes of every PNG of this size: its signature, and where IHDR names width and height."""
    sides = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return LETTERHEADS[0] + b"\x00\x00\x00\rIHDR" + sides
