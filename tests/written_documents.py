"""Documents as word processors write them, made by code: .docx, .odt, .pdf and pages of Word."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final

W: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES: Final = (
    f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONSHIP: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES: Final = (
    f"{HEAD}<w:styles {W}>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/><w:basedOn w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/>'
    "</w:pPr></w:style>"
    '<w:style w:type="paragraph" w:styleId="Clause"><w:name w:val="Clause"/><w:pPr><w:numPr><w:numId w:val="4"/>'
    "</w:numPr></w:pPr></w:style>"
    '<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>'
    "</w:styles>"
)


def level(place: int, style: str, text: str, *, start: int = 1, more: str = "") -> str:
    """One level of a list of Word."""
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


_LISTS: Final = (
    level(0, "decimal", "%1.") + level(1, "lowerLetter", "(%2)"),
    level(0, "bullet", "\uf0b7") + level(1, "bullet", "o"),
    level(0, "upperRoman", "Article %1.") + level(1, "decimal", "%1.%2", more="<w:isLgl/>"),
    level(0, "ordinalText", "%1,", more='<w:pStyle w:val="Clause"/>'),
)
NUMBERING: Final = (
    f"{HEAD}<w:numbering {W}>"
    + "".join(f'<w:abstractNum w:abstractNumId="{n}">{levels}</w:abstractNum>' for n, levels in enumerate(_LISTS))
    + '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num><w:num w:numId="4"><w:abstractNumId w:val="3"/></w:num>'
    '<w:num w:numId="5"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>'
    "</w:lvlOverride></w:num></w:numbering>"
)


def archive(parts: Mapping[str, str | bytes], *, stored: Sequence[str] = ()) -> bytes:
    """A ZIP archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            way = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            file.writestr(zipfile.ZipInfo(name), content, way)
    return out.getvalue()


def relationships(*rows: tuple[str, str, str], external: bool = True) -> str:
    """A part of relationships: id, kind, target."""
    mode = ' TargetMode="External"' if external else ""
    inside = "".join(
        f'<Relationship Id="{i}" Type="{RELATIONSHIP}/{kind}" Target="{target}"{mode}/>' for i, kind, target in rows
    )
    return f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'


def docx_parts(body: str, parts: Mapping[str, str | bytes] | None = None) -> dict[str, str | bytes]:
    """The parts of a Word document with this body."""
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relationships(("rId1", "officeDocument", "word/document.xml"), external=False),
        "word/document.xml": f"{HEAD}<w:document {W}><w:body>{body}<w:sectPr/></w:body></w:document>",
        "word/styles.xml": STYLES,
        "word/numbering.xml": NUMBERING,
        **(parts or {}),
    }


def docx(body: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word document with this body."""
    return archive(docx_parts(body, parts))


def run(text: str, looks: str = "") -> str:
    """A run of Word."""
    properties = f"<w:rPr>{looks}</w:rPr>" if looks else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inside: str, *, style: str = "", number: tuple[int, int] | None = None, more: str = "") -> str:
    """A paragraph of Word; `number` is list and level."""
    if not inside.startswith("<"):
        inside = run(inside)
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    numbered = f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    return f"<w:p><w:pPr>{named}{numbered}{more}</w:pPr>{inside}</w:p>"


# --- OpenDocument -----------------------------------------------------------------------------------

ODF: Final = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        "office": "office", "style": "style", "text": "text", "table": "table", "draw": "drawing", "meta": "meta",
        "fo": "xsl-fo-compatible", "script": "script", "form": "form", "manifest": "manifest",
    }.items()
) + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'  # fmt: skip  # noqa: E501
MIMETYPE: Final = "application/vnd.oasis.opendocument.text"
MANIFEST: Final = (
    f'{HEAD}<manifest:manifest {ODF}><manifest:file-entry manifest:full-path="/" manifest:media-type="{MIMETYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
ODT_STYLES: Final = (
    f"{HEAD}<office:document-styles {ODF}><office:styles>"
    '<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph" '
    'style:default-outline-level="1"/><style:style style:name="Title" style:family="paragraph"/>'
    '<style:style style:name="Strong_20_Emphasis" style:display-name="Strong Emphasis" style:family="text">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    "</office:styles></office:document-styles>"
)
ODT_AUTOMATIC: Final = (
    '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="T2" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>'
    '<style:style style:name="T3" style:family="text"><style:text-properties text:display="none"/></style:style>'
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="(" '
    'style:num-suffix=")"/></text:list-style>'
    '<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/>'
    "</text:list-style>"
)


def odt_parts(body: str, parts: Mapping[str, str | bytes] | None = None) -> dict[str, str | bytes]:
    """The parts of an OpenDocument text with this body."""
    return {
        "mimetype": MIMETYPE,
        "content.xml": f"{HEAD}<office:document-content {ODF}><office:automatic-styles>{ODT_AUTOMATIC}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>",
        "styles.xml": ODT_STYLES,
        "META-INF/manifest.xml": MANIFEST,
        **(parts or {}),
    }


def odt(body: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """An OpenDocument text with this body."""
    return archive(odt_parts(body, parts), stored=["mimetype"])


# --- PDF --------------------------------------------------------------------------------------------


def pdf_of(objects: Sequence[str | bytes], root: str = "1 0 R", more: str = "") -> bytes:
    """A PDF of these objects, numbered from 1, with its table of places."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + (one.encode("latin-1") if isinstance(one, str) else one) + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root {root} {more} >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)


def stream(content: str | bytes, more: str = "") -> bytes:
    """A stream object."""
    data = content.encode("cp1252") if isinstance(content, str) else content
    return f"<< /Length {len(data)} {more} >>\nstream\n".encode() + data + b"\nendstream"


def pdf(pages: Sequence[Sequence[tuple[str, int, int, int]]], *, catalog: str = "", page: str = "",
        objects: Sequence[str | bytes] = ()) -> bytes:  # fmt: skip
    """A PDF with these pages: each line is its text, its size, and its place from the left and the foot.

    `objects` are further ones, the first of which gets the number 4 + 2 * len(pages).
    """
    numbers = [4 + 2 * place for place in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    made: list[str | bytes] = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in zip(numbers, pages, strict=True):
        made.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {number + 1} 0 R "
                    f"/Resources << /Font << /F1 3 0 R >> >> {page} >>")  # fmt: skip
        escaped = [(text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)"), *rest) for text, *rest in lines]
        made.append(stream("".join(f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n" for text, size, x, y in escaped)))
    return pdf_of([*made, *objects])
