"""Hostile files through the web form: a sentence and nothing kept, or a harmless text; nobody is asked for anything."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from petition.drafts.models import Draft, Original, PageImage
from petition.uploads import reading
from petition.uploads.document import LIMITS
from petition.uploads.wording import REFUSALS
from tests.bringing import UPLOAD, bring, photograph, plain
from tests.chapters import editor_of
from tests.ground import House
from tests.hostile_files import everything
from tests.test_uploads_hostile import Canary
from tests.witness import Page

pytestmark = pytest.mark.one_database("sqlite", "a document is read before any database is asked")


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()


def sentences(page: str) -> list[str]:
    """The sentences of wording.REFUSALS that a page says, their numbers aside."""
    said = Page(page).text
    return [code for code, sentence in REFUSALS.items() if all(part in said for part in _parts(sentence))]


def _parts(sentence: str) -> list[str]:
    return [part.split("s", 1)[1] if place else part for place, part in enumerate(sentence.split("%("))][:1]


def test_hostile_files_are_a_sentence_or_a_text_in_which_nothing_acts(house: House, canary: Canary) -> None:
    # Every third of those that tests/test_uploads_hostile.py reads: all of them would take longer than a minute.
    client = editor_of(house, "NE")
    wrong, drafts = [], 0
    for place, hostile in enumerate(everything(canary.url)[::3]):
        client.environ_base["REMOTE_ADDR"] = f"203.0.113.{place}"  # each limit counts networks
        answer = bring(client, (hostile.name, hostile.data))
        told = answer.status_code == 422 and len(sentences(answer.text)) > 0
        taken = answer.status_code == 303 and Page(client.get(answer.headers["Location"]).text).faults == []
        drafts += taken
        if not (told or taken) or (hostile.refused and taken):
            wrong.append((hostile.what, hostile.name[-12:], answer.status_code))
    assert wrong == []
    assert len(house.rows(Original)) == len(house.rows(Draft)) == drafts > 8
    assert canary.heard == []


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docx", b"", "empty"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
        ("a.pages", b"PK\x03\x04", "apple"),
        ("a.wpd", b"\xffWPC", "doc"),
        ("a.rtf", b"{\\rtf1", "rtf"),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic", "heic"),
        ("IMG_1.jpg", b"\0\0\0\x18ftypheic", "heic"),
        ("a.gif", b"GIF89a", "picture"),
        ("a.png", b"%PDF-1.7", "mismatch"),
        ("a.jpg", b"", "empty"),
        ("a.jpg", photograph()[:300], "damaged"),
        ("a.txt", b"a" * (2 << 20), "long"),
        ("a.txt", b"a" * 2_000, "word"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_on_what_to_do(house: House, name: str, data: bytes, code: str) -> None:
    answer = bring(editor_of(house, "NE"), (name, data))
    assert answer.status_code == 422
    assert code in sentences(answer.text), Page(answer.text).text
    assert (house.rows(Draft), house.rows(Original), house.rows(PageImage)) == ([], [], [])


def test_reading_that_runs_out_of_time_is_a_sentence(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    really = reading.read
    hurried = replace(LIMITS, wall_seconds=0.01)  # type: ignore[arg-type]
    monkeypatch.setattr(reading, "read", lambda data, name: really(data, name, hurried))
    answer = bring(editor_of(house, "NE"), ("a.docx", plain()))
    assert answer.status_code == 422
    assert "heavy" in sentences(answer.text)
    assert house.rows(Draft) == []


def test_a_form_without_its_token_is_not_read(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(reading, "read", read)
    answer = bring(editor_of(house, "NE"), ("a.docx", plain()), csrf_token="forged")
    assert answer.status_code == 422
    assert house.rows(Draft) == []
    assert UPLOAD in answer.text
