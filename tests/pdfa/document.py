"""6.3 to 6.11 of ISO 19005-3: annotations, forms, actions, metadata, structure, files, and what may not be there."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

import pikepdf
from asn1crypto import cms

from tests.pdfa import File, rule
from tests.pdfa.contents import objects

_NAMESPACES: Final = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
}
#: What ISO 16684-1 and PDF/A define of these schemas and we may have; all else would need an extension schema.
_PROPERTIES: Final = {
    "dc": {"title", "creator", "description", "subject", "format", "language"},
    "pdf": {"Producer", "Keywords", "PDFVersion", "Trapped"},
    "pdfaid": {"part", "conformance", "amd", "corr"},
    "xmp": {"CreateDate", "ModifyDate", "MetadataDate", "CreatorTool"},
    "xmpMM": {"DocumentID", "InstanceID"},
}
_ANNOTATIONS: Final = {"/Link", "/Widget"}
_ACTIONS: Final = {"/GoTo", "/URI"}


def _annotations(file: File) -> Iterator[Any]:
    for page in file.pdf.pages:
        yield from page.obj.get("/Annots", ())


@rule("6.3")
def annotations(file: File) -> Iterator[str]:
    """Links and fields, printed and never hidden; a field without extent needs no appearance (6.3.1, 6.3.2, 6.3.3)."""
    for one in _annotations(file):
        flags = one.get("/F")
        if one.get("/Subtype") not in _ANNOTATIONS:
            yield f"an annotation {one.get('/Subtype')}"
        if flags is None or not int(flags) & 4 or int(flags) & (1 | 2 | 32 | 256):
            yield f"an annotation {one.get('/Subtype')} has the flags {flags}"
        left, bottom, right, top = map(float, one.Rect)
        if "/AP" in one and list(one.AP.keys()) != ["/N"]:
            yield f"an appearance has {list(one.AP.keys())}"
        if "/AP" not in one and one.get("/Subtype") != "/Link" and (left != right or bottom != top):
            yield f"an annotation {one.get('/Subtype')} has no appearance"


@rule("6.4")
def form_fields(file: File) -> Iterator[str]:
    """No actions, no appearance to be made by the reader, no XFA (6.4.1, 6.4.2)."""
    form = file.pdf.Root.get("/AcroForm", {})
    if form.get("/NeedAppearances", False) or "/XFA" in form or file.pdf.Root.get("/NeedsRendering", False):
        yield "the form wants to be drawn by its reader"
    for one in form.get("/Fields", ()):
        if {"/A", "/AA", "/Kids"} & set(one.keys()) or one.get("/FT") != "/Sig":
            yield f"a field has {list(one.keys())}"


@rule("6.4.3")
def signatures(file: File) -> Iterator[str]:
    """A signature covers the whole file but itself, and is one CMS of one signer with their certificate."""
    for one in file.pdf.Root.get("/AcroForm", {}).get("/Fields", ()):
        said = one.V
        begin, until, behind, rest = map(int, said.ByteRange)
        hole = file.raw[until:behind]
        if begin != 0 or behind + rest != len(file.raw) or hole[:1] + hole[-1:] != b"<>":
            yield f"a signature covers {[begin, until, behind, rest]} of {len(file.raw)} bytes"
        content = cms.ContentInfo.load(bytes(said.Contents).rstrip(b"\0") + b"\0" * 8)["content"]
        if len(content["signer_infos"]) != 1 or not len(content["certificates"]):
            yield "a signature has not one signer, or no certificate"


@rule("6.5")
def actions(file: File) -> Iterator[str]:
    """Links lead to places and addresses; nothing starts by itself (6.5.1, 6.5.2)."""
    for holder, one in objects(file.pdf):
        if isinstance(one, pikepdf.Dictionary):
            if "/AA" in one or "/JS" in one or "/JavaScript" in one:
                yield f"an action that starts by itself, or a script, in {holder.objgen}"
            if one.get("/Type") == "/Action" and one.get("/S") not in _ACTIONS:
                yield f"an action {one.get('/S')}"
    if isinstance(file.pdf.Root.get("/OpenAction"), pikepdf.Dictionary):
        yield "an action on opening"


@rule("6.6.2")
def metadata(file: File) -> Iterator[str]:
    """XMP, well formed, of properties that need no schema of their own. That it lies open is our own wish."""
    stream = file.pdf.Root.get("/Metadata")
    if stream is None or stream.get("/Type") != "/Metadata" or stream.get("/Subtype") != "/XML":
        yield "there is no XMP"
        return
    if "/Filter" in stream:
        yield "the XMP is compressed"
    if re.search(rb"<\?xpacket begin=[^?]*\b(bytes|encoding)=", stream.read_bytes()):
        yield "the packet's header says bytes or encoding"
    for name in _said(stream):
        space, _, local = name[1:].partition("}")
        prefix = next((prefix for prefix, uri in _NAMESPACES.items() if uri == space), "")
        if local not in _PROPERTIES.get(prefix, ()):
            yield f"the property {name}"


@rule("6.6.3")
def information(file: File) -> Iterator[str]:
    """What the old dictionary says, the XMP says too."""
    told, info = _said(file.pdf.Root.Metadata), file.pdf.docinfo
    for key, name in (("/Title", "dc:title"), ("/Author", "dc:creator"), ("/Subject", "dc:description"),
                      ("/Producer", "pdf:Producer"), ("/CreationDate", "xmp:CreateDate"),
                      ("/ModDate", "xmp:ModifyDate"), ("/Creator", "xmp:CreatorTool")):  # fmt: skip
        prefix, _, local = name.partition(":")
        there = told.get(f"{{{_NAMESPACES[prefix]}}}{local}")
        here = str(info[key]) if key in info else None
        same = _moment(here) == _moment(there) if "Date" in key and here and there else here == there
        if here is not None and not same:
            yield f"{key} is {here!r}, {name} is {there!r}"


@rule("6.6.4")
def identification(file: File) -> Iterator[str]:
    """It says that it is of part 3, level B."""
    told = _said(file.pdf.Root.Metadata)
    said = [told.get(f"{{{_NAMESPACES['pdfaid']}}}{name}") for name in ("part", "conformance")]
    if said != ["3", "B"] or b"pdfaid:" not in file.pdf.Root.Metadata.read_bytes():
        yield f"it says {said}"


def _said(stream: Any) -> dict[str, str]:
    """Each property of the XMP with its text."""
    told: dict[str, str] = {}
    about = f"{{{_NAMESPACES['rdf']}}}about"
    for one in ET.fromstring(stream.read_bytes().decode()).iter(f"{{{_NAMESPACES['rdf']}}}Description"):
        told.update({name: value for name, value in one.attrib.items() if name != about})
        told.update({child.tag: ", ".join("".join(child.itertext()).split("\n")).strip(", ") for child in one})
    return told


def _moment(said: str) -> datetime:
    if said.startswith("D:"):
        digits = re.match(r"D:(\d{14})(Z|[+-]\d\d'\d\d)?", said)
        assert digits is not None, said
        zone = (digits[2] or "Z").replace("'", "").replace("Z", "+0000")
        return datetime.strptime(digits[1] + zone, "%Y%m%d%H%M%S%z").astimezone(UTC)
    return datetime.fromisoformat(said).astimezone(UTC)


@rule("6.7")
def structure(file: File) -> Iterator[str]:
    """Level A alone asks for it, and our documents have it: marked, in a language, with a title that is shown."""
    root = file.pdf.Root
    if not root.get("/MarkInfo", {}).get("/Marked", False) or "/StructTreeRoot" not in root:
        yield "it is not tagged"
    if not str(root.get("/Lang", "")) or not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "it says no language, or does not show its title"


@rule("6.8")
def embedded_files(file: File) -> Iterator[str]:
    """Each has its kind, both its names, its relationship, its day, and the document names it."""
    named = list(file.pdf.Root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", ()))[1::2]
    specifications = [one for _, one in objects(file.pdf) if isinstance(one, pikepdf.Dictionary) and "/EF" in one]
    associated = [one.objgen for one in file.pdf.Root.get("/AF", ())]
    if sorted(associated) != sorted(one.objgen for one in specifications) or len(named) != len(specifications):
        yield f"{len(specifications)} files, {len(named)} named, {len(associated)} associated"
    for one in specifications:
        if not {"/F", "/UF", "/AFRelationship", "/Desc"} <= set(one.keys()) or one.get("/Type") != "/Filespec":
            yield f"a file has {list(one.keys())}"
        stream = one.EF.F
        if "/Subtype" not in stream or "/" not in str(stream.Subtype)[1:]:
            yield f"a file of the kind {stream.get('/Subtype')}"
        if not {"/ModDate", "/Size"} <= set(stream.get("/Params", {}).keys()):
            yield "a file has no day or no size"


@rule("6.9, 6.10, 6.11")
def nothing_else(file: File) -> Iterator[str]:
    """No optional content, no presentations, no requirements."""
    there = {"/OCProperties", "/Requirements", "/Collection"} & set(file.pdf.Root.keys())
    if there or "/AlternatePresentations" in file.pdf.Root.get("/Names", {}):
        yield f"the catalog has {there or 'alternate presentations'}"
    if any("/PresSteps" in page.obj for page in file.pdf.pages):
        yield "a page has steps"
