"""6.1 of ISO 19005-3: the file as bytes and as objects."""

import re
from collections.abc import Iterator
from typing import Final

import pikepdf

from tests.pdfa import File, rule
from tests.pdfa.contents import objects

_FILTERS: Final = {
    "/ASCIIHexDecode", "/ASCII85Decode", "/FlateDecode", "/RunLengthDecode", "/CCITTFaxDecode", "/JBIG2Decode",
    "/DCTDecode",
}  # fmt: skip
_OBJECT: Final = re.compile(rb"(?:^|[\r\n])(\d+) (\d+) obj[\r\n]")
_KEYED: Final = (pikepdf.Dictionary, pikepdf.Stream)
_LONGEST_STRING, _LONGEST_NAME, _MOST_OBJECTS, _DEEPEST = 32_766, 127, 8_388_607, 28


@rule("6.1.2")
def header(file: File) -> Iterator[str]:
    """At byte zero, with a comment of four bytes beyond 127 in the next line."""
    if not re.match(rb"%PDF-1\.[0-7](?:\r\n|\n|\r)%[\x80-\xff]{4}", file.raw):
        yield f"the file begins with {file.raw[:20]!r}"
    if str(file.pdf.Root.get("/Version", "/1.7")) > "/1.7":
        yield f"the catalog says PDF {file.pdf.Root.Version}"


@rule("6.1.3")
def trailer(file: File) -> Iterator[str]:
    """An identifier, no encryption, nothing behind the end."""
    if len(file.pdf.trailer.get("/ID", ())) != 2 or not all(bytes(one) for one in file.pdf.trailer.ID):
        yield "the trailer has no ID"
    if "/Encrypt" in file.pdf.trailer or file.pdf.is_encrypted:
        yield "it is encrypted"
    if file.raw.rpartition(b"%%EOF")[2] not in (b"", b"\n", b"\r\n", b"\r"):
        yield "something follows the last %%EOF"


@rule("6.1.4")
def cross_reference(file: File) -> Iterator[str]:
    """A table's keyword and its header are one line end apart."""
    for found in re.finditer(rb"(?<!start)xref\b(.{0,12})", file.raw, re.DOTALL):
        if b"startxref" not in file.raw[found.start() - 5 : found.end()] and not re.match(rb"(\r\n|\n|\r)\d", found[1]):
            yield f"xref is followed by {found[1]!r}"


@rule("6.1.6")
def hexadecimal_strings(file: File) -> Iterator[str]:
    """An even number of digits and nothing else, where strings stand in the open."""
    for found in re.finditer(rb"/(?:ID\s*\[\s*|Contents\s*|ByteRange\s*)<([^<>]*)>", file.raw):
        if not re.fullmatch(rb"(?:[0-9A-Fa-f]{2}|\s)*", found[1]):
            yield f"a string of digits has others: {found[1][:40]!r}"


@rule("6.1.7")
def streams(file: File) -> Iterator[str]:
    """Their lengths are true, they lie in the file, and no filter is LZW or unknown."""
    for one in file.pdf.objects:
        if not isinstance(one, pikepdf.Stream):
            continue
        if {"/F", "/FFilter", "/FDecodeParms"} & set(one.keys()):
            yield f"stream {one.objgen} lies elsewhere"
        if len(one.read_raw_bytes()) != int(one.Length):
            yield f"stream {one.objgen} is not as long as it says"
        named = one.get("/Filter", pikepdf.Array())
        for name in named if isinstance(named, pikepdf.Array) else [named]:
            if str(name) not in _FILTERS:
                yield f"stream {one.objgen} has the filter {name}"


@rule("6.1.7")
def stream_ends(file: File) -> Iterator[str]:
    """A stream that is written out ends in a line of its own, as many bytes on as it says."""
    for found in re.finditer(rb"/Length (\d+)(?! \d+ R)[^\x80-\xff]{0,2000}?>>\s*stream(\r\n|\n)", file.raw):
        end = found.end() + int(found[1])
        if not re.match(rb"(?:\r\n|\n|\r)endstream", file.raw[end : end + 12]):
            yield f"at byte {end} no stream ends"


@rule("6.1.9")
def indirect_objects(file: File) -> Iterator[str]:
    """Number, generation and keyword one space apart, keywords at line ends."""
    found = {(int(number), int(generation)) for number, generation in _OBJECT.findall(file.raw)}
    loose = {(int(number), int(generation)) for number, generation in re.findall(rb"\n(\d+)\s+(\d+)\s+obj\b", file.raw)}
    if loose - found:
        yield f"objects begin in another way: {sorted(loose - found)[:5]}"
    if re.search(rb"[^\r\n]endobj", file.raw) or re.search(rb"endobj[^\r\n]", file.raw):
        yield "endobj stands in no line of its own"


@rule("6.1.12")
def permissions(file: File) -> Iterator[str]:
    """Nothing but DocMDP and UR3, and no digest in a signature's reference."""
    perms = file.pdf.Root.get("/Perms", {})
    if set(perms.keys()) - {"/DocMDP", "/UR3"}:
        yield f"permissions {list(perms.keys())}"
    for reference in perms.get("/DocMDP", {}).get("/Reference", ()):
        if {"/DigestLocation", "/DigestMethod", "/DigestValue"} & set(reference.keys()):
            yield "the signature's reference has a digest"


@rule("6.1.13")
def limits(file: File) -> Iterator[str]:
    """Of objects and nesting, and of a page's size."""
    if len(file.pdf.objects) > _MOST_OBJECTS:
        yield "too many objects"
    if file.drawn.deepest > _DEEPEST:
        yield f"q is nested {file.drawn.deepest} deep"
    for page in file.pdf.pages:
        for name in ("/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
            left, bottom, right, top = map(float, page.obj.get(name, (0, 0, 100, 100)))
            if not all(3 <= size <= 14_400 for size in (right - left, top - bottom)):
                yield f"{name} is {right - left} by {top - bottom}"


@rule("6.1.13")
def values(file: File) -> Iterator[str]:
    """Of strings, names and numbers."""
    for holder, one in objects(file.pdf):
        if isinstance(one, pikepdf.String) and len(bytes(one)) > _LONGEST_STRING:
            yield f"a string of {len(bytes(one))} bytes in {holder.objgen}"
        elif isinstance(one, int) and not -(2**31) <= one < 2**31:
            yield f"the number {one} in {holder.objgen}"
        names = [one] if isinstance(one, pikepdf.Name) else one.keys() if isinstance(one, _KEYED) else []
        if any(len(str(name).encode()) - 1 > _LONGEST_NAME for name in names):
            yield f"a name that is too long in {holder.objgen}"
