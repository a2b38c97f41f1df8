"""Hostile files are ordinary errors: a sentence or a harmless text, nobody asked for anything, little time taken."""

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from petition import markdown
from petition.uploads.document import LIMITS, Document, UploadRefused
from petition.uploads.reading import pages, read
from petition.uploads.wording import REFUSALS
from tests.hostile_files import Hostile, everything

ROOT: Final = Path(__file__).resolve().parent.parent
GIGABYTE: Final = 1 << 30
Outcome = tuple[Document | UploadRefused, float]


class Canary:
    """Whoever connects to it is heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.heard.append(str(connection.getpeername()))
            connection.close()

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()


def become(hostile: Hostile) -> Outcome:
    began = time.monotonic()
    try:
        return read(hostile.data, hostile.name), time.monotonic() - began
    except UploadRefused as refused:
        return refused, time.monotonic() - began


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture(scope="module")
def files(canary: Canary) -> list[Hostile]:
    return everything(canary.url)


@pytest.fixture(scope="module")
def outcomes(files: list[Hostile]) -> list[Outcome]:
    """What became of each: read once, two at a time as the reader allows."""
    with ThreadPoolExecutor(2) as both:
        return list(both.map(become, files))


def test_the_canary_hears_whoever_comes(canary: Canary) -> None:
    socket.create_connection(("127.0.0.1", int(canary.url.rpartition(":")[2]))).close()
    until = time.monotonic() + 5
    while not canary.heard:
        assert time.monotonic() < until
        time.sleep(0.01)
    canary.heard.clear()


def test_there_are_enough_of_them(files: list[Hostile]) -> None:
    assert len(files) >= 60
    assert len({(one.what, one.name) for one in files}) == len(files)


def test_each_is_refused_for_what_it_is_or_read_with_what_was_left_out(
    files: list[Hostile], outcomes: list[Outcome]
) -> None:
    wrong = []
    for hostile, (outcome, _) in zip(files, outcomes, strict=True):
        if isinstance(outcome, UploadRefused):
            fits = outcome.reason in hostile.refused and not outcome.because
            said = f"{outcome.reason} {outcome.because}"
        else:
            codes = [warning.code for warning in outcome.warnings]
            fits = not hostile.refused and (not hostile.told or hostile.told in codes)
            said = f"read, {codes}"
        if not fits:
            wrong.append(f"{hostile.name[-12:]} {hostile.what}: {said}, not {hostile.refused or hostile.told}")
    assert wrong == []


def test_each_sentence_says_what_to_do(outcomes: list[Outcome]) -> None:
    refusals = [outcome for outcome, _ in outcomes if isinstance(outcome, UploadRefused)]
    assert len(refusals) > 40
    acts = re.compile(r"upload|choose|save|try again", re.IGNORECASE)
    assert [one.sentence for one in refusals if not acts.search(one.sentence)] == []
    assert {one.reason for one in refusals} <= set(REFUSALS)


def test_what_is_read_is_harmless(outcomes: list[Outcome]) -> None:
    for document in [outcome for outcome, _ in outcomes if isinstance(outcome, Document)]:
        shown = markdown.html(document.markdown)
        assert document.markdown.strip()
        assert not re.search(r"<(script|iframe|img|form|style|link|meta|base|object)|javascript:|\son\w+=", shown)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e0fff]", document.markdown)
        assert len(document.name) <= 120
        assert document.name.isprintable()
        assert "/" not in document.name


def test_nobody_was_asked_for_anything(canary: Canary, outcomes: list[Outcome]) -> None:
    assert outcomes
    assert canary.heard == []


def test_none_took_long(outcomes: list[Outcome]) -> None:
    assert max(seconds for _, seconds in outcomes) <= 40


#: In a process of its own: this one may have waited for a browser, which takes more.
READ_THE_HEAVIEST: Final = """
import resource
from petition.uploads.document import UploadRefused
from petition.uploads.reading import read
from tests.hostile_files import everything
for hostile in everything("http://127.0.0.1:9"):
    if {"heavy", "bomb"} & {*hostile.refused}:
        try:
            read(hostile.data, hostile.name)
        except UploadRefused:
            pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_the_heaviest_take_no_more_than_they_may() -> None:
    assert LIMITS.memory_bytes <= GIGABYTE
    command = [sys.executable, "-c", READ_THE_HEAVIEST]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert 20 * 1024 < int(done.stdout) <= GIGABYTE // 1024  # kB; an interpreter alone takes more than the first


def test_images_of_hostile_pdfs_are_drawn_or_refused(canary: Canary, files: list[Hostile]) -> None:
    def draw(hostile: Hostile) -> bool:
        try:
            return all(image.startswith(b"\x89PNG") for image in pages(hostile.data))
        except UploadRefused as refused:
            return refused.reason in REFUSALS

    printed = [one for one in files if one.name == "a.pdf"]
    with ThreadPoolExecutor(2) as both:
        assert all(both.map(draw, printed))
    assert canary.heard == []
