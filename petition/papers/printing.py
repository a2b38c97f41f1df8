"""Printing a paper while somebody waits for it: a few pages, one at a time, and never for long."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from petition.pdf.document import MEGABYTE, Document, Limits, PressRefused
from petition.pdf.press import press

#: A paper of a few pages takes two seconds of computing; with the longest roster that is printed so, eight.
SINGLE: Final = Limits(
    cpu_seconds=40,
    wall_seconds=60,
    memory_bytes=1024 * MEGABYTE,
    file_bytes=20 * MEGABYTE,
    pages=200,
    wait_seconds=20,  # for another process on this machine; of ours only one waits
)
#: The longest roster that somebody waits for; a longer one is printed by a command, or goes into a packet.
MOST_NAMES: Final = 1_000

# One in each process, so that of the web server's threads one prints and those behind it are free for others at once.
_ONE: Final = threading.Lock()
_BUSY: Final = "Another document is being printed. Try again in a minute."


def printed(document: Document) -> bytes:
    """The PDF. Raises PressRefused: at once where this process prints another one, else when another does for long."""
    with _turn(), tempfile.TemporaryDirectory(prefix="petition-paper-") as folder:
        out = Path(folder) / "paper.pdf"
        press(document, out, SINGLE)
        return out.read_bytes()


@contextmanager
def _turn() -> Iterator[None]:
    if not _ONE.acquire(blocking=False):
        raise PressRefused("busy", _BUSY)
    try:
        yield
    finally:
        _ONE.release()
