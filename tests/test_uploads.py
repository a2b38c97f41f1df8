"""Uploaded documents as chapters have them, made by code: what becomes of each, and what the editor is told."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition import markdown
from petition.uploads import reading
from petition.uploads.blocks import Block, Found, Span
from petition.uploads.composing import compose
from petition.uploads.document import LIMITS, Document, Mark, UploadRefused
from petition.uploads.numerals import numeral
from petition.uploads.reading import pages, read, shown
from petition.uploads.wording import REFUSALS, WARNINGS
from tests.written_documents import (
    HEAD,
    STYLES,
    W,
    archive,
    docx,
    docx_parts,
    odt,
    paragraph,
    pdf,
    pdf_of,
    relationships,
    run,
    stream,
)


def told(document: Document) -> dict[str, str]:
    """What the editor is warned of, by code, with its number."""
    return {one.code: next(iter(one.values.values()), "") for one in document.warnings}


def text(written: str) -> str:
    return dedent(written).strip() + "\n"


# --- Word -------------------------------------------------------------------------------------------


def test_a_resolution_in_word_keeps_headings_emphasis_and_lists() -> None:
    document = read(
        docx(
            paragraph("Resolution on Ebooks", style="Titel")
            + paragraph("Findings", style="berschrift2")
            + paragraph(run("Readers ") + run("wait", "<w:b/>") + run(" for ") + run("months.", "<w:i/>"))
            + paragraph(run("Truly", '<w:rStyle w:val="Strong"/>') + run(" so"))
            + paragraph("lend them", number=(1, 0))
            + paragraph("sell them", number=(1, 0))
            + paragraph("in time", number=(2, 0))
            + paragraph("Books are a public good.", style="Quote")
        ),
        "Resolution final.docx",
    )
    assert document.kind == "docx"
    assert document.name == "Resolution final.docx"
    assert document.warnings == ()
    assert document.markdown == text(
        """
        ## Resolution on Ebooks

        ### Findings

        Readers **wait** for *months*.

        **Truly** so

        1. lend them
        2. sell them
        - in time

        > Books are a public good.
        """
    )


def test_automatic_numbers_that_a_page_would_not_show_become_text() -> None:
    document = read(
        docx(
            paragraph("Purpose", number=(3, 0))
            + paragraph("to lend", number=(3, 1))
            + paragraph("to keep", number=(3, 1))
            + paragraph("Means", number=(3, 0))
            + paragraph("to ask", number=(3, 1))
            + paragraph("that publishers listen", style="Clause")
            + paragraph("that they answer", style="Clause")
            + paragraph("the seventh", number=(5, 0))
            + paragraph("with a part", number=(5, 1))
        ),
        "a.docx",
    )
    assert document.markdown.splitlines()[::2] == [
        "Article I. Purpose",
        "1.1 to lend",
        "1.2 to keep",
        "Article II. Means",
        "2.1 to ask",
        "First, that publishers listen",
        "Second, that they answer",
        "7\\. the seventh",
        "(a) with a part",
    ]


def test_a_list_that_goes_on_after_a_paragraph_keeps_its_numbers() -> None:
    document = read(
        docx(paragraph("one", number=(1, 0)) + paragraph("between") + paragraph("two", number=(1, 0))), "a.docx"
    )
    assert document.markdown == "1\\. one\n\nbetween\n\n2\\. two\n"
    assert "<p>2. two</p>" in markdown.html(document.markdown)


def test_tracked_changes_are_read_as_accepted_and_each_is_listed() -> None:
    by = 'w:author="Ann Reyes" w:date="2026-11-01T10:00:00Z"'
    document = read(
        docx(
            paragraph(
                run("We ask for ")
                + f'<w:del w:id="1" {by}><w:r><w:delText>two</w:delText></w:r></w:del>'
                + f'<w:ins w:id="2" {by}>{run("three")}{run(" full")}</w:ins>'
                + run(" years.")
            )
            + paragraph("This ends", more=f'<w:rPr><w:del w:id="3" {by}/></w:rPr>')
            + paragraph(" here.")
            + paragraph(f'<w:moveFrom w:id="4" {by}>{run("Moved.")}</w:moveFrom>')
            + paragraph(f'<w:moveTo w:id="5" {by}>{run("Moved.")}</w:moveTo>')
            + f"<w:tbl><w:tr><w:trPr><w:del w:id='6' {by}/></w:trPr><w:tc>{paragraph('gone')}</w:tc></w:tr></w:tbl>"
        ),
        "a.docx",
    )
    assert document.markdown == "We ask for three full years.\n\nThis ends here.\n\nMoved.\n"
    who = ("Ann Reyes", "2026-11-01T10:00:00Z")
    assert document.marks == (
        Mark("deleted", "two", *who),
        Mark("inserted", "three full", *who),
        Mark("moved", "Moved.", *who),
        Mark("deleted", "gone", *who),
    )
    assert told(document)["changes"] == "4"


def test_each_tracked_change_knows_what_stands_beside_it() -> None:
    by = 'w:author="Ann Reyes" w:date="2026-11-01T10:00:00Z"'
    deleted = f'<w:del w:id="1" {by}><w:r><w:delText>two</w:delText></w:r></w:del>'
    inserted = f'<w:ins w:id="2" {by}>{run("three")}{run(" full")}</w:ins>'
    word = docx(paragraph("Before.") + paragraph(run("We ask for ") + deleted + inserted + run(" years.")))
    page = b"<p>Before.</p><p>We ask for <del>two</del><ins>three full</ins> years.</p><p>After.</p>"
    for document in (read(word, "a.docx"), read(page, "a.html")):
        assert [(mark.text, mark.before, mark.after) for mark in document.marks] == [
            ("two", "We ask for ", "three full years."),
            ("three full", "We ask for ", " years."),
        ]


def test_footnotes_stand_at_the_end_in_the_order_of_their_calls() -> None:
    notes = (
        f"{HEAD}<w:footnotes {W}><w:footnote w:type='separator' w:id='-1'><w:p/></w:footnote>"
        f"<w:footnote w:id='2'>{paragraph('Survey of 2025.')}</w:footnote>"
        f"<w:footnote w:id='1'>{paragraph('Figures of the state.')}</w:footnote></w:footnotes>"
    )
    call = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    body = paragraph(run("Readers wait") + call.format(2) + run(", and pay") + call.format(1) + run("."))
    document = read(docx(body, {"word/footnotes.xml": notes}), "a.docx")
    assert document.markdown == text(
        r"""
        Readers wait\[1\], and pay\[2\].

        ---

        \[1\] Survey of 2025.

        \[2\] Figures of the state.
        """
    )


def test_links_are_kept_where_they_lead_to_a_page_or_a_mailbox() -> None:
    links = relationships(
        ("r1", "hyperlink", "https://example.org/a (b)"),
        ("r2", "hyperlink", "mailto:desk@example.org"),
        ("r3", "hyperlink", "javascript:alert(1)"),
    )
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://example.org/f" </w:instrText>'  # noqa: E501
        f'</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("field")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'  # noqa: E501
    )
    body = " ".join(
        f'<w:hyperlink r:id="r{n}">{run(name)}</w:hyperlink>' for n, name in enumerate("page mail odd".split(), 1)
    )
    document = read(docx(paragraph(body.replace("> <", f">{run(' ')}<") + run(" ") + field),
                         {"word/_rels/document.xml.rels": links}), "a.docx")  # fmt: skip
    assert document.markdown == (
        "[page](https://example.org/a%20%28b%29) [mail](mailto:desk@example.org) odd [field](https://example.org/f)\n"
    )
    assert told(document) == {"links": "1"}


def test_text_boxes_and_tables_are_read_as_text_once() -> None:
    box = f"<w:txbxContent>{paragraph('In the box')}</w:txbxContent>"
    shape = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><wps:txbx>{box}</wps:txbx></wp:anchor>"  # noqa: E501
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )

    def table(*rows: tuple[str, ...]) -> str:
        cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"

    letterhead = table(("Nebraska Library Association", "Lincoln"))
    figures = table(("Year", "Loans"), ("2024", "1,200"))
    document = read(docx(letterhead + paragraph(run("Beside") + shape) + figures), "a.docx")
    assert document.markdown == text(
        """
        Nebraska Library Association

        Lincoln

        Beside

        In the box

        Year | Loans\\
        2024 | 1,200
        """
    )
    assert told(document) == {"tables": "2", "text_boxes": "1"}


def test_what_is_left_out_of_a_word_document_is_named() -> None:
    toc = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    body = (
        paragraph(toc.format("begin") + "<w:r><w:instrText>TOC \\o</w:instrText></w:r>" + toc.format("separate")
                  + run("Findings 1") + toc.format("end"))
        + paragraph(run("Seen") + run(" hidden", "<w:vanish/>") + run(" struck", "<w:strike/>"))
        + paragraph("<w:r><w:drawing><pic:pic/></w:drawing></w:r><w:r><w:object><o:OLEObject/></w:object></w:r>")
    )  # fmt: skip
    parts = {
        "word/comments.xml": f"{HEAD}<w:comments {W}><w:comment w:id='0'>{paragraph('Really?')}</w:comment></w:comments>",  # noqa: E501
        "word/header1.xml": f"{HEAD}<w:hdr {W}>{paragraph('Chapter')}</w:hdr>",
        "docProps/app.xml": f"{HEAD}<Properties><Pages>2</Pages></Properties>",
    }
    document = read(docx(body, parts), "a.docx")
    assert document.markdown == "Seen struck\n"
    assert document.pages == 2
    assert told(document) == {
        "comments": "1", "contents": "1", "embedded": "1", "headers": "1", "hidden": "1", "pictures": "1", "struck": "1",  # noqa: E501
    }  # fmt: skip


def test_a_quotation_keeps_what_it_is_when_libreoffice_wrote_the_word_document() -> None:
    styles = {"word/styles.xml": STYLES.replace('<w:name w:val="Quote"/>', '<w:name w:val="Quotations"/>')}
    assert read(docx(paragraph("A public good.", style="Quote"), styles), "a.docx").markdown == "> A public good.\n"


# --- OpenDocument -----------------------------------------------------------------------------------


def test_a_letter_from_libreoffice_keeps_what_word_keeps() -> None:
    document = read(
        odt(
            '<text:h text:style-name="Heading_20_1" text:outline-level="1">To the publishers</text:h>'
            "<text:p>We <text:span text:style-name='T1'>ask</text:span><text:s text:c='2'/>you<text:line-break/>to "
            "<text:a xlink:href='https://example.org/'>listen</text:a><text:note text:note-class='footnote'>"
            "<text:note-citation>1</text:note-citation><text:note-body><text:p>Soon.</text:p></text:note-body></text:note>"
            ".<office:annotation><text:p>Hm.</text:p></office:annotation></text:p>"
            "<text:list text:style-name='L2'><text:list-item><text:p>one</text:p></text:list-item></text:list>"
            "<text:list text:style-name='L1'><text:list-item><text:p>first</text:p><text:list><text:list-item>"
            "<text:p>part</text:p></text:list-item></text:list></text:list-item></text:list>"
            "<text:p><draw:frame><draw:text-box><text:p>Boxed</text:p></draw:text-box></draw:frame></text:p>",
            {"meta.xml": '<m xmlns:meta="urn:x:meta:1.0"><meta:document-statistic meta:page-count="2"/></m>'},
        ),
        "letter.odt",
    )
    assert document.markdown == text(
        r"""
        ## To the publishers

        We **ask** you\
        to [listen](https://example.org/)\[1\].

        - one

        1\. first

        (a) part

        Boxed

        ---

        \[1\] Soon.
        """
    )
    assert document.pages == 2
    assert told(document) == {"comments": "1", "text_boxes": "1"}


def test_lists_of_libreoffice_count_on_where_they_say_so() -> None:
    item = "<text:list-item><text:p>{}</text:p></text:list-item>"
    body = (
        f"<text:list xml:id='a' text:style-name='L1'>{item.format('one')}{item.format('two')}</text:list>"
        f"<text:list text:style-name='L1' text:continue-list='a'>{item.format('three')}</text:list>"
    )
    assert read(odt(body), "a.odt").markdown == "1. one\n2. two\n3. three\n"


def test_tracked_changes_of_libreoffice_are_listed_too() -> None:
    info = "<office:change-info><dc:creator>Ann</dc:creator><dc:date>2026-11-01T10:00:00</dc:date></office:change-info>"
    body = (
        f"<text:tracked-changes><text:changed-region xml:id='c1'><text:deletion>{info}<text:p>two</text:p></text:deletion>"  # noqa: E501
        f"</text:changed-region><text:changed-region xml:id='c2'><text:insertion>{info}</text:insertion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:p>For <text:change text:change-id='c1'/><text:change-start text:change-id='c2'/>three"
        "<text:change-end text:change-id='c2'/> years</text:p>"
    )
    document = read(odt(body), "a.odt")
    assert document.markdown == "For three years\n"
    assert document.marks == (
        Mark("deleted", "two", "Ann", "2026-11-01T10:00:00"),
        Mark("inserted", "three", "Ann", "2026-11-01T10:00:00"),
    )


# --- Text, Markdown, web pages ------------------------------------------------------------------------

SPANISH = (
    "Señoras y señores: “los niños” leen — ¿y el préstamo?\n\nEl límite es de ocho semanas, según la editorial’s aviso."
)


@pytest.mark.parametrize("encoding", "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 cp1252 mac_roman".split())
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_plain_text_is_read_in_whatever_it_was_written(encoding: str, line_end: str) -> None:
    document = read(SPANISH.replace("\n", line_end).encode(encoding), "nota.TXT")
    assert document.markdown == SPANISH + "\n"
    assert ("guessed" in told(document)) == (encoding in ("cp1252", "mac_roman"))


def test_plain_text_finds_its_paragraphs_and_lists_and_keeps_every_sign() -> None:
    wrapped = "Readers in our state wait for months for a new\nebook, and the library can do nothing that helps\nabout it *at all* #1."  # noqa: E501
    document = read(f"{wrapped}\n\n# not a heading\n\n1. one\n2. two\n\n- x\n\nAnn\nReyes\n".encode(), "a.txt")
    assert document.markdown == text(
        r"""
        Readers in our state wait for months for a new ebook, and the library can do nothing that helps about it \*at all\* #1.

        \# not a heading

        1. one
        2. two

        - x

        Ann\
        Reyes
        """  # noqa: E501
    ).replace("2. two\n\n- x", "2. two\n- x")


def test_markdown_is_brought_to_what_our_pages_show() -> None:
    source = """
        ---
        title: x
        ---
        # Letter

        Setext
        ======

        #### Deep

        See ![a chart](chart.png) and [this](javascript:x) or [that](https://example.org/) [^n].

        4) four
        5) five

        | A | B |
        |---|---|
        | 1 | 2 |

        <!-- secret -->

        [^n]: A note.
        """
    document = read(dedent(source).lstrip().encode(), "a.md")
    assert [line for line in document.markdown.splitlines() if line] == [
        "## Letter", "## Setext", "### Deep", r"See a chart and this or [that](https://example.org/) \[1\].",
        r"4\) four", r"5\) five", "| A | B |\\", "| 1 | 2 |", "---", r"\[1\] A note.",
    ]  # fmt: skip
    assert told(document) == {"hidden": "1", "links": "1", "pictures": "1", "tables": "1"}


def test_a_page_saved_by_word_loses_its_looks_and_keeps_its_lists() -> None:
    page = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
        <meta http-equiv=Content-Type content="text/html; charset=windows-1252"><style>p {color: red}</style>
        <!--[if gte mso 9]><xml><o:X>no</o:X></xml><![endif]--></head><body lang=EN-US>
        <h1>Call\x92s title</h1>
        <p class=MsoNormal><b>Bold</b> and <span style='font-style:italic'>slanted</span>
        text<span style='mso-hide:all'>unseen</span></p>
        <p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>(a)<span
        style='font:7.0pt'>&nbsp;&nbsp; </span></span><![endif]>lettered</p>
        <p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>dot</p>
        <p><ins cite="mailto:Ann" datetime="2026-11-01T10:00">new</ins><del cite="mailto:Ann">old</del></p>
        <p>End<a href="#_ftn1" name="_ftnref1"><sup>1</sup></a><img src="http://example.org/x.png" onload="x()"></p>
        <script>alert(1)</script></body></html>"""  # noqa: E501
    document = read(page.encode("latin-1"), "page.htm")
    assert document.markdown == text(
        r"""
        ## Call’s title

        **Bold** and *slanted* text

        (a) lettered

        - dot

        new

        End\[1\]
        """
    )
    assert document.marks == (Mark("inserted", "new", "Ann", "2026-11-01T10:00"), Mark("deleted", "old", "Ann"))
    assert told(document) == {"changes": "2", "external": "1", "hidden": "1", "pictures": "1", "scripts": "2"}


