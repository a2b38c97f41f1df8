"""Issuing a packet: its files printed one after the other, kept under their SHA-256, and entered in its row.

Only from here on a packet is one that somebody may have; its files never change.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from petition.errors import CannotBuild
from petition.packets import building, carrying, keeping, rendering, sweeping
from petition.packets.contents import PacketContents
from petition.packets.models import EVIDENCE, Packet, PacketFile
from petition.packets.volumes import Volume, cut
from petition.packets.wording import Translations
from petition.pdf.document import Progress, Report
from petition.pdf.surroundings import workshop

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
#: What somebody has to put right before another try can do better.
_OF_THE_PLACE: Final = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EIO,
    errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ESTALE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """One file as it was printed: which part of the packet it is, where it lies, and what the press said."""

    part: str
    path: Path
    report: Report
    stamped_at: datetime | None = None  # the time in its seal that is not our word


def print_files(
    contents: PacketContents, out: Path, progress: Callable[[Progress], None], language: str,
    translations: Translations,
) -> list[Made]:  # fmt: skip
    """Print the brief to `out`, and each volume beside it. Raises PressRefused, and then takes back what is there.

    What stood under a name before is replaced only by a file that is complete.
    """
    files = cut(contents).files
    made: list[Made] = []
    try:
        for at, volume in enumerate(files):
            path = beside(out, volume)
            told = _of_files(progress, at, len(files))
            with workshop("attached") as folder:
                attached = carrying.attachments(contents, volume, language, _nameless(translations), folder)
                report = rendering.render(contents, path, told, language, translations, volume, attached)
            made.append(Made(volume.part, path, report))
    except BaseException:
        for one in made:
            one.path.unlink(missing_ok=True)
        raise
    return made


def beside(out: Path, volume: Volume) -> Path:
    """Where a volume's file lies: packet.pdf has packet-roster-or.pdf beside it."""
    return out.with_name(f"{out.stem}{volume.suffix}{out.suffix}")


def _nameless(translations: Translations) -> tuple[str, ...]:
    # As petition.packets.entries has them.
    return translations.gettext("Name withheld"), translations.gettext("Erased at the signatory’s request")


@contextmanager
def telling_of_the_disk() -> Iterator[None]:
    """A disk that takes no more is a sentence that its operator can act on. Raises CannotBuild."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as fault:
        if fault.errno in _FULL:
            raise CannotBuild("The disk is full. Make room and build again.") from None
        if fault.errno in _OF_THE_PLACE:
            raise CannotBuild(f"{fault.filename or 'A file'} cannot be read or written: {fault.strerror}.") from None
        raise


@contextmanager
def kept(data_dir: Path, made: Sequence[Made], evidence: Path | None = None) -> Iterator[list[PacketFile]]:
    """Copy each file to where issued files are kept; in the block they are to be entered, and that committed.

    A block that is left in any other way leaves a note, by which the files go after a while. Raises CannotBuild, and
    then has kept none.
    """
    rows = []
    for one in made:
        row = _row(one.part, one.path)
        row.pages, row.stamped_at = one.report.pages, one.stamped_at
        rows.append(row)
    sources = [one.path for one in made]
    if evidence is not None:
        rows.append(_row(EVIDENCE, evidence))
        sources.append(evidence)
    sha256s = [row.sha256 for row in rows]
    with telling_of_the_disk():
        note = sweeping.note(building.folder(data_dir), sha256s)
        try:
            for source, row in zip(sources, rows, strict=True):
                _copy(source, keeping.path_of(data_dir, row))
        except BaseException:
            # The evidence comes last and may be another packet's too; whatever was copied before it is ours alone.
            for row in rows[: len(made)]:
                keeping.path_of(data_dir, row).unlink(missing_ok=True)
            note.unlink(missing_ok=True)
            raise
    yield rows
    # They are issued: nothing that goes wrong here may take that back, and a note that stays does no harm.
    with suppress(OSError):
        sweeping.forget(building.folder(data_dir), note, sha256s)


def _row(part: str, path: Path) -> PacketFile:
    return PacketFile(part=part, name=path.name, sha256=keeping.digest(path), size_bytes=path.stat().st_size)


def issue(session: Session, packet: Packet, files: Sequence[PacketFile], now: datetime) -> None:
    """Enter the files of a packet: it is issued."""
    for file in files:
        file.packet_id = packet.id
    session.add_all(files)
    packet.issued_at = now
    if packet.sealer is not None:
        packet.sealed_at = now


def _copy(source: Path, kept: Path) -> None:
    """Complete or not at all, also after the power has gone; the same bytes may be there already."""
    folders = (kept.parents[2], kept.parents[1], kept.parent)
    for folder in folders:
        folder.mkdir(exist_ok=True, mode=0o700)
    part = kept.with_name(f".{kept.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(source, part)
        part.chmod(0o600)
        _onto_the_disk(part)
        part.replace(kept)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    for folder in reversed(folders):
        _onto_the_disk(folder)


def _onto_the_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _of_files(progress: Callable[[Progress], None], at: int, files: int) -> Callable[[Progress], None]:
    """With several files the pages of one say little: how many files are done says more."""
    if files == 1:
        return progress
    return lambda step: progress(Progress(step.step, at, files))
