"""The press: prints in a child, fetches nothing, keeps its limits, leaves nothing behind."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition.paths import PACKAGE, STATIC
from petition.pdf.child import Refused, explain
from petition.pdf.coverage import code_point, spell_out, uncovered
from petition.pdf.document import FOREIGN_DOCUMENTS, MEGABYTE, Document, PressRefused, Progress, limits_for_rows
from petition.pdf.faces import unpacked
from petition.pdf.press import _START, press
from petition.pdf.surroundings import clean_environment, one_at_a_time

HEAVY = "<table><tr>" + "<td colspan=1000>x" * 200
PRIVATE_USE = "\U000f0000"


def require(tool: str) -> None:
    """Skip, saying why, where a tool is missing; in CI nothing is skipped."""
    if shutil.which(tool) is None:
        message = f"{tool} is not installed (sudo apt install poppler-utils fontconfig)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(autouse=True)
def press_at_hand() -> None:
    """How the press starts its child is the subject here."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own, so that leftovers show and no other run holds the lock."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def out(tmp_path: Path, temporary: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "document.pdf"


@pytest.fixture
def sentinel() -> Iterator[tuple[str, list[str]]]:
    """A server that would see any request."""
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

        def log_error(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", hits
    server.shutdown()
    server.server_close()
    thread.join()


def text_of(path: Path) -> str:
    require("pdftotext")
    return subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True).stdout


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if not path.name.endswith(".lock")]


def test_prints_a_document_and_says_what_it_cost(out: Path, temporary: Path) -> None:
    said: list[Progress] = []
    report = press(Document("<title>T</title><p>Good morning", pages=1), out, FOREIGN_DOCUMENTS, said.append)
    assert report.path == out
    assert report.pages == 1
    assert report.size_bytes == out.stat().st_size > 0
    assert 0 < report.cpu_seconds < FOREIGN_DOCUMENTS.cpu_seconds
    assert report.warnings == ()
    assert [one.step for one in said] == ["wait", "start", "lay out", "write"]
    assert said[2] == Progress("lay out", 1, 1)
    assert "Good morning" in text_of(out)
    assert left_in(out.parent) == ["document.pdf"]
    assert left_in(temporary) == []


def test_gives_assets_by_name_as_bytes_and_as_files(out: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.css"
    sheet.write_text("p::after { content: ' from a file' }")
    html = '<link rel=stylesheet href="asset:a.css"><link rel=stylesheet href="asset:b.css"><p>Text'
    assets: dict[str, Path | bytes] = {"a.css": sheet, "b.css": b"p::before { content: 'from bytes: ' }"}
    press(Document(html, assets), out, FOREIGN_DOCUMENTS)
    assert "from bytes: Text from a file" in text_of(out)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="{url}/image.png">',
        '<link rel=stylesheet href="{url}/sheet.css">',
        '<style>@import "{url}/sheet.css"</style>',
        '<style>@font-face {{ font-family: a; src: url("{url}/a.woff2") }}</style>',
        '<style>p {{ background: url("{url}/a.png") }}</style><p>x',
        '<style>p::before {{ content: url("{url}/a.png") }}</style><p>x',
        '<style>li {{ list-style-image: url("{url}/a.png") }}</style><ul><li>x',
        '<object data="{url}/a.svg"></object>',
        '<embed src="{url}/a.svg">',
        '<svg width="9" height="9"><image href="{url}/a.png"/></svg>',
        '<link rel=attachment href="{url}/secret">',
        '<link rel=attachment href="file:///etc/hostname">',
        '<a rel=attachment href="file:///etc/hostname">x</a>',
        '<img src="file:///etc/hostname">',
        '<link rel=attachment href="data:text/plain,secret">',
        '<img src="data:image/svg+xml,%3Csvg/%3E">',
        '<img src="asset:../../etc/hostname">',
        '<img src="ftp://127.0.0.1/a.png">',
    ],
)
def test_refuses_whatever_is_not_its_own_asset(
    html: str, out: Path, temporary: Path, sentinel: tuple[str, list[str]]
) -> None:
    url, hits = sentinel
    with pytest.raises(PressRefused, match="never fetched") as refused:
        press(Document(html.format(url=url)), out, FOREIGN_DOCUMENTS)
    assert refused.value.kind == "fetch"
    assert hits == []
    assert left_in(out.parent) == []
    assert left_in(temporary) == []


