"""What goes into the press and what comes out of it, in plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from petition.errors import CannotBuild

MEGABYTE: Final = 1024 * 1024


class PressRefused(CannotBuild):
    """A document was not printed. The message is a sentence a person can act on.

    `kind` is one of: busy, time, memory, size, disk, pages, fetch, pango, fontconfig, folder, layout.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A character for which this machine has no font, drawn as its code point in brackets."""

    character: str
    code_point: str
    times: int


@dataclass(frozen=True, slots=True)
class Document:
    """One HTML text and the assets it may name as `asset:NAME`; nothing else is ever fetched.

    An asset is the bytes themselves or a file that we ship. `uncovered` lists the characters that whoever
    wrote the HTML has already spelled out; `pages` is a guess, used for the progress bar only.
    """

    html: str
    assets: Mapping[str, Path | bytes] = field(default_factory=dict)
    uncovered: tuple[Uncovered, ...] = ()
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the machine one document may take. Seconds, bytes, pages."""

    cpu_seconds: int
    wall_seconds: int
    memory_bytes: int
    file_bytes: int
    pages: int
    open_files: int = 128
    wait_seconds: int = 600


# Figures after reference measurements: an honest document of 30 pages takes under 5 s and 300 MB.
FOREIGN_DOCUMENTS: Final = Limits(
    cpu_seconds=20,
    wall_seconds=60,
    memory_bytes=1024 * MEGABYTE,
    file_bytes=20 * MEGABYTE,
    pages=200,
    wait_seconds=120,
)


def limits_for_rows(rows: int) -> Limits:
    """The limits of our own packets. A row costs about 4 ms and 40 kB; we allow several times that."""
    cpu_seconds = 60 + rows // 25
    return Limits(
        cpu_seconds=cpu_seconds,
        wall_seconds=60 + 6 * cpu_seconds,
        memory_bytes=1024 * MEGABYTE + rows * 160 * 1024,
        file_bytes=20 * MEGABYTE + rows * 1024,
        pages=400 + rows // 40,
        wait_seconds=3600,
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the press is. `total` is 0 while nobody knows it."""

    step: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What was printed: where, how long and large, at what cost, and what could not be drawn as written."""

    path: Path
    pages: int
    size_bytes: int
    cpu_seconds: float
    wall_seconds: float
    uncovered: tuple[Uncovered, ...] = ()
    warnings: tuple[str, ...] = ()
