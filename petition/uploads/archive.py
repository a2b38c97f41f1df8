"""A document that is a ZIP archive, opened only after its directory has been found honest and modest.

Python 3.11.7 and older take overlapping entries (CVE-2024-0450) and no version looks at the ratio, so we do both.
"""

import io
import struct
import zipfile
import zlib
from typing import Final

from petition.uploads.blocks import Unreadable
from petition.uploads.trees import Element, parse

MEGABYTE: Final = 1024 * 1024
_ENTRIES: Final = 2_000
_UNPACKED_BYTES: Final = 60 * MEGABYTE
_PART_BYTES: Final = 24 * MEGABYTE
_RATIO: Final = 100
#: Below this a high ratio does no harm: a blank picture, a long table of the same cells.
_RATIO_FROM_BYTES: Final = 4 * MEGABYTE
_LOCAL_HEADER: Final = struct.Struct("<4s5H3L2H")
_END_RECORD: Final = struct.Struct("<4s4H2LH")


class Archive:
    """The parts of one document. Raises Unreadable for what no word processor writes."""

    def __init__(self, data: bytes) -> None:
        _count_declared(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, struct.error, EOFError, NotImplementedError, OverflowError):
            raise Unreadable("damaged") from None
        self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        self._check(data)

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a part. An entry that lies about its size ends at the size that it declares."""
        entry = self._entries[name]
        if entry.file_size > _PART_BYTES:
            raise Unreadable("bomb")
        try:
            with self._zip.open(entry) as part:
                return part.read(_PART_BYTES)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error):
            raise Unreadable("damaged") from None

    def tree(self, name: str) -> Element | None:
        """A part that is XML, or None where there is no such part."""
        return parse(self.read(name)) if name in self._entries else None

    def _check(self, data: bytes) -> None:
        entries = self._zip.infolist()
        if len(entries) > _ENTRIES or len(self._entries) < len(entries):
            raise Unreadable("archive")
        for entry in entries:
            _check_entry(entry)
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > _UNPACKED_BYTES or _too_dense(unpacked, len(data)):
            raise Unreadable("bomb")
        _check_places(entries, data)


def _count_declared(data: bytes) -> None:
    # Before zipfile makes an object of each of a hundred thousand entries.
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + _END_RECORD.size > len(data):
        raise Unreadable("damaged")
    _, _, _, _, entries, directory_bytes, _, _ = _END_RECORD.unpack_from(data, at)
    if entries > _ENTRIES or directory_bytes > _ENTRIES * 400:
        raise Unreadable("archive")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    parts = entry.filename.split("/")
    if entry.filename.startswith("/") or ".." in parts or "\\" in entry.orig_filename or "\0" in entry.orig_filename:
        raise Unreadable("archive")
    if entry.flag_bits & 0x41:
        raise Unreadable("encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("archive")
    if _too_dense(entry.file_size, entry.compress_size):
        raise Unreadable("bomb")


def _too_dense(unpacked: int, packed: int) -> bool:
    return unpacked > _RATIO_FROM_BYTES and unpacked > packed * _RATIO


def _check_places(entries: list[zipfile.ZipInfo], data: bytes) -> None:
    """Each entry lies behind the one before: an overlap would unpack the same bytes again and again."""
    free = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        start = entry.header_offset
        if start < free or start + _LOCAL_HEADER.size > len(data):
            raise Unreadable("archive")
        header = _LOCAL_HEADER.unpack_from(data, start)
        if header[0] != b"PK\x03\x04":
            raise Unreadable("damaged")
        free = start + _LOCAL_HEADER.size + header[9] + header[10] + entry.compress_size
    if free > len(data):
        raise Unreadable("damaged")
