"""Reading an upload: in a child process that has nothing, can open nothing, and ends with us.

The child gets the document through a pipe, an empty environment and an empty folder that is gone afterwards.
Whatever goes wrong is an UploadRefused with a sentence. What it answers is checked like anything from outside.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any, Final

from petition.markdown import canonical
from petition.paths import PACKAGE
from petition.text.characters import BIDI_CONTROLS, folded
from petition.uploads import kinds
from petition.uploads.blocks import Unreadable
from petition.uploads.document import (
    LETTERHEADS,
    LIMITS,
    MEGABYTE,
    Document,
    Limits,
    Mark,
    Picture,
    Saying,
    UploadRefused,
    warning,
)
from petition.uploads.wording import REFUSALS, WARNINGS

# With -I Python does not see an editable install's or a checkout's folder, so the child is told where we are.
_START: Final = """
import sys
sys.path.insert(0, sys.argv[1])
from petition.uploads.child import main
main()
"""
# Each may take a gigabyte, so a web process has two at a time; whoever waits longer is asked to come again.
_AT_ONCE: Final = threading.BoundedSemaphore(2)
_WAIT_SECONDS: Final = 15
_CHARACTERS_OF_A_NAME: Final = 120


def read(data: bytes, filename: str, limits: Limits = LIMITS) -> Document:
    """The document in a file of this name, as Markdown. Raises UploadRefused."""
    kind = _kind(data, filename, limits)
    said, _ = _ask("read", kind, data, limits)
    try:
        return _document(said, shown(filename), kind)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # Not what our child says: whatever the document made of it, we do not believe it.
        raise UploadRefused("damaged", f"{type(error).__name__}: {error}") from None


def _document(said: dict[str, Any], name: str, kind: str) -> Document:
    sayings = [warning(code, number=str(int(number))) for code, number in said["warnings"].items() if code in WARNINGS]
    if said["empty_pages"] and not said["scan"]:
        sayings.append(warning("empty_pages", pages=", ".join(str(int(page)) for page in said["empty_pages"])))
    return Document(
        name=name,
        kind=kind,
        markdown=canonical(str(said["markdown"])),
        marks=tuple(Mark(*map(str, mark)) for mark in said["marks"]),
        warnings=tuple(_in_order(sayings)),
        pages=None if said["pages"] is None else int(said["pages"]),
        scan=bool(said["scan"]),
    )


def pages(data: bytes, limits: Limits = LIMITS) -> tuple[bytes, ...]:
    """A PNG image of each page of a PDF, at most as many as the limits say. Raises UploadRefused."""
    return drawn(data, limits)[0]


def drawn(data: bytes, limits: Limits = LIMITS) -> tuple[tuple[bytes, ...], int]:
    """The same, and how many pages the PDF has. Raises UploadRefused."""
    said, rest = _ask("pages", _kind(data, "document.pdf", limits), data, limits)
    return _split(said, rest), int(said["pages"])


def pictures(files: Sequence[tuple[str, bytes]], limits: Limits = LIMITS) -> tuple[bytes, ...]:
    """Photographs of a document's pages, by name and data, each as a PNG image of ours. Raises UploadRefused."""
    if len(files) > limits.pictures:
        raise UploadRefused("many_pictures", most=str(limits.pictures))
    if sum(len(data) for _, data in files) > limits.file_bytes:
        raise UploadRefused("large", most=str(limits.file_bytes // MEGABYTE))
    try:
        for name, data in files:
            kinds.check_picture(name, data)
    except Unreadable as unreadable:
        raise UploadRefused(unreadable.reason, **unreadable.values) from None
    sizes = [len(data) for _, data in files]
    said, rest = _ask("pictures", kinds.PICTURES, b"".join(data for _, data in files), limits, sizes)
    return _split(said, rest)


def _split(said: dict[str, Any], rest: bytes) -> tuple[bytes, ...]:
    images, start = [], 0
    for length in said["images"]:
        images.append(rest[start : start + int(length)])
        start += int(length)
    return tuple(images)


def letterhead(data: bytes, limits: Limits = LETTERHEADS) -> Picture:
    """The picture in a PNG or JPEG file, decoded and drawn anew as the head of a paper. Raises UploadRefused."""
    if not data:
        raise UploadRefused("picture_missing")
    if len(data) > limits.file_bytes:
        raise UploadRefused("picture_large", most=str(limits.file_bytes // MEGABYTE))
    if not data.startswith(kinds.LETTERHEADS):
        raise UploadRefused("picture_kind")
    said, png = _ask("letterhead", "", data, limits)
    width, height = said.get("width"), said.get("height")
    # What IHDR says is what the child said: it is not believed unasked.
    if type(width) is not int or type(height) is not int or png[:24] != kinds.png_head(width, height):
        raise UploadRefused("picture_damaged")
    return Picture(png, width, height)


def shown(filename: str) -> str:
    """A file's name fit to show: without folders, controls or signs that turn the direction of writing."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    name = folded("".join(sign for sign in last if sign.isprintable() and sign not in BIDI_CONTROLS))
    if len(name) > _CHARACTERS_OF_A_NAME:
        suffix = kinds.suffix_of(name)[:12]
        name = f"{name[: _CHARACTERS_OF_A_NAME - len(suffix) - 1]}…{suffix}"
    return name


def _in_order(sayings: list[Saying]) -> list[Saying]:
    order = list(WARNINGS)
    return sorted(sayings, key=lambda saying: order.index(saying.code))


def _kind(data: bytes, filename: str, limits: Limits) -> str:
    if len(data) > limits.file_bytes:
        raise UploadRefused("large", most=str(limits.file_bytes // MEGABYTE))
    suffix = kinds.suffix_of(shown(filename))
    try:
        kind = kinds.kind_by_name(suffix)
        if not data:
            raise Unreadable("empty")
        kinds.check_first_bytes(kind, suffix, data)
    except Unreadable as unreadable:
        raise UploadRefused(unreadable.reason, **unreadable.values) from None
    return kind


# --- The child ------------------------------------------------------------------------------------


def _ask(act: str, kind: str, data: bytes, limits: Limits, sizes: Sequence[int] = ()) -> tuple[dict[str, Any], bytes]:
    """What the child answers: its one line, and the bytes behind it. Raises UploadRefused."""
    job = {"act": act, "kind": kind, "bytes": len(data), "sizes": list(sizes)} | asdict(limits)
    with _turn(), tempfile.TemporaryDirectory(prefix="petition-upload-", ignore_cleanup_errors=True) as folder:
        answer, returncode = _run(json.dumps(job).encode() + b"\n" + data, folder, limits)
    line, _, rest = answer.partition(b"\n")
    if returncode != 0 or len(answer) > limits.answer_bytes:
        # Killed, mostly by one of its limits: libraries end the process when they get no memory.
        raise UploadRefused("heavy" if returncode < 0 or returncode == 0 else "damaged")
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:
        raise UploadRefused("damaged", "no JSON") from None
    if "refused" in said:
        reason = said["refused"] if said["refused"] in REFUSALS else "damaged"
        values = {str(name): str(value) for name, value in said.get("values", {}).items()}
        raise UploadRefused(reason, str(said.get("because", "")), **values)
    return said, rest


@contextmanager
def _turn() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise UploadRefused("busy")
    try:
        yield
    finally:
        _AT_ONCE.release()


def _run(told: bytes, folder: str, limits: Limits) -> tuple[bytes, int]:
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _START, str(PACKAGE.parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    timer = threading.Timer(limits.wall_seconds, _end, [process])
    timer.start()
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(told)
            process.stdin.flush()
        # Its end of the pipe tells the child that we live, so it stays open until the answer is here.
        answer = process.stdout.read(limits.answer_bytes + 1)
        if len(answer) > limits.answer_bytes:
            _end(process)
        return answer, process.wait()
    finally:
        timer.cancel()
        _end(process)
        process.stdout.close()
        with suppress(BrokenPipeError):
            process.stdin.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    # Only while it is not yet waited for: afterwards the number may be somebody else's.
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