def test_an_ordinary_link_is_no_request(out: Path, sentinel: tuple[str, list[str]]) -> None:
    url, hits = sentinel
    press(Document(f'<p><a href="{url}/page">a page</a>'), out, FOREIGN_DOCUMENTS)
    assert out.exists()
    assert hits == []


@pytest.mark.parametrize(
    ("html", "limits", "kind", "sentence"),
    [
        (HEAVY, {"cpu_seconds": 2}, "time", "more than 2 seconds of computing"),
        (HEAVY, {"wall_seconds": 2}, "time", "longer than 2 seconds"),
        ("<p>word " * 20_000, {"memory_bytes": 200 * MEGABYTE}, "memory", "memory"),
        ("<p>x", {"file_bytes": 500}, "size", "larger than is allowed"),
        ('<p style="break-after: page">x' * 4, {"pages": 3}, "pages", "more than 3 pages"),
        ("<div>" * 3000, {}, "layout", "nested too deeply"),
    ],
    ids=["cpu", "wall", "memory", "size", "pages", "nesting"],
)
def test_stops_at_each_limit_with_a_sentence_and_keeps_the_old_file(
    html: str, limits: dict[str, int], kind: str, sentence: str, out: Path, temporary: Path
) -> None:
    out.write_bytes(b"the old file")
    with pytest.raises(PressRefused, match=sentence) as refused:
        press(Document(html), out, replace(FOREIGN_DOCUMENTS, **limits))
    assert refused.value.kind == kind
    assert out.read_bytes() == b"the old file"
    assert left_in(out.parent) == ["document.pdf"]
    assert left_in(temporary) == []


def test_a_callback_that_fails_ends_the_child_and_leaves_nothing(out: Path, temporary: Path) -> None:
    def fail(progress: Progress) -> None:
        if progress.step == "start":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        press(Document("<p>x"), out, FOREIGN_DOCUMENTS, fail)
    assert left_in(out.parent) == []
    assert left_in(temporary) == []
    assert list(children_in(temporary)) == []


def children_in(temporary: Path) -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(temporary).encode() in arguments:
            yield process


#: Prints in a process of its own, which says so once the press has begun.
PRINTING = """
import sys, tempfile
from pathlib import Path
from petition.pdf.document import FOREIGN_DOCUMENTS, Document
from petition.pdf.press import press

tempfile.tempdir = sys.argv[1]
press(Document(sys.argv[3]), Path(sys.argv[2]), FOREIGN_DOCUMENTS, lambda progress: print(progress.step, flush=True))
"""