# --- PDF ----------------------------------------------------------------------------------------------

PRINTED = [
    [
        ("Sample Library Association", 9, 72, 760),
        ("Resolution on Ebooks", 20, 72, 700),
        ("WHEREAS, libraries lend books to all of the people who live in the towns and", 12, 72, 660),
        ("beyond them; and", 12, 72, 646),
        ("WHEREAS, readers wait for months; now, therefore, be it", 12, 72, 620),
        ("1. that they listen", 12, 90, 600),
        ("2. that they answer", 12, 90, 586),
        ("Page 1 of 2", 9, 280, 40),
    ],
    [
        ("Sample Library Association", 9, 72, 760),
        ("Adopted by the board.", 12, 72, 700),
        ("Page 2 of 2", 9, 280, 40),
    ],
]


def test_a_pdf_gives_its_paragraphs_without_what_repeats_on_each_page() -> None:
    document = read(pdf(PRINTED), "a.pdf")
    assert document.markdown == text(
        """
        ## Resolution on Ebooks

        WHEREAS, libraries lend books to all of the people who live in the towns and beyond them; and

        WHEREAS, readers wait for months; now, therefore, be it

        1. that they listen
        2. that they answer

        Adopted by the board.
        """
    )
    assert document.pages == 2
    assert told(document) == {"furniture": "4", "pdf": "1"}


