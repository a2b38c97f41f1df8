"""Keeping the files of issued packets: beside the database, each under the SHA-256 of what is in it.

A name that follows from the bytes fits no others: what stands there is what was issued, or the disk is wrong.
"""

import hashlib
from pathlib import Path
from typing import Final

from petition.packets.models import PacketFile

_AT_ONCE: Final = 1 << 20  # bytes


class NotAsIssued(Exception):
    """The file is not on the disk, or its bytes are not those that were issued."""


def path_of(data_dir: Path, file: PacketFile) -> Path:
    """Where an issued file is kept: DATA_DIR/packets/files/AB/ABCD…, by its SHA-256 in hexadecimal."""
    return data_dir / "packets" / "files" / file.sha256[:2] / file.sha256


def sound(data_dir: Path, file: PacketFile) -> Path:
    """The path of an issued file, once its bytes were found to be those that were issued. Raises NotAsIssued."""
    path = path_of(data_dir, file)
    try:
        if digest(path) == file.sha256:
            return path
    except OSError:
        raise NotAsIssued(f"{file.name} is not in its folder.") from None
    raise NotAsIssued(f"{file.name} has changed on the disk since it was issued.")


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal, read in pieces."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            found.update(piece)
    return found.hexdigest()