def test_the_child_ends_with_a_parent_that_is_killed(out: Path, temporary: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent is gone")
    parent = subprocess.Popen(
        [sys.executable, "-c", PRINTING, str(temporary), str(out), HEAVY], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        # From here on it computes for many seconds, and says nothing that a broken pipe would end it for.
        assert "lay out\n" in iter(parent.stdout.readline, "")
        printing = list(printing_in(temporary))
        assert len(printing) == 1
        parent.kill()
        parent.wait()
    # Left alone it would compute until its limit of 20 seconds.
    deadline = time.monotonic() + 15
    while list(printing_in(temporary)) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = list(printing_in(temporary))
    for process in left:
        os.kill(int(process.name), signal.SIGKILL)
    assert left == []


def printing_in(temporary: Path) -> Iterator[Path]:
    """The press's children in a folder, without those that have ended and that nobody has waited for yet."""
    for process in children_in(temporary):
        try:
            arguments = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"petition.pdf.child" in arguments:
            yield process


def test_a_child_whose_parent_was_gone_before_it_could_ask_prints_nothing(out: Path, temporary: Path) -> None:
    gone = "1"  # whoever is the parent here, it is not the first process of the machine
    arguments = (str(temporary), str(PACKAGE.parent), gone)
    begun = subprocess.run([sys.executable, "-I", "-c", _START, *arguments], capture_output=True, check=False)
    assert (begun.returncode, begun.stdout, begun.stderr) == (4, b"", b"")
    assert left_in(temporary) == []


def test_the_child_sees_no_secret_of_its_parent(out: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/proc/self/environ").exists():
        pytest.skip("this system has no /proc")
    monkeypatch.setenv("PETITION_SMTP_URL", "smtp://user:kumquat@example.invalid")
    seen: list[bytes] = []

    def look(progress: Progress) -> None:
        if progress.step == "start":
            seen.extend((process / "environ").read_bytes() for process in children_in(temporary))

    press(Document("<p>x"), out, FOREIGN_DOCUMENTS, look)
    assert len(seen) == 1
    assert b"HOME=" + str(temporary).encode() in seen[0]
    assert b"kumquat" not in seen[0]


def test_the_environment_keeps_the_way_to_added_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/etc/fonts/ours.conf")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    environment = clean_environment(tmp_path)
    assert environment["FONTCONFIG_FILE"] == "/etc/fonts/ours.conf"
    assert environment["LANG"] == "C.UTF-8"
    assert "AWS_SECRET_ACCESS_KEY" not in environment


def test_waits_for_another_document_and_says_so_when_it_takes_too_long(out: Path) -> None:
    with one_at_a_time(5), pytest.raises(PressRefused, match="being printed") as refused:
        press(Document("<p>x"), out, replace(FOREIGN_DOCUMENTS, wait_seconds=0))
    assert refused.value.kind == "busy"
    press(Document("<p>x"), out, FOREIGN_DOCUMENTS)
    assert out.exists()


def test_names_a_folder_that_is_missing_or_is_no_file(out: Path) -> None:
    with pytest.raises(PressRefused, match="does not exist"):
        press(Document("<p>x"), out.parent / "none" / "document.pdf", FOREIGN_DOCUMENTS)
    with pytest.raises(PressRefused, match="is a folder"):
        press(Document("<p>x"), out.parent, FOREIGN_DOCUMENTS)


def chained(outer: BaseException, inner: BaseException) -> BaseException:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (OSError("cannot load library 'libpango-1.0-0': no such file"), "pango", "sudo apt install libpango"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk", "disk is full"),
        (OSError(errno.EFBIG, "File too large"), "size", "larger"),
        (MemoryError(), "memory", "memory"),
        (chained(BaseException("fatal"), Refused("fetch", "never fetched")), "fetch", "never fetched"),
        (ZeroDivisionError("division by zero"), "layout", "ZeroDivisionError"),
    ],
)
def test_explains_any_end_in_one_sentence(error: BaseException, kind: str, sentence: str) -> None:
    said_kind, said = explain(error)
    assert said_kind == kind
    assert sentence in said
    assert "\n" not in said


def test_draws_an_uncovered_character_as_its_code_point_and_reports_it(out: Path) -> None:
    require("fc-list")
    report = press(Document(f"<p>Ada {PRIVATE_USE} and {PRIVATE_USE}"), out, FOREIGN_DOCUMENTS)
    assert [(one.character, one.code_point, one.times) for one in report.uncovered] == [(PRIVATE_USE, "U+F0000", 2)]
    assert "Ada [U+F0000] and [U+F0000]" in text_of(out)


def test_neither_joiners_nor_marks_of_direction_count_as_uncovered() -> None:
    require("fc-list")
    assert uncovered("\u200c\u200d\u200e\u2068\ufe0f \n", []) == frozenset()
    assert uncovered("\x00\ud800\ufdd0", []) == frozenset("\x00\ud800\ufdd0")


@given(st.text(alphabet=st.characters(), max_size=30))
def test_spelling_out_changes_uncovered_characters_only(text: str) -> None:
    require("fc-list")
    spelled, missing = spell_out(text, [])
    assert uncovered(spelled, []) == frozenset()
    assert sum(one.times for one in missing) == sum(text.count(one.character) for one in missing)
    for one in missing:
        spelled = spelled.replace(f"[{code_point(one.character)}]", one.character)
    assert spelled == text


def test_limits_grow_with_the_rows() -> None:
    small, large = limits_for_rows(0), limits_for_rows(100_000)
    assert 60 <= small.cpu_seconds < large.cpu_seconds
    assert small.memory_bytes < large.memory_bytes
    assert small.file_bytes < large.file_bytes
    assert large.wall_seconds > large.cpu_seconds
    assert large.pages > 100_000 / 120


def test_a_font_is_handed_over_unpacked_and_the_document_is_the_same(out: Path) -> None:
    packed = STATIC / "fonts" / "public-sans-latin-400-normal.woff2"
    rule = "@font-face { font-family: It; src: url(asset:it.woff2) } body { font-family: It }"
    html = f"<html lang=en><title>It</title><style>{rule}</style><body>Set in the face"
    files = []
    for one in (packed, packed.read_bytes(), unpacked(packed)):
        press(Document(html=html, assets={"it.woff2": one}), out, FOREIGN_DOCUMENTS)
        files.append(out.read_bytes())
    assert unpacked(packed)[:4] == b"\0\1\0\0"  # TrueType, as OpenType 1.9 begins it
    assert files[0] == files[1] == files[2]
