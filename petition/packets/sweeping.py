"""What builds that are stopped or killed leave behind: their folders, kept files of no packet, copy numbers.

A name stands in each of them, so they may not stay. A file that no row names is not taken for one that nobody needs:
the rows may come back from a backup. Only what is noted here as being kept is looked at, once it has had its time.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from petition.jobs import State
from petition.packets.models import Build, Packet, PacketFile, went_out

_MAKING: Final = "making-"
_NOTES: Final = "keeping"
_SHA256: Final = re.compile("[0-9a-f]{64}")
#: So long what was kept may wait to be entered in its packet's row, which takes seconds, and a copy to be issued.
PATIENCE: Final = timedelta(days=1)


def note(folder: Path, sha256s: Iterable[str]) -> Path:
    """Write down that these files are about to be kept, before any of them is."""
    with _alone(folder) as notes:
        path = notes / f"{os.getpid()}-{os.urandom(8).hex()}"
        path.write_text("".join(f"{sha256}\n" for sha256 in sha256s), encoding="ascii")
    return path


def forget(folder: Path, note: Path, sha256s: Iterable[str]) -> None:
    """These were entered in a row: no note, not even that of an earlier try, is to have them deleted any more.

    The row may be gone one day, and be brought back by a backup.
    """
    entered = set(sha256s)
    with _alone(folder) as notes:
        for path in notes.glob("*-*"):
            noted = set(_SHA256.findall(path.read_text(encoding="ascii")))
            if path == note or noted <= entered:
                path.unlink()
            elif noted & entered:
                path.write_text("".join(f"{sha256}\n" for sha256 in noted - entered), encoding="ascii")


def sweep(session: Session, folder: Path, now: datetime) -> int:
    """Delete what is left of builds that have come to nothing; returns how many folders and files that were."""
    return _folders(session, folder) + _files(session, folder, now)


def never_issued(session: Session, now: datetime) -> list[int]:
    """The ids of packets that got a copy number, were never issued, and have nobody at work on them any more."""
    at_work = select(Build.packet_id).where(Build.packet_id.is_not(None), Build.state == State.WAITING)
    over = not_(went_out()), Packet.frozen_at < now - PATIENCE, Packet.id.not_in(at_work)
    return list(session.scalars(select(Packet.id).where(*over)))


def _folders(session: Session, folder: Path) -> int:
    left = 0
    for place in folder.glob(f"{_MAKING}*"):
        number = place.name.removeprefix(_MAKING)
        build = session.get(Build, int(number)) if number.isdecimal() else None
        if build is None or build.state != State.WAITING:
            shutil.rmtree(place, ignore_errors=True)
            left += 1
    return left


def _files(session: Session, folder: Path, now: datetime) -> int:
    left = 0
    if not (folder / _NOTES).is_dir():
        return left
    with _alone(folder) as notes:
        found = {path: set(_SHA256.findall(path.read_text(encoding="ascii"))) for path in notes.glob("*-*")}
        over = [path for path in found if _written(path) < now - PATIENCE]
        awaited: set[str] = set().union(*(files for path, files in found.items() if path not in over))
        for path in over:
            issued = set(session.scalars(select(PacketFile.sha256).where(PacketFile.sha256.in_(found[path]))))
            for sha256 in found[path] - issued - awaited:
                for kept in (folder / "files" / sha256[:2]).glob(f"*{sha256}*"):
                    kept.unlink(missing_ok=True)
                    left += 1
            path.unlink()
    return left


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """The folder of notes, which nobody else reads or writes meanwhile: else a file could go as it is kept anew."""
    notes = folder / _NOTES
    notes.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (notes / "lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield notes
