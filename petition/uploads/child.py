"""The reader's child: limits itself, reads one document from standard input, and says what it found.

Runs as `python -I`. Before the first byte of the document is looked at it gives up opening anything: with no
descriptor to be had there is no file, no socket and no other process. It ends when its parent does.
"""

import json
import os
import resource
import signal
import sys
import threading
from dataclasses import astuple
from itertools import accumulate
from typing import Any, Final

from petition.uploads import kinds, opendocument, plain, sources, web_page, word
from petition.uploads.blocks import Found, Unreadable
from petition.uploads.composing import compose
from petition.uploads.tidying import tidy

_CHUNK: Final = 1 << 20
_ANSWER: Final = 1


def main() -> None:
    """Read the job and the document, answer with one line of JSON and then the page images, and end."""
    job: dict[str, Any] = json.loads(_line())
    data = _exactly(int(job["bytes"]))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit(job)
    images: list[bytes] = []
    try:
        if job["kind"] == kinds.PDF:
            # Its library is loaded while files can still be opened, and only for whom it is needed.
            import petition.uploads.portable
        elif job["kind"] == kinds.PICTURES:
            import petition.uploads.pictures
        if job["act"] == "letterhead":
            import petition.uploads.letterheads  # noqa: F401
        _give_up_opening()
        said = _said(data, job, images)
    except BaseException as error:
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        images.clear()
        said = _refusal(error)
    _answer(json.dumps(said).encode() + b"\n", images)
    # Not by way of the interpreter's end, which would wait for the thread that waits for the parent.
    os._exit(0)


def _said(data: bytes, job: dict[str, Any], images: list[bytes]) -> dict[str, Any]:
    match job["act"]:
        case "pages" | "pictures":
            return _draw(data, job, images)
        case "letterhead":
            return _letterhead(data, images)
    return _read(data, job)


def _read(data: bytes, job: dict[str, Any]) -> dict[str, Any]:
    found = _found(str(job["kind"]), data, job)
    tidy(found, longest=int(job["characters"]), word=int(job["word"]))
    markdown = compose(found)
    if len(markdown) > 2 * int(job["characters"]):
        raise Unreadable("long", most=str(job["characters"]))
    if not markdown.strip() and not found.scan:
        raise Unreadable("no_text")
    return {
        "markdown": markdown,
        "marks": [astuple(change) for change in found.changes],
        "warnings": dict(found.warnings),
        "empty_pages": found.empty_pages,
        "pages": found.pages,
        "scan": found.scan,
    }


def _found(kind: str, data: bytes, job: dict[str, Any]) -> Found:
    match kind:
        case kinds.DOCX:
            return word.read(data)
        case kinds.ODT:
            return opendocument.read(data)
        case kinds.PDF:
            from petition.uploads import portable

            return portable.read(data, int(job["pages"]))
        case kinds.HTML:
            return web_page.read(data, int(job["characters"]))
        case kinds.MARKDOWN:
            return sources.read_markdown(data, int(job["characters"]))
    return plain.read_text(data, int(job["characters"]))


def _draw(data: bytes, job: dict[str, Any], images: list[bytes]) -> dict[str, Any]:
    pages = 0
    if job["kind"] == kinds.PICTURES:
        from petition.uploads import pictures

        ends = list(accumulate(job["sizes"]))
        files = [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        images += pictures.images(files, int(job["pixels_a_side"]))
    else:
        from petition.uploads import portable

        pages = portable.count(data)
        images += portable.images(data, int(job["page_images"]), int(job["pixels_a_side"]))
    if sum(map(len, images)) > int(job["answer_bytes"]) - _CHUNK:
        raise Unreadable("heavy")
    return {"images": [len(image) for image in images], "pages": pages or len(images)}


def _letterhead(data: bytes, images: list[bytes]) -> dict[str, Any]:
    from petition.uploads import letterheads

    png, width, height = letterheads.redraw(data)
    images.append(png)
    return {"width": width, "height": height}


def _refusal(error: BaseException) -> dict[str, Any]:
    if isinstance(error, Unreadable):
        return {"refused": error.reason, "values": error.values}
    if isinstance(error, MemoryError | RecursionError):
        return {"refused": "heavy"}
    return {"refused": "damaged", "because": f"{type(error).__name__}: {error}"[:300]}


# --- The child and its parent ---------------------------------------------------------------------


def _line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            os._exit(1)
        line += byte
    return line


def _exactly(length: int) -> bytes:
    parts = []
    while length:
        part = os.read(0, min(length, _CHUNK))
        if not part:
            os._exit(1)
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _end_with_parent() -> None:
    # The parent writes nothing more, so this returns when it closes the pipe or is gone.
    os.read(0, 1)
    os._exit(1)


def _limit(job: dict[str, Any]) -> None:
    # The soft limit on memory is lifted again when it was hit, to have room for saying so.
    seconds = int(job["cpu_seconds"])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (int(job["memory_bytes"]), most))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(job["wall_seconds"]))
    sys.setrecursionlimit(2_000)


def _give_up_opening() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _answer(line: bytes, images: list[bytes]) -> None:
    for part in (line, *images):
        view = memoryview(part)
        while view:
            view = view[os.write(_ANSWER, view) :]
