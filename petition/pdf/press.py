"""The press: prints one document to a PDF in a child process that may take only so much of the machine.

The child gets a fresh folder, an environment without secrets, resource limits and a process group that dies
as a whole, and with us. It fetches nothing but the assets it was given. Whatever goes wrong is a PressRefused with a
sentence; the file appears under its name complete or not at all, and nothing is left behind.
"""

import errno
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from glob import escape
from pathlib import Path
from typing import Any, Final

from petition.paths import PACKAGE
from petition.pdf.coverage import merged, spell_out
from petition.pdf.document import MEGABYTE, Document, Limits, Listing, PressRefused, Progress, Report
from petition.pdf.faces import unpacked
from petition.pdf.surroundings import clean_environment, one_at_a_time, workshop

_FONT_SUFFIXES: Final = (".woff2", ".woff", ".ttf", ".otf")
# With -I Python does not see an editable install's or a checkout's folder, so the child is told where we are.
_START: Final = """
import sys
sys.path.insert(0, sys.argv[2])
from petition.pdf.child import main
sys.exit(main())
"""
_CHARACTERS_OF_COMPLAINT: Final = 300


def press(
    document: Document,
    out: Path,
    limits: Limits,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Print the document to `out`, replacing what was there only when the new file is complete.

    Calls `progress` as the work goes on. Raises PressRefused, and then leaves `out` as it was.
    """
    tell = progress or _nobody
    if not out.parent.is_dir():
        raise PressRefused("folder", f"The folder {out.parent} does not exist.")
    if out.is_dir():
        raise PressRefused("folder", f"{out} is a folder; name a file to write.")
    began = time.monotonic()
    fonts = [path for path in document.assets.values() if _is_font(path)]
    html, found = spell_out(document.html, [path for path in fonts if isinstance(path, Path)])
    part = out.parent / f".{out.name[:200]}.{secrets.token_hex(4)}.part"
    tell(Progress("wait"))
    try:
        with one_at_a_time(limits.wait_seconds), workshop("press") as folder:
            _take_away_halves(out)
            _write_job(folder, document, html, part, limits)
            printed = _Run(folder, limits, document.pages, tell).result()
        size = _move_into_place(part, out)
    except OSError as error:
        raise _from_system(error, out) from error
    finally:
        part.unlink(missing_ok=True)
    return Report(
        path=out,
        pages=int(printed["printed"]),
        size_bytes=size,
        cpu_seconds=float(printed["cpu_seconds"]),
        wall_seconds=time.monotonic() - began,
        uncovered=merged(document.uncovered, found),
        warnings=tuple(printed["warnings"]),
    )


def _take_away_halves(out: Path) -> None:
    """What a press that was killed has left of this file. Whoever has the lock is the only one to write it now."""
    for half in out.parent.glob(f".{escape(out.name[:200])}.????????.part"):
        half.unlink(missing_ok=True)


def _nobody(_: Progress) -> None:
    pass


def _is_font(asset: Path | bytes) -> bool:
    return isinstance(asset, Path) and asset.suffix in _FONT_SUFFIXES


def _write_job(folder: Path, document: Document, html: str, part: Path, limits: Limits) -> None:
    (folder / "document.html").write_text(html, encoding="utf-8")
    assets = {}
    for number, (name, asset) in enumerate(document.assets.items()):
        # Every child would unpack the fonts anew.
        given = unpacked(asset) if isinstance(asset, Path) and _is_font(asset) else asset
        if isinstance(given, bytes):
            path = folder / f"asset-{number}"
            path.write_bytes(given)
        else:
            path = given.resolve()
        assets[name] = str(path)
    attachments = []
    for number, attachment in enumerate(document.attachments):
        if isinstance(attachment.data, bytes):
            path = folder / f"attachment-{number}"
            path.write_bytes(attachment.data)
        else:
            path = attachment.data.resolve()
        attachments.append({**asdict(attachment), "data": str(path)})
    job = {
        "assets": assets,
        "attachments": attachments,
        "archival": document.archival,
        "listing": _listing(document.listing),
        "folder": str(folder),
        "out": str(part.resolve()),
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
        "file_bytes": limits.file_bytes + sum(Path(one["data"]).stat().st_size for one in attachments),
        "open_files": limits.open_files,
        "pages": limits.pages,
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")


def _listing(listing: Listing | None) -> dict[str, Any] | None:
    if listing is None:
        return None
    groups = [(one.code, one.name, one.section.offset, one.section.count) for one in listing.groups]
    return {
        "spool": str(listing.groups[0].section.path.resolve()),
        "groups": groups,
        "spelled": dict(listing.spelled),
        "page_of_pages": listing.page_of_pages,
        "anchor": listing.anchor,
    }


def _move_into_place(part: Path, out: Path) -> int:
    with part.open("rb") as file:
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
    part.replace(out)
    return size


def _from_system(error: OSError, out: Path) -> PressRefused:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return PressRefused("disk", f"The disk is full: the PDF could not be written to {out.parent}.")
    return PressRefused("folder", f"The PDF could not be written to {out}: {error.strerror}.")


class _Run:
    """One child process from its start to its end."""

    def __init__(self, folder: Path, limits: Limits, pages: int, tell: Callable[[Progress], None]) -> None:
        self._folder = folder
        self._limits = limits
        self._pages = pages
        self._tell = tell
        self._too_late = False
        self._said: dict[str, Any] = {}

    def result(self) -> dict[str, Any]:
        """What the child said at its end. Raises PressRefused if it was not that the document is printed."""
        with (self._folder / "complaints").open("wb") as complaints:
            process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, str(self._folder), str(PACKAGE.parent), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                cwd=self._folder,
                env=clean_environment(self._folder),
                start_new_session=True,
            )
        timer = threading.Timer(self._limits.wall_seconds, self._stop_late, [process])
        timer.start()
        try:
            self._listen(process)
            process.wait()
        finally:
            timer.cancel()
            _end(process)
        if "printed" in self._said and process.returncode == 0:
            return self._said
        raise self._refusal(process.returncode)

    def _stop_late(self, process: subprocess.Popen[bytes]) -> None:
        self._too_late = True
        _end(process)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            message = json.loads(line)
            if "step" in message:
                self._tell(Progress(message["step"], message.get("page", 0), message.get("pages", self._pages)))
            else:
                self._said = message

    def _refusal(self, returncode: int) -> PressRefused:
        limits = self._limits
        megabytes = limits.memory_bytes // MEGABYTE
        if self._too_late:
            reason = f"Printing took longer than {limits.wall_seconds} seconds and was stopped."
            return PressRefused("time", reason)
        if "refused" in self._said:
            reason = self._said["reason"].replace("MEMORY", f"{megabytes} MB")
            return PressRefused(self._said["refused"], reason)
        if returncode in (-signal.SIGXCPU, -signal.SIGPROF):
            reason = f"Printing needed more than {limits.cpu_seconds} seconds of computing and was stopped."
            return PressRefused("time", reason)
        if returncode < 0:
            # GLib and Pango end the process when they get no memory; so does the kernel.
            reason = (
                f"Printing was stopped by signal {-returncode}, most likely for lack of memory "
                f"(it may use {megabytes} MB)."
            )
            return PressRefused("memory", reason)
        return PressRefused("layout", f"The document could not be printed. {self._complaint()}".strip())

    def _complaint(self) -> str:
        text = (self._folder / "complaints").read_text(encoding="utf-8", errors="replace").strip()
        return text.splitlines()[-1][:_CHARACTERS_OF_COMPLAINT] if text else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    # The child leads its own group, so whatever it may have started goes with it.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
