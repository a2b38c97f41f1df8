"""Compressed parts of a PDF that are kept in a file until it is written, so that no long list is held in memory."""

from typing import IO

import pydyf


class Kept(pydyf.Object):  # type: ignore[misc]
    """One compressed stream."""

    def __init__(self, file: IO[bytes], content: bytes) -> None:
        super().__init__()
        self._file, self._length = file, len(content)
        self._offset = file.seek(0, 2)
        file.write(content)

    @property
    def data(self) -> bytes:
        """The bytes."""
        self._file.seek(self._offset)
        return self._file.read(self._length)