def test_numbers_that_a_pdf_draws_last_are_put_before_their_lines() -> None:
    lines = [
        ("that they listen", 12, 90, 600),
        ("that they answer", 12, 90, 580),
        ("1.", 12, 72, 600),
        ("2.", 12, 72, 580),
    ]
    assert read(pdf([lines]), "a.pdf").markdown == "1. that they listen\n2. that they answer\n"


def test_a_scan_is_accepted_without_text_and_its_pages_are_drawn() -> None:
    image = stream(
        bytes(64 * 64),
        "/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>"  # noqa: E501
    scan = pdf_of(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page,
                   stream("q 612 0 0 792 0 0 cm /I Do Q"), image])  # fmt: skip
    document = read(scan, "scan.pdf")
    assert document.scan
    assert document.markdown == "\n"
    assert document.pages == 1
    [drawn] = pages(scan)
    assert drawn.startswith(b"\x89PNG")


def test_pages_without_text_among_others_are_named() -> None:
    document = read(pdf([PRINTED[0], []]), "a.pdf")
    assert not document.scan
    assert told(document)["empty_pages"] == "2"


def test_page_images_are_as_many_and_as_large_as_the_limits_say() -> None:
    drawn = pages(pdf([[("A", 12, 72, 700)]] * 5), replace(LIMITS, page_images=3, pixels_a_side=200))
    assert len(drawn) == 3
    assert {int.from_bytes(one[20:24]) for one in drawn} == {200}


