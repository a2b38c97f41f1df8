"""Documents that are to be kept: PDF/A-3b in structure, with the files that they carry."""

import subprocess
from pathlib import Path

import pikepdf
import pytest

from petition.pdf.document import FOREIGN_DOCUMENTS, Attachment, Document
from petition.pdf.press import press

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
        assert b"pdfaid:part=\"3\"" in metadata
        assert b"pdfaid:conformance=\"B\"" in metadata
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert str(pdf.Root.Lang) == "es"
        assert str(pdf.docinfo["/Title"]) == "Prueba"
        assert len(pdf.trailer.ID) == 2
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.StructTreeRoot.K
        fonts = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/FontDescriptor" in one]
        assert fonts
        assert all({"/FontFile2", "/FontFile3"} & set(one.FontDescriptor.keys()) for one in fonts)


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
