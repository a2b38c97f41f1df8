"""The press's child: limits itself, lays out one document with WeasyPrint, and says how it went.

Runs as `python -I` in a fresh folder. It reads that folder's job.json, writes one file, and prints JSON
lines. It imports WeasyPrint, and our modules that work with it, only after its limits are set.
"""

import ctypes
import errno
import json
import logging
import os
import re
import resource
import signal
import sys
import warnings
from pathlib import Path
from typing import IO, Any, Final

_PANGO: Final = (
    "PDF needs Pango. Install it with: sudo apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)
_KINDS: Final = {
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_CHARACTERS_OF_ADDRESS: Final = 120
_WARNINGS: Final = 50
_PAGES_TO_A_WORD: Final = 20


class Refused(Exception):
    """The document is not printed, for a reason that has a sentence."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


def main() -> int:
    """Print the document of the folder named first on the command line. 0, or 3 and a reason said aloud.

    The third argument is the process that waits for it; 4 when that is gone already.
    """
    if not _end_with(int(sys.argv[3])):
        return 4
    folder = Path(sys.argv[1])
    channel = _take_standard_output()
    job: dict[str, Any] = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    _limit(job)
    try:
        html = (folder / "document.html").read_text(encoding="utf-8")
        said = _print(html, job, channel)
    except BaseException as error:
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        kind, reason = explain(error)
        _say(channel, {"refused": kind, "reason": reason})
        return 3
    _say(channel, said)
    return 0


def _end_with(parent: int) -> bool:
    """Have Linux end us with our parent, which has no time for it when it is killed; False when it is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Whoever lost its parent before it could ask has another one by now.
    return os.getppid() == parent


def explain(error: BaseException) -> tuple[str, str]:
    """The kind of refusal and the sentence for anything that can end a printing."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, Refused):
            return seen.kind, seen.reason
        if isinstance(seen, MemoryError):
            return "memory", "Printing needed more than MEMORY of memory and was stopped."
        if isinstance(seen, OSError) and seen.errno in (errno.ENOSPC, errno.EDQUOT):
            return "disk", "The disk is full: the PDF could not be written."
        if isinstance(seen, OSError) and seen.errno == errno.EFBIG:
            return "size", "The PDF would be larger than is allowed for a document of this kind."
        if isinstance(seen, OSError) and "cannot load library" in str(seen):
            return "pango", _PANGO
        seen = seen.__cause__ or seen.__context__
    if isinstance(error, RecursionError):
        return "layout", "The document could not be laid out: its parts are nested too deeply."
    return "layout", f"The document could not be laid out ({type(error).__name__}: {str(error)[:200]})."


def _take_standard_output() -> IO[str]:
    # Libraries may write to standard output; the parent reads JSON there, so they get standard error instead.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def _say(channel: IO[str], message: dict[str, Any]) -> None:
    channel.write(json.dumps(message) + "\n")
    channel.flush()


def _limit(job: dict[str, Any]) -> None:
    # The soft limit on memory is lifted again when it was hit, to have room for saying so.
    seconds = int(job["cpu_seconds"])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(job["file_bytes"]), int(job["file_bytes"])))
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(job["open_files"]), int(job["open_files"])))
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (int(job["memory_bytes"]), most))


def _print(html: str, job: dict[str, Any], channel: IO[str]) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    _say(channel, {"step": "start"})
    import weasyprint

    from petition.pdf.archival import write

    listener = _Listener(channel, count_pages=job["listing"] is None)
    logging.getLogger("weasyprint").addHandler(listener)
    for name in ("weasyprint", "weasyprint.progress"):
        logging.getLogger(name).setLevel(logging.INFO)
        logging.getLogger(name).propagate = False
    logging.getLogger("weasyprint.progress").addHandler(listener)
    refused: list[Refused] = []
    source = weasyprint.HTML(string=html, url_fetcher=closed_fetcher(job["assets"], refused))
    document = source.render() if job["listing"] is None else _with_listing(source, job, channel)
    if len(document.pages) > int(job["pages"]):
        raise Refused("pages", f"The document has more than {job['pages']} pages.")
    drawn = job["listing"] is None
    if drawn:
        _say(channel, {"step": "write"})
    with Path(job["out"]).open("xb") as file:
        # A listing's pages are drawn while the document is written: only then does the writing begin.
        write(document, file, job, (lambda: None) if drawn else (lambda: _say(channel, {"step": "write"})))
        file.flush()
    # WeasyPrint forgives whatever goes wrong inside an SVG image, a refusal too; we do not.
    for one in refused:
        raise one
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "printed": len(document.pages),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "warnings": listener.warnings,
    }


def _with_listing(source: Any, job: dict[str, Any], channel: IO[str]) -> Any:
    """The document with its list, whose pages are drawn while it is written."""
    from petition.pdf import listing
    from petition.pdf.grid import paginate

    said = job["listing"]
    groups = listing.groups_of(said)
    pages = sum(1 for _ in paginate(groups))
    document = source.render(stylesheets=[listing.counting_on(pages)])
    drawn = (Path(job["folder"]) / "drawn").open("x+b")

    def tell(done: int, total: int) -> None:
        if done % _PAGES_TO_A_WORD == 0 or done == total:
            _say(channel, {"step": "lay out", "page": done, "pages": total})

    listing.set_in(document, said, groups, pages, drawn, tell)
    return document


class _Listener(logging.Handler):
    """Turns WeasyPrint's log into steps for the parent, and keeps its first warnings for the report."""

    def __init__(self, channel: IO[str], *, count_pages: bool) -> None:
        super().__init__()
        self._channel, self._count_pages = channel, count_pages
        self.warnings: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.name == "weasyprint.progress":
            if self._count_pages and (found := re.search(r"Page (\d+)$", message)):
                _say(self._channel, {"step": "lay out", "page": int(found[1])})
        elif record.levelno >= logging.WARNING and len(self.warnings) < _WARNINGS:
            self.warnings.append(message)


def closed_fetcher(assets: dict[str, str], refused: list[Refused]) -> Any:
    """A fetcher that opens `asset:NAME` for the given names and refuses all else without a request.

    Each refusal is raised and also noted in `refused`.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class ClosedFetcher(URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)

        def fetch(self, url: str, headers: object = None) -> object:
            scheme, _, name = url.partition(":")
            if scheme.lower() != "asset" or name not in assets:
                shown = url if len(url) <= _CHARACTERS_OF_ADDRESS else url[:_CHARACTERS_OF_ADDRESS] + "…"
                reason = f"The document asks for something that is never fetched: {shown}"
                refused.append(Refused("fetch", reason))
                raise refused[-1]
            kind = _KINDS.get(Path(name).suffix, "application/octet-stream")
            return URLFetcherResponse(url, Path(assets[name]).read_bytes(), {"Content-Type": kind})

    return ClosedFetcher()