# --- What holds for all -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
        ("a.pages", b"PK\x03\x04", "apple"),
        ("a.rtf", b"{\\rtf1", "rtf"),
        ("a.gdoc", b"{}", "google"),
        ("a.docm", b"PK\x03\x04", "macros"),
        ("a.dotx", b"PK\x03\x04", "template"),
        ("photo.HEIC", b"\0", "heic"),
        ("photo.webp", b"RIFF", "picture"),
        ("a.xlsx", b"PK\x03\x04", "kind"),
        ("README", b"text", "kind"),
    ],
)
def test_other_formats_get_a_sentence_on_how_to_save(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        read(data, name)
    assert refused.value.reason == reason
    assert "save" in refused.value.sentence.lower() or "load" in refused.value.sentence


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("C:\\Users\\Ann\\letter.docx", "letter.docx"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("harmless\u202excod.exe.txt", "harmlessxcod.exe.txt"),
        ("x" * 5_000 + ".docx", "x" * 114 + "….docx"),
    ],
)
def test_a_file_name_is_made_fit_to_show(name: str, expected: str) -> None:
    assert shown(name) == expected
    assert len(shown(name)) <= 120


@pytest.mark.parametrize(
    ("number", "style", "expected"),
    [
        (4, "decimal", "4"), (28, "lowerLetter", "bb"), (3, "upperLetter", "C"), (1994, "upperRoman", "MCMXCIV"),
        (9, "lowerRoman", "ix"), (22, "ordinal", "22nd"), (12, "ordinal", "12th"), (2, "cardinalText", "Two"),
        (3, "ordinalText", "Third"), (7, "decimalZero", "07"), (7, "none", ""), (0, "upperRoman", "0"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_word_processors_write_them(number: int, style: str, expected: str) -> None:
    assert numeral(number, style) == expected


WORDS = st.text(alphabet='ab .,*_[]()<>&;#+-=`\\!~1)"', min_size=1, max_size=12)
SPANS = st.lists(
    st.builds(Span, WORDS, st.booleans(), st.booleans(), st.sampled_from(["", "https://e.org/"])), max_size=5
)


@given(st.lists(SPANS, min_size=1, max_size=4))
def test_every_sign_of_a_text_is_shown_and_none_is_taken_for_markup(paragraphs: list[list[Span]]) -> None:
    composed = compose(Found("docx", blocks=[Block(list(spans)) for spans in paragraphs]))
    rendered = markdown.html(markdown.canonical(composed))
    said = "".join("".join(span.text for span in spans) for spans in paragraphs)
    assert "".join(rendered.striptags().split()) == "".join(said.split())


def test_every_sentence_can_be_filled_in() -> None:
    for sentence in (*REFUSALS.values(), *WARNINGS.values()):
        filled = sentence % {"most": "10", "suffix": ".docx", "number": "3", "pages": "2, 5", "least": "600"}
        assert filled.endswith(".")
        assert "%" not in filled


# --- The child ----------------------------------------------------------------------------------------


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_nothing_is_left_behind(temporary: Path) -> None:
    read(docx(paragraph("Text")), "a.docx")
    with pytest.raises(UploadRefused):
        read(b"PK\x03\x04 no archive", "a.docx")
    assert list(temporary.iterdir()) == []


ENDLESS = """
import sys, time
sys.path.insert(0, sys.argv[1])
from petition.uploads import child
def endless(*_):
    while True:
        {act}
child._read = endless
child.main()
"""


@pytest.mark.parametrize(("act", "limits"), [("pass", {"cpu_seconds": 1}), ("time.sleep(1)", {"wall_seconds": 1})])
def test_a_document_that_takes_too_long_is_stopped(
    act: str, limits: dict[str, int], temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_START", ENDLESS.format(act=act))
    began = time.monotonic()
    with pytest.raises(UploadRefused) as refused:
        read(b"text", "a.txt", replace(LIMITS, **limits))
    assert refused.value.reason == "heavy"
    assert time.monotonic() - began < 17  # and not the 18 that any document may take
    assert list(temporary.iterdir()) == []


def test_a_document_that_takes_too_much_memory_is_refused() -> None:
    body = "<w:p/>" * 400_000
    with pytest.raises(UploadRefused) as refused:
        read(docx(body), "a.docx", replace(LIMITS, memory_bytes=150 * 1024 * 1024))
    assert refused.value.reason in ("heavy", "bomb")


PROBE = """
import sys
sys.path.insert(0, sys.argv[1])
import os, resource, socket
from petition.uploads import child
found = []
def probe(data, job):
    for attempt in (lambda: open('/etc/hostname'), lambda: open('x', 'w'), socket.socket, os.pipe, os.fork):
        try:
            attempt()
            found.append('could')
        except OSError:
            found.append('refused')
    said = ' '.join([*found, *sorted(os.environ), str(resource.getrlimit(resource.RLIMIT_AS)[0])])
    return {'markdown': said, 'marks': [], 'warnings': {}, 'empty_pages': [], 'pages': None, 'scan': False}
child._read = probe
child.main()
"""


def test_the_child_can_open_nothing_and_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PETITION_SMTP_URL", "smtp://secret")
    monkeypatch.setattr(reading, "_START", PROBE)
    said = read(b"text", "a.txt").markdown.split()
    # root may fork in spite of its limit; opening is refused to anybody.
    assert said[:4] == ["refused"] * 4
    assert said[-1] == str(LIMITS.memory_bytes)
    assert set(said[5:-1]) <= {"HOME", "LANG", "LC_CTYPE", "TMPDIR"}


ASLEEP = """
import os, pathlib, sys, time
sys.path.insert(0, sys.argv[1])
from petition.uploads import child
def fall_asleep():
    pathlib.Path(FILE).write_text(str(os.getpid()))
    time.sleep(60)
child._give_up_opening = fall_asleep
child.main()
"""


def test_the_child_ends_with_its_parent(tmp_path: Path) -> None:
    told = tmp_path / "number of the child"
    asleep = ASLEEP.replace("FILE", repr(str(told)))
    reads = f"from petition.uploads import reading\nreading._START = {asleep!r}\nreading.read(b'x', 'a.txt')"
    # A parent that is killed cannot tidy up, so its empty folder stays, here where the test's own folder goes.
    parent = subprocess.Popen([sys.executable, "-c", reads], env={**os.environ, "TMPDIR": str(tmp_path)})
    until = time.monotonic() + 20
    while not told.exists() or not told.read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
    child = int(told.read_text())
    parent.kill()
    parent.wait()
    while runs(child):
        assert time.monotonic() < until
        time.sleep(0.05)


def runs(process: int) -> bool:
    """Whether a process is there, and not only its number, which somebody has yet to take back."""
    try:
        os.kill(process, 0)
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    except ProcessLookupError:
        return False
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


def test_whoever_waits_too_long_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_AT_ONCE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(reading, "_WAIT_SECONDS", 0.1)
    with reading._turn(), pytest.raises(UploadRefused) as refused:
        read(b"text", "a.txt")
    assert refused.value.reason == "busy"
    assert read(b"text", "a.txt").markdown == "text\n"


@pytest.mark.parametrize(
    "says", ['{"refused": "Pay here", "values": {}}', '{"markdown": "Pay here"}', '{"warnings": 3}', "Pay here", ""]
)
def test_what_the_child_says_is_not_taken_for_a_sentence_of_ours(says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_START", f"import os\nos.write(1, {says.encode()!r})")
    with pytest.raises(UploadRefused) as refused:
        read(b"text", "a.txt")
    assert refused.value.reason == "damaged"


def test_a_word_document_with_its_main_part_elsewhere_is_read() -> None:
    parts = docx_parts(paragraph("Text"))
    parts["doc/main.xml"] = parts.pop("word/document.xml")
    parts["_rels/.rels"] = relationships(("rId1", "officeDocument", "/doc/main.xml"), external=False)
    assert read(archive(parts), "a.docx").markdown == "Text\n"
