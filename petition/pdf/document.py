"""What goes into the press and what comes out of it, in plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from petition.errors import CannotBuild
from petition.pdf.spool import Section

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
class Attachment:
    """A file that the PDF carries: the bytes themselves, or a file that stays as it is until the press is done.

    `relationship` is how it stands to the document, a word of ISO 32000-2, 7.11.3: Data, Source, Supplement.
    """

    name: str
    data: bytes | Path
    media_type: str
    description: str
    relationship: str = "Data"


@dataclass(frozen=True, slots=True)
class Listed:
    """A group of a listing: its heading, and its entries on disk. All groups of a listing lie in one file."""

    code: str
    name: str
    section: Section


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of any length, set by the press itself in place of the page of the HTML with this anchor.

    That page is its sample, as petition.pdf.listing reads it. `spelled` says what stands in for characters without
    a font. `page_of_pages` is what stands in the foot, with {page} and {pages} for the figures.
    """

    groups: tuple[Listed, ...]
    page_of_pages: str
    spelled: Mapping[str, str] = field(default_factory=dict)
    anchor: str = "roster"


@dataclass(frozen=True, slots=True)
class Document:
    """One HTML text and the assets it may name as `asset:NAME`; nothing else is ever fetched.

    An asset is the bytes themselves or a file that we ship. `uncovered` lists the characters that whoever
    wrote the HTML has already spelled out; `pages` is a guess, used for the progress bar only.
    An `archival` document is PDF/A-3b in structure, tagged, and may carry attachments.
    """

    html: str
    assets: Mapping[str, Path | bytes] = field(default_factory=dict)
    uncovered: tuple[Uncovered, ...] = ()
    pages: int = 0
    attachments: tuple[Attachment, ...] = ()
    archival: bool = False
    listing: Listing | None = None

    def __post_init__(self) -> None:
        if self.attachments and not self.archival:
            raise ValueError("only an archival document says what its attachments are to it")
        if len({one.name for one in self.attachments}) < len(self.attachments):
            raise ValueError("two attachments have one name")


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


def limits_for_laid_out_rows(rows: int) -> Limits:
    """The limits of our own papers, whose names are laid out as HTML.

    A row costs about 4 ms and 40 kB of memory so (docs/performance.md); we allow several times that.
    """
    cpu_seconds = 60 + rows // 25
    return Limits(
        cpu_seconds=cpu_seconds,
        wall_seconds=60 + 6 * cpu_seconds,
        memory_bytes=1024 * MEGABYTE + rows * 160 * 1024,
        file_bytes=20 * MEGABYTE + rows * 1024,
        pages=400 + rows // 40,
        wait_seconds=3600,
    )


def limits_for_rows(rows: int, pictures: Sequence[bytes] = ()) -> Limits:
    """The limits of our own packets with pictures of whole pages, beside what they carry as attachments.

    Measured (docs/performance.md): a row costs about 0.1 ms and 60 bytes of the file, and little memory beyond the
    150 MB of any document. We allow several times that; a long comment takes more than its row. A picture in few
    colors is written in all of them and takes up to three times its file.
    """
    of_pictures = sum(map(len, pictures))
    cpu_seconds = 60 + rows // 1000 + 2 * len(pictures)
    return Limits(
        cpu_seconds=cpu_seconds,
        wall_seconds=60 + 6 * cpu_seconds,
        memory_bytes=1024 * MEGABYTE + rows * 256 + 8 * of_pictures,
        file_bytes=20 * MEGABYTE + rows * 256 + 4 * of_pictures,
        pages=400 + rows // 12 + len(pictures),
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
