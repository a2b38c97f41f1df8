"""Pages of word processors' files: drawn by LibreOffice where it can be confined, and otherwise not at all."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from petition.config import Config
from petition.drafts import uploading
from petition.drafts.models import Draft, Original, PageImage
from petition.uploads import drawing
from petition.uploads.document import LIMITS
from petition.uploads.drawing import NotDrawn
from tests.bringing import BY, accept, brought, plain
from tests.chapters import editor_of
from tests.ground import House
from tests.test_uploads_hostile import Canary
from tests.witness import Page
from tests.written_documents import docx, odt, paragraph, pdf, run

pytestmark = pytest.mark.one_database("sqlite", "drawing asks no database")
TWO_PAGES: Final = docx(
    paragraph("Resolution on waiting for ebooks", style="Titel")
    + paragraph(run("Whereas readers wait;") + f'<w:ins w:id="1" {BY}>{run(" and wait;")}</w:ins>')
    + paragraph('<w:r><w:br w:type="page"/></w:r>')
    + paragraph("Resolved, That publishers sell ebooks to libraries on the first day.")
)
PNG: Final = b"\x89PNG\r\n\x1a\n"
BUSY: Final = 120  # seconds for LibreOffice itself where other tests run beside it


@pytest.fixture(scope="module")
def libreoffice() -> Path:
    """The program, where it is installed. It is large, so nobody has to have it."""
    found = drawing.program("soffice")
    if found is None:
        pytest.skip("LibreOffice is not installed")
    # Read from a cold disk it takes longer to start than a whole document may take to be drawn.
    with suppress(NotDrawn):
        drawing.try_out(found)
    return found


@pytest.fixture
def canary() -> Iterator[Canary]:
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, empty; with the lock in it, so that others draw meanwhile."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def left_in(folder: Path) -> list[str]:
    """What lies in it but for the lock, which stays."""
    return [path.name for path in folder.iterdir() if path.suffix != ".lock"]


# --- LibreOffice itself -----------------------------------------------------------------------------


def drawn_by(house: House, name: str) -> House:
    """The same house with this program to draw with."""
    config: Config = house.app.extensions["config"]
    house.app.extensions["config"] = replace(config, libreoffice=name)
    return house


def test_an_editor_sees_the_pages_beside_the_text_and_nobody_else_ever_does(
    house: House, libreoffice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "_SECONDS_IN_ALL", BUSY)
    client = editor_of(drawn_by(house, "soffice"), "NE")
    path = brought(client, "a.docx", TWO_PAGES)
    page = client.get(path)
    assert "These pages were drawn by LibreOffice; in your word processor lines and pages may break" in page.text
    assert "What a tracked change inserts is underlined" in page.text
    assert "There is no picture of its pages here." not in page.text
    images = [image for image in Page(page.text).all("img") if "/pages/" in image["src"]]
    assert [image["alt"][:6] for image in images] == ["Page 1", "Page 2"]
    for number in (1, 2):
        assert client.get(f"{path}/pages/{number}.png").data.startswith(PNG)
    assert client.get(f"{path}/pages/3.png").status_code == 404
    assert "Show the pages of the original" not in page.text
    assert accept(house, client, path, agree="0", facsimile="1").status_code == 303
    (draft,) = house.rows(Draft)
    assert (draft.accepted_at is not None, draft.facsimile) == (True, False)


def test_a_picture_from_elsewhere_is_not_fetched_to_be_drawn(
    libreoffice: Path, canary: Canary, temporary: Path
) -> None:
    # Left to itself, LibreOffice asks for this one twice.
    body = (
        '<text:p>One<draw:frame text:anchor-type="as-char" svg:width="2cm" svg:height="2cm" '
        'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0">'
        f'<draw:image xlink:href="{canary.url}/t.png" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/>'
        "</draw:frame></text:p>"
    )
    drawn = drawing.draw(odt(body), "odt", libreoffice, BUSY)
    assert (drawn.pages, len(drawn.images)) == (1, 1)
    assert canary.heard == []
    assert left_in(temporary) == []


# --- A program in its place that means harm ---------------------------------------------------------


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Write a program that is started and confined as LibreOffice is, and does this instead.

    It is Python, so it may read Python too; `folder` is where a PDF is expected of it.
    """
    monkeypatch.setattr(drawing, "_READS", (*drawing._READS, "/usr/bin", sys.base_prefix, sys.prefix))

    def write(does: str) -> Path:
        program = tmp_path / "office" / "program" / "soffice.bin"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!{sys.executable} -I\nimport os, sys, time\nfolder = sys.argv[-2]\n{does}\n")
        program.chmod(0o755)
        shutil.copy(program, program.with_suffix(""))
        return program

    return write


