"""Documents brought to a chapter's desk, as an editor's browser sends them."""

import io
from collections.abc import Sequence
from typing import Any, Final

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from petition import clock
from petition.drafts import publishing
from petition.drafts.models import Draft
from tests.chapters import editor_of
from tests.ground import House, hidden
from tests.written_documents import docx, paragraph, pdf, pdf_of, run, stream

UPLOAD: Final = "/organize/chapters/ne/upload"
BY: Final = 'w:author="Ann Sample-Reyes" w:date="2026-11-01T10:00:00Z"'
Files = Sequence[tuple[str, bytes]]


def resolution() -> bytes:
    """A resolution in Word, with two tracked changes."""
    return docx(
        paragraph("Resolution on waiting for ebooks", style="Titel")
        + paragraph("Whereas readers wait;")
        + paragraph(
            run("Resolved, That publishers sell ebooks within ")
            + f'<w:del w:id="1" {BY}><w:r><w:delText>two</w:delText></w:r></w:del>'
            + f'<w:ins w:id="2" {BY}>{run("three")}</w:ins>'
            + run(" days.")
        )
    )


def plain() -> bytes:
    """The same without changes."""
    return docx(
        paragraph("Resolution on waiting for ebooks", style="Titel")
        + paragraph("Whereas readers wait;")
        + paragraph("Resolved, That publishers sell ebooks to libraries on the first day.")
    )


def printed(*pages: str) -> bytes:
    """A PDF with one line of text on each page."""
    return pdf([[(text, 12, 72, 700)] for text in pages])


def scan(pages: int = 1) -> bytes:
    """A PDF whose pages hold a drawing and no text."""
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(pages))
    objects: list[str | bytes] = [
        "<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
    ]  # fmt: skip
    for n in range(pages):
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {4 + 2 * n} 0 R>>",
            stream("72 600 400 2 re f 72 560 380 2 re f"),
        ]
    return pdf_of(objects)


def photograph(size: tuple[int, int] = (400, 300), turned: int = 1, kind: str = "JPEG") -> bytes:
    """A photograph, with what a camera notes: how it was held, and where."""
    noted = Image.Exif()
    noted[0x0112], noted[0x010F] = turned, "Sample camera at 41.25 north"
    out = io.BytesIO()
    Image.new("RGB", size, (200, 190, 170)).save(out, kind, exif=noted)
    return out.getvalue()


def typed(client: FlaskClient, path: str = UPLOAD, on: str = "") -> dict[str, Any]:
    """The form as it leaves the browser, all but its file."""
    page = client.get(on or path)
    assert page.status_code == 200, page.text
    fields = {"kind": "resolution", "language": "en", "addressee": "macmillan"} if path.endswith("upload") else {}
    return {**hidden(page, path), **fields}


def bring(
    client: FlaskClient, *files: tuple[str, bytes], path: str = UPLOAD, on: str = "", **more: str
) -> TestResponse:
    """Send a document through the page."""
    form = {**typed(client, path, on), **more}
    form["document"] = [FileStorage(io.BytesIO(data), name) for name, data in files]
    boundary, body = encode_multipart(form)
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def brought(client: FlaskClient, name: str, data: bytes) -> str:
    """Bring a document that is taken; returns the path of the page that compares it."""
    answer = bring(client, (name, data))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def accept(house: House, client: FlaskClient, path: str, **ticked: Any) -> TestResponse:
    """Press the button that accepts, with these ticks."""
    page = client.get(path)
    return client.post(f"{path}/accept", data={**hidden(page, f"{path}/accept"), **ticked})


def made_ready(house: House, client: FlaskClient) -> None:
    """A draft from a PDF that has a title and was accepted: nothing stands between it and publishing."""
    path = brought(client, "a.pdf", printed("Readers wait."))
    accept(house, client, path)
    with house.writing() as session:
        session.query(Draft).order_by(Draft.id.desc()).limit(1).one().title = "Resolution on waiting"


def facsimiled(house: House, state: str = "NE") -> str:
    """A statement published from a PDF of two pages, which are shown with it; returns its slug."""
    client, path = editor_of(house, state), UPLOAD.replace("/ne/", f"/{state.lower()}/")
    answer = bring(client, ("a.pdf", printed("Resolution on waiting", "Readers wait.")), path=path)
    accept(house, client, answer.headers["Location"], facsimile="1")
    with house.writing() as session:
        draft = session.query(Draft).order_by(Draft.id.desc()).first()
        assert draft is not None
        draft.title = draft.title or "Resolution on waiting"
        return publishing.publish(session, house.keys, draft, draft.account, clock.now()).statement.slug
