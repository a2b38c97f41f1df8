"""Drawing: the pages of a word processor's document, laid out by a program that is not ours.

LibreOffice turns the file that was brought into a PDF, and the reader's child draws that PDF's pages. So what is set
beside our reading comes from another reading, not from ours. It sees only documents that our own readers have taken,
one at a time on this machine, in the confinement of confinement.py: without a network, another process or a file but
its own program, the fonts and a fresh folder. Whatever goes wrong is a NotDrawn, and no reason to refuse the document.
"""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from petition.paths import PACKAGE
from petition.uploads import reading
from petition.uploads.confinement import NOT_CONFINED
from petition.uploads.document import LIMITS, MEGABYTE, Limits, UploadRefused

# With -I Python does not see an editable install's or a checkout's folder, so the child is told where we are.
_START: Final = """
import sys
sys.path.insert(0, sys.argv[1])
from petition.uploads.confinement import main
main()
"""
#: What it may read beside its own folder: libraries, fonts and their settings, none of which is anybody's secret.
_READS: Final = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share", "/usr/local/share/fonts", "/etc/fonts",
    "/etc/ld.so.cache", "/etc/libreoffice", "/var/lib/libreoffice", "/var/spool/libreoffice",
    "/var/cache/fontconfig", "/dev/urandom",
)  # fmt: skip
#: Everybody may read these, and it may not: the confinement is tried on them before the program begins.
_FORBIDDEN: Final = ("/etc/passwd", "/proc/self/status")
_RESTART: Final = 81  # what LibreOffice ends with when it has made its folder of settings: begin again
_FILE_BYTES: Final = 64 * MEGABYTE
_OPEN_FILES: Final = 256
_WAIT_SECONDS: Final = 6.0
_LOCK_EVERY_SECONDS: Final = 0.05
_SECONDS_FOR_PICTURES: Final = 3.0
_TRIAL_SECONDS: Final = 10.0
# Set for every document: no macros or scripts, nothing brought up to date from elsewhere, no Java.
# The names are those of LibreOffice's registry (officecfg/registry/schema); one that a version lacks it leaves alone.
_SETTINGS: Final = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Misc", "FirstRun", "false"),
    ("Writer/Content/Update", "Link", "2"),
    ("Writer/Content/Update", "Field", "false"),
    ("Java/VirtualMachine", "Enable", "false"),
)
_REGISTRY: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">{}</oor:items>'
)
_ITEM: Final = (
    '<item oor:path="/org.openoffice.Office.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """PNG images of the first pages, and how many pages there are."""

    images: tuple[bytes, ...]
    pages: int


class NotDrawn(Exception):
    """There are no pictures of this document's pages; the message says why, for the log."""


def program(name: str) -> Path | None:
    """The LibreOffice of this name or path: itself, not the script that starts it. None where there is none."""
    found = shutil.which(name)
    if found is None:
        return None
    itself = Path(found).resolve().with_name("soffice.bin")
    return itself if itself.is_file() else None


def try_out(drawer: Path) -> None:
    """Start the program confined, to say no more than its version. Raises NotDrawn where that does not go well."""
    with tempfile.TemporaryDirectory(prefix="petition-drawing-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        _check(_run(_job(folder, [str(drawer), "--version"], LIMITS), folder, time.monotonic() + _TRIAL_SECONDS))


def draw(data: bytes, kind: str, drawer: Path, seconds: float, limits: Limits = LIMITS) -> Drawn:
    """The pages of a .docx or .odt that our readers have taken, within so many seconds. Raises NotDrawn."""
    until = time.monotonic() + seconds
    try:
        pdf = _laid_out(data, kind, drawer, until - _SECONDS_FOR_PICTURES, limits)
    except OSError as error:
        raise NotDrawn(str(error)) from None
    left = max(1, int(until - time.monotonic()))
    try:
        images, pages = reading.drawn(pdf, replace(limits, wall_seconds=min(left, limits.wall_seconds)))
    except UploadRefused as refused:
        raise NotDrawn(f"its PDF: {refused.reason}") from None
    return Drawn(images, pages)


def _laid_out(data: bytes, kind: str, drawer: Path, until: float, limits: Limits) -> bytes:
    with _turn(until), tempfile.TemporaryDirectory(prefix="petition-drawing-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        document, out = folder / f"document.{kind}", folder / "document.pdf"
        document.write_bytes(data)
        _write_settings(folder)
        job = _job(folder, [
            str(drawer), "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", "pdf", "--outdir", str(folder), str(document),
        ], limits)  # fmt: skip
        returncode = _run(job, folder, until)
        if returncode == _RESTART:
            returncode = _run(job, folder, until)
        _check(returncode)
        if not out.is_file() or out.is_symlink():
            raise NotDrawn("LibreOffice wrote no PDF")
        return out.read_bytes()


def _check(returncode: int) -> None:
    if returncode == NOT_CONFINED:
        raise NotDrawn("this system cannot confine LibreOffice")
    if returncode != 0:
        raise NotDrawn(f"LibreOffice ended with {returncode}")


def _write_settings(folder: Path) -> None:
    own = folder / "profile" / "user"
    own.mkdir(parents=True)
    items = "".join(_ITEM.format(*setting) for setting in _SETTINGS)
    (own / "registrymodifications.xcu").write_text(_REGISTRY.format(items), encoding="utf-8")


def _job(folder: Path, program: Sequence[str], limits: Limits) -> str:
    """What the confinement is told: limits, what is open to the program, and how it is started."""
    return json.dumps({
        "parent": os.getpid(),
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
        "file_bytes": _FILE_BYTES,
        "open_files": _OPEN_FILES,
        "reads": [*_READS, str(Path(program[0]).parent.parent)],
        "writes": [str(folder), "/dev/null"],
        "forbidden": _FORBIDDEN,
        "program": program,
        "environment": {
            "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp",
            "SAL_DISABLE_PRINTERLIST": "1", "DISABLE_EXTENSION_SYNCHRONIZATION": "1", "MALLOC_ARENA_MAX": "2",
        },
    })  # fmt: skip


def _run(job: str, folder: Path, until: float) -> int:
    """What the program ended with. It may start no other process, so to end it is to end all. Raises NotDrawn."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _START, str(PACKAGE.parent), job],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        return process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise NotDrawn("LibreOffice took too long") from None
    finally:
        process.kill()
        process.wait()


@contextmanager
def _turn(until: float) -> Iterator[None]:
    """This machine's one turn, for this account. Raises NotDrawn if it does not come soon."""
    path = Path(tempfile.gettempdir()) / f"petition-drawing-{os.getuid()}.lock"
    until = min(until, time.monotonic() + _WAIT_SECONDS)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        while not _locked(descriptor):
            if time.monotonic() >= until:
                raise NotDrawn("another document is being drawn")
            time.sleep(_LOCK_EVERY_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