def writing(said: bytes) -> str:
    return f"open(folder + '/document.pdf', 'wb').write({said!r})"


def runs(program: Path) -> bool:
    """Whether a process of this program is there."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(program).encode() in process.read_bytes():
                return True
        except OSError:
            continue
    return False


@pytest.mark.parametrize(
    ("does", "seconds"),
    [
        ("time.sleep(60)", 4.0),
        ("while True: pass", 19.0),
        ("bytearray(1 << 30)", 19.0),
        ("os.abort()", 19.0),
        ("sys.exit(81)", 19.0),
        ("pass", 19.0),
        (writing(b"no PDF"), 19.0),
        ("os.symlink('/etc/passwd', folder + '/document.pdf')", 19.0),
        ("os.mkdir(folder + '/document.pdf')", 19.0),
        ("f = open(folder + '/document.pdf', 'wb')\nwhile True: f.write(bytes(1 << 20))", 19.0),
    ],
    ids=["sleeps", "computes", "takes memory", "crashes", "begins again", "writes nothing", "writes no PDF",
         "writes a link", "writes a folder", "writes too much"],
)  # fmt: skip
def test_a_program_that_goes_astray_is_ended_and_leaves_nothing(
    stand_in: Callable[[str], Path], temporary: Path, does: str, seconds: float
) -> None:
    program = stand_in(does)
    began = time.monotonic()
    with pytest.raises(NotDrawn):
        drawing.draw(plain(), "docx", program, seconds, replace(LIMITS, cpu_seconds=1))
    assert time.monotonic() - began < 15
    assert not runs(program)
    assert left_in(temporary) == []


def test_a_document_that_cannot_be_drawn_is_taken_with_a_sentence(
    house: House, stand_in: Callable[[str], Path]
) -> None:
    client = editor_of(drawn_by(house, str(stand_in("os.abort()").with_suffix(""))), "NE")
    with capture_logs() as said:
        page = client.get(brought(client, "a.docx", plain())).text
    assert "Its pages could not be drawn." in page
    assert "There is no picture of its pages here. Open the document beside this page and compare." in page
    assert "Resolved, That publishers sell ebooks to libraries" in page
    assert house.rows(PageImage) == []
    assert [original.pages for original in house.rows(Original)] == [None]
    assert [line["because"] for line in said if line["event"] == "upload.not_drawn"] == ["LibreOffice ended with -6"]


def test_of_more_pages_than_are_drawn_the_rest_is_counted(stand_in: Callable[[str], Path]) -> None:
    three = pdf([[(f"Page {number}", 12, 72, 700)] for number in range(3)])
    drawn = drawing.draw(plain(), "docx", stand_in(writing(three)), 19, replace(LIMITS, page_images=2))
    assert (len(drawn.images), drawn.pages) == (2, 3)


PROBE: Final = """
import ctypes, json, resource, signal, socket, subprocess
def tried(act):
    try:
        return 'could' if act() is not False else 'refused'
    except OSError:
        return 'refused'
def asked(family, kind, address):
    with socket.socket(family, kind) as it:
        it.connect(address)
        it.send(b'x')
