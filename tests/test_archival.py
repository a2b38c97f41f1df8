"""Documents that are to be kept: PDF/A-3b in structure, with the files that they carry."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from petition.packets import certificates, sealing
from petition.packets.contents import RosterEntry
from petition.packets.options import Roster
from petition.packets.rendering import render
from petition.packets.volumes import cut
from petition.pdf.document import FOREIGN_DOCUMENTS, Attachment, Document
from petition.pdf.press import press
from tests.pdfa import faults
from tests.sealing import NOW, ring, timestamp_server
from tests.test_packet_pages import DAY, NAMES, REORDERED, RIGHT_TO_LEFT, contents, entry, group, require_fonts, signed

HTML = """<!doctype html><html lang="es"><title>Prueba</title><meta name="author" content="A. Sample">
<meta name="dcterms.created" content="2026-11-22T12:00:00+00:00"><p>Text"""
LIST = Attachment("list.csv", b"number,name\n1,A", "text/csv", "The list")
SAME_BYTES = Attachment("copy.txt", b"number,name\n1,A", "text/plain", "The list again", "Supplement")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One archival document with three attachments, two of which have the same bytes."""
    folder = tmp_path_factory.mktemp("archival")
    (folder / "note").write_bytes(b"a note\n" * 1000)
    note = Attachment("note.bin", folder / "note", "application/octet-stream", "A note — with a dash", "Source")
    document = Document(HTML, attachments=(note, SAME_BYTES, LIST), archival=True)
    press(document, folder / "kept.pdf", FOREIGN_DOCUMENTS)
    press(document, folder / "again.pdf", FOREIGN_DOCUMENTS)
    return folder / "kept.pdf"


def test_an_archival_document_has_the_structure_of_pdf_a_3b(kept: Path) -> None:
    with pikepdf.open(kept) as pdf:
        metadata = pdf.Root.Metadata.read_bytes()
        assert b'pdfaid:part="3"' in metadata
        assert b'pdfaid:conformance="B"' in metadata
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert str(pdf.Root.Lang) == "es"
        assert str(pdf.docinfo["/Title"]) == "Prueba"
        assert len(pdf.trailer.ID) == 2
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot.K
        fonts = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/FontDescriptor" in one]
        assert fonts
        assert all({"/FontFile2", "/FontFile3"} & set(one.FontDescriptor.keys()) for one in fonts)


