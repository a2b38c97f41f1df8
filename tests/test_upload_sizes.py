"""Who may send a document's worth of bytes, how many are read of everybody else, and what a larger one is told."""

import io
import threading
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from petition.accounts.models import Role
from petition.console.upload_sizes import ROOM
from petition.drafts.models import Draft, Original
from petition.uploads.document import LIMITS, MEGABYTE
from petition.web import bodies
from petition.web.bodies import DOCUMENTS, FORM_SIZE, WholeBodies
from tests.bringing import UPLOAD, bring
from tests.chapters import editor_of
from tests.ground import SLUG, House
from tests.signing_in import signed_in

HUGE: Final = 300 * MEGABYTE
MULTIPART: Final = "multipart/form-data; boundary=x"
pytestmark = pytest.mark.one_database("sqlite", "what is read of a body is decided before the app sees it")


class Endless:
    """A body of zeros that counts how much of it was read."""

    def __init__(self, length: int) -> None:
        self.left, self.read_in_all = length, 0

    def read(self, size: int = -1) -> bytes:
        given = self.left if size < 0 else min(size, self.left)
        self.left -= given
        self.read_in_all += given
        return bytes(given)


def send(client: FlaskClient, path: str = UPLOAD, length: int = HUGE) -> tuple[TestResponse, int]:
    body = Endless(length)
    sent = {"wsgi.input": body, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": MULTIPART}
    answer = client.post(path, environ_overrides=sent)
    return answer, body.read_in_all


def test_of_whoever_may_bring_no_document_no_more_is_read_than_of_any_form(house: House) -> None:
    stranger = house.client()
    forged = house.client()
    forged.set_cookie("session", "A" * 43)
    for who, client, status in (
        ("nobody", stranger, 303),
        ("a forged cookie", forged, 303),
        ("another chapter's editor", editor_of(house, "KS"), 404),
        ("an auditor", signed_in(house, Role.AUDITOR), 403),
    ):
        answer, read = send(client)
        assert answer.status_code == status, who
        assert read <= FORM_SIZE + 1, who


@pytest.mark.parametrize(
    "path", ["/organize/chapters/ne/editors", f"/statements/{SLUG}/sign", "/organize/chapters/ne/"]
)
def test_an_editor_sends_no_more_than_a_form_to_any_other_address(house: House, path: str) -> None:
    answer, read = send(editor_of(house, "NE"), path)
    assert answer.status_code in (405, 413, 422)
    assert read <= FORM_SIZE + 1


def test_a_document_that_is_too_large_is_told_so_in_a_sentence(house: House) -> None:
    client = editor_of(house, "NE")
    for length in (LIMITS.file_bytes + 1, LIMITS.file_bytes + MEGABYTE, LIMITS.file_bytes + 5 * MEGABYTE):
        answer = bring(client, ("a.docx", b"PK\x03\x04" + bytes(length - 4)))
        assert answer.status_code == 422
        assert "The file is larger than 10 MB." in answer.text
    assert house.rows(Draft) == []
    assert house.rows(Original) == []


def test_what_is_far_too_large_is_thrown_away_and_told_the_same(house: House) -> None:
    answer, read = send(editor_of(house, "NE"))
    assert answer.status_code == 422
    assert "The file is larger than 10 MB." in answer.text
    assert read <= FORM_SIZE + ROOM + 1 + 64 * MEGABYTE


def test_a_text_of_ten_megabytes_arrives_whole(house: House) -> None:
    answer = bring(editor_of(house, "NE"), ("a.txt", b"We ask. " * (LIMITS.file_bytes // 8)))
    assert answer.status_code == 422
    assert "The text has more than 30,000 characters." in answer.text


def test_a_text_longer_than_a_draft_can_be_is_told_how_long_one_can_be(house: House) -> None:
    answer = bring(editor_of(house, "NE"), ("a.txt", b"We ask. " * 4_000))
    assert answer.status_code == 422
    assert "The text has more than 30,000 characters." in answer.text


def test_only_a_few_documents_are_in_the_house_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.2)
    inside, leave = threading.Semaphore(0), threading.Event()

    def app(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        inside.release()
        leave.wait(60)
        start_response("200 OK", [])
        return [b""]

    whole = WholeBodies(app, FORM_SIZE, lambda environ: ROOM if environ["PATH_INFO"] == "/large" else 0)
    said: list[str] = []

    def ask(path: str) -> None:
        environ = {"PATH_INFO": path, "CONTENT_LENGTH": "3", "wsgi.input": io.BytesIO(b"a=b"), "REMOTE_ADDR": "::1"}
        list(whole(environ, lambda status, _headers: said.append(status)))

    threads = [threading.Thread(target=ask, args=("/large",)) for _ in range(DOCUMENTS)]
    for thread in threads:
        thread.start()
        assert inside.acquire(timeout=30)
    ask("/large")
    assert said == ["503 Service Unavailable"]
    small = threading.Thread(target=ask, args=("/small",))
    small.start()
    assert inside.acquire(timeout=30)  # forms go on
    leave.set()
    for thread in (*threads, small):
        thread.join(30)
    assert said.count("200 OK") == DOCUMENTS + 1