libc = ctypes.CDLL(None, use_errno=True)
found = {{
    'TCP': tried(lambda: asked(socket.AF_INET, socket.SOCK_STREAM, ('127.0.0.1', {port}))),
    'UDP': tried(lambda: asked(socket.AF_INET, socket.SOCK_DGRAM, ('127.0.0.1', {port}))),
    'IPv6': tried(lambda: socket.socket(socket.AF_INET6)),
    'packets': tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
    'local': tried(lambda: asked(socket.AF_UNIX, socket.SOCK_STREAM, {local!r})),
    'pair': tried(socket.socketpair),
    'secret': tried(lambda: open({secret!r})),
    'accounts': tried(lambda: open('/etc/passwd')),
    'of the parent': tried(lambda: open(f'/proc/{{os.getppid()}}/environ')),
    'of its own': tried(lambda: open('/proc/self/environ')),
    'folder': tried(lambda: os.listdir({outside!r})),
    'write': tried(lambda: open({outside!r} + '/x', 'w')),
    'remove': tried(lambda: os.unlink({secret!r})),
    'fork': tried(os.fork),
    'start': tried(lambda: subprocess.run([sys.executable, '-c', ''])),
    'signal': tried(lambda: os.kill(os.getppid(), 0)),
    'limits': tried(lambda: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)),
    'trace': tried(lambda: libc.ptrace(16, os.getppid(), 0, 0) == 0),
    'ring': tried(lambda: libc.syscall(425, 1, ctypes.create_string_buffer(256)) >= 0),
    'environment': sorted(os.environ),
    'memory': resource.getrlimit(resource.RLIMIT_AS)[0],
    'own': tried(lambda: open(folder + '/own', 'w')),
}}
open(folder + '/document.pdf', 'w').write(json.dumps(found))
"""


def test_the_program_has_no_network_no_file_but_its_own_and_no_other_process(
    stand_in: Callable[[str], Path], tmp_path: Path, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PETITION_SMTP_URL", "smtp://secret")
    secret, port = tmp_path / "keys.json", int(canary.url.rpartition(":")[2])
    secret.write_text("secret")
    local = str(Path(tempfile.gettempdir()) / "nobody-listens")
    probe = PROBE.format(port=port, local=local, secret=str(secret), outside=str(tmp_path))
    said = drawing._laid_out(plain(), "docx", stand_in(probe), time.monotonic() + 15, LIMITS)
    found: dict[str, Any] = json.loads(said)
    variables, memory, own = found.pop("environment"), found.pop("memory"), found.pop("own")
    assert [what for what, outcome in found.items() if outcome != "refused"] == []
    assert (own, memory) == ("could", LIMITS.memory_bytes)
    assert not [name for name in variables if name.startswith(("PETITION", "PATH", "SSH"))]
    assert canary.heard == []
    assert secret.read_text() == "secret"


WITHOUT: Final = """
import sys
sys.path.insert(0, sys.argv[1])
from petition.uploads import confinement
confinement.{step} = lambda *_: None
confinement.main()
"""


@pytest.mark.parametrize("step", ["_filter_calls", "_close_files"])
def test_where_the_system_cannot_confine_a_program_none_is_run(
    stand_in: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(drawing, "_START", WITHOUT.format(step=step))
    with pytest.raises(NotDrawn, match="cannot confine"):
        drawing.draw(plain(), "docx", stand_in("open(folder + '/../ran', 'w')"), 19)
    assert not (tmp_path / "ran").exists()


DRAWS: Final = """
import pathlib, sys
from petition.uploads import drawing
drawing._READS = {reads!r}
drawing.draw(b"", "docx", pathlib.Path({program!r}), 60)
"""


def test_the_program_ends_with_the_server_that_is_killed(stand_in: Callable[[str], Path], temporary: Path) -> None:
    program = stand_in("open(folder + '/began', 'w').close()\ntime.sleep(60)")
    draws = DRAWS.format(reads=drawing._READS, program=str(program))
    server = subprocess.Popen([sys.executable, "-c", draws], env={**os.environ, "TMPDIR": str(temporary)})
    until = time.monotonic() + 20
    while not list(temporary.glob("*/began")):
        assert time.monotonic() < until
        time.sleep(0.05)
    server.kill()
    server.wait()
    while runs(program):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_one_document_is_drawn_at_a_time(stand_in: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_WAIT_SECONDS", 0.2)
    with drawing._turn(time.monotonic() + 5), pytest.raises(NotDrawn, match="another document"):
        drawing.draw(plain(), "docx", stand_in("pass"), 19)


def test_a_lock_that_is_somebody_elses_link_is_no_reason_to_fail(
    stand_in: Callable[[str], Path], temporary: Path
) -> None:
    (temporary / f"petition-drawing-{os.getuid()}.lock").symlink_to(temporary / "elsewhere")
    with pytest.raises(NotDrawn):
        drawing.draw(plain(), "docx", stand_in("pass"), 19)
    assert not (temporary / "elsewhere").exists()


@pytest.mark.parametrize("name", ["none", "/nonexistent/soffice", "true"])
def test_what_is_not_libreoffice_does_not_draw(name: str) -> None:
    assert drawing.program(name) is None