def test_an_archival_document_breaks_no_rule_of_pdf_a_3b_that_is_looked_at(kept: Path) -> None:
    assert faults(kept) == []


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A packet in every script, with comments, pages handed in, and files, sealed with its time."""
    require_fonts("Noto Serif CJK JP", "Noto Naskh Arabic", "Noto Serif Hebrew", "Noto Serif Devanagari")
    folder = tmp_path_factory.mktemp("sealed")
    # Joined by a sign without a glyph; broken over two lines; condensed.
    odd = ("Ada\u200dLovelace", "Ana María de los Ángeles " * 6 + "Vidal", "Maximiliana Featherstonehaugh-Cholmondeley")
    everybody = (*NAMES, *RIGHT_TO_LEFT, *REORDERED, *((name, "Omaha") for name in odd))
    abroad = [entry(900 + at, name, place) for at, (name, place) in enumerate(everybody)]
    home = [RosterEntry(at, f"Ada {at}", "Omaha", DAY, "We wait." if at % 9 == 0 else "") for at in range(1, 150)]
    picture = BytesIO()
    Image.new("P", (60, 80), 1).save(picture, "PNG")
    html = '<h2>Why</h2><p>We <a href="https://example.org/">ask</a>.</p><ul><li>One<li>Two</ul><blockquote>So</blockquote>'
    made = contents(group(home), group(abroad, "ZZ", "Outside the United States"), texts=(signed(html),))
    render(replace(made, annex=(picture.getvalue(),)), folder / "printed.pdf", attachments=(LIST, SAME_BYTES))
    with timestamp_server() as server:
        done = sealing.seal(
            folder / "printed.pdf", folder / "sealed.pdf", certificates.ours(ring()), now=NOW, server=server.url
        )
    assert done.stamped_at is not None
    return folder / "sealed.pdf"


def test_a_sealed_packet_breaks_no_rule_of_pdf_a_3b_that_is_looked_at(sealed: Path) -> None:
    assert faults(sealed) == []


@pytest.mark.parametrize("proof", [True, False])
def test_a_volume_and_a_proof_break_no_rule_either(proof: bool, tmp_path: Path) -> None:
    made = contents(group([entry(at) for at in range(1, 200)]))
    parted = replace(made, options=replace(made.options, roster=Roster.STATE, proof=proof))
    volume = cut(parted).files[-1]
    assert volume.codes
    render(parted, tmp_path / "volume.pdf", volume=volume)
    assert faults(tmp_path / "volume.pdf") == []


@pytest.mark.parametrize(
    ("clause", "spoil"),
    [
        ("6.1.13", lambda pdf: pdf.Root.__setitem__("/Long", pikepdf.String("x" * 40_000))),
        ("6.2.3", lambda pdf: pdf.Root.OutputIntents[0].__setitem__("/S", pikepdf.Name("/GTS_PDFX"))),
        ("6.2.11.5", lambda pdf: _descendant(pdf).W[1].__setitem__(0, 17)),
        ("6.2.11.4", lambda pdf: _descendant(pdf).FontDescriptor.__delitem__("/FontFile2")),
        ("6.2.11.3", lambda pdf: _descendant(pdf).__delitem__("/CIDToGIDMap")),
        ("6.2.11.8", lambda pdf: _rewrite(pdf, b"BT /%s 9 Tf <0000> Tj ET" % _face(pdf))),
        ("6.2.2", lambda pdf: _rewrite(pdf, b"BX 1 2 unheard EX")),
        ("6.2.8", lambda pdf: _image(pdf).__setitem__("/Interpolate", True)),
        ("6.3", lambda pdf: _link(pdf).__setitem__("/F", 2)),
        (
            "6.5",
            lambda pdf: _link(pdf).__setitem__(
                "/A", pikepdf.Dictionary(Type=pikepdf.Name.Action, S=pikepdf.Name.Launch)
            ),
        ),
        ("6.6.3", lambda pdf: pdf.docinfo.__setitem__("/Title", "Another")),
        ("6.7", lambda pdf: pdf.Root.__delitem__("/MarkInfo")),
        ("6.8", lambda pdf: pdf.Root.AF[0].__delitem__("/AFRelationship")),
    ],
)
def test_a_spoiled_document_is_found_out(
    clause: str, spoil: Callable[[pikepdf.Pdf], object], sealed: Path, tmp_path: Path
) -> None:
    with pikepdf.open(sealed.with_name("printed.pdf")) as pdf:
        spoil(pdf)
        pdf.save(tmp_path / "spoiled.pdf", object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert clause in {fault.partition(":")[0] for fault in faults(tmp_path / "spoiled.pdf")}


def _descendant(pdf: pikepdf.Pdf) -> pikepdf.Object:
    used = pdf.pages[0].Resources.Font
    return next(one.DescendantFonts[0] for name, one in used.items() if name[1:].encode() == _face(pdf))


def _face(pdf: pikepdf.Pdf) -> bytes:
    """The font of the first text on the first page."""
    chosen = next(one for one in pikepdf.parse_content_stream(pdf.pages[0]) if str(one.operator) == "Tf")
    return str(chosen.operands[0])[1:].encode()


def _rewrite(pdf: pikepdf.Pdf, content: bytes) -> None:
    pdf.pages[0].Contents = pdf.make_stream(content)


def _image(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return next(one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image")


def _link(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pdf.pages[0].Annots[0]


def test_each_attachment_is_there_once_with_what_was_said_of_it(kept: Path) -> None:
    with pikepdf.open(kept) as pdf:
        said = {
            str(one.UF): (str(one.AFRelationship), str(one.EF.F.Subtype), str(one.Desc), one.EF.F.read_bytes())
            for one in pdf.Root.AF
        }
        assert len(pdf.Root.AF) == 3
        names = [str(one) for one in pdf.Root.Names.EmbeddedFiles.Names[::2]]
    assert said == {
        "list.csv": ("/Data", "/text/csv", "The list", LIST.data),
        "copy.txt": ("/Supplement", "/text/plain", "The list again", LIST.data),
        "note.bin": ("/Source", "/application/octet-stream", "A note — with a dash", b"a note\n" * 1000),
    }
    assert names == sorted(said)


def test_the_same_archival_document_is_the_same_file(kept: Path) -> None:
    assert kept.read_bytes() == kept.with_name("again.pdf").read_bytes()
    checked = subprocess.run(["qpdf", "--check", str(kept)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_attachments_need_an_archival_document_and_a_name_each() -> None:
    with pytest.raises(ValueError, match="archival"):
        Document(HTML, attachments=(LIST,))
    with pytest.raises(ValueError, match="one name"):
        Document(HTML, attachments=(LIST, LIST), archival=True)
