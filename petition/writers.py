"""The writers' queue: first come, first served, before SQLite's single writer lock.

Within a process writers stand in line in the order of their coming. Across processes the head of
each line takes a `flock` on a side file. The kernel frees that lock when a process dies, so a killed
writer holds nobody up. It is for local disks only, as SQLite is.
"""

import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import Final

from petition.errors import Busy

PATIENCE: Final = 5.0  # seconds a writer waits before the request is answered 503
_GLANCE: Final = 0.0005  # seconds between two tries for the file lock


class Turn:
    """The right to write, until `end`."""

    def __init__(self, queue: "WritersQueue") -> None:
        self._queue: WritersQueue | None = queue

    def end(self) -> None:
        """Let the next writer go. Ending twice does nothing."""
        queue, self._queue = self._queue, None
        if queue is not None:
            queue._leave()


class WritersQueue:
    """A fair queue of writers over the file at `path`."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._line: deque[threading.Event] = deque()
        self._guard = threading.Lock()
        self._file: int | None = None
        self._process = os.getpid()

    def wait(self) -> Turn:
        """Stand in line until it is our turn. Raises Busy after `patience` seconds."""
        deadline = time.monotonic() + self._patience
        self._forget_parent()
        mine = threading.Event()
        with self._guard:
            self._line.append(mine)
            if self._line[0] is mine:
                mine.set()
        if not mine.wait(self._patience) and not self._give_up(mine):
            raise Busy("the writers' queue did not come round")
        try:
            self._lock_file(deadline)
        except BaseException:
            self._advance()
            raise
        return Turn(self)

    def _forget_parent(self) -> None:
        # A forked child shares the parent's open file, and with it the parent's lock.
        if self._process != os.getpid():
            self._line, self._guard, self._file = deque(), threading.Lock(), None
            self._process = os.getpid()

    def _give_up(self, mine: threading.Event) -> bool:
        """Step out of the line; true when the turn came in that very moment after all."""
        with self._guard:
            if mine.is_set():
                return True
            self._line.remove(mine)
            return False

    def _lock_file(self, deadline: float) -> None:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise Busy("another process held the writers' lock") from None
                time.sleep(_GLANCE)

    def _leave(self) -> None:
        assert self._file is not None
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._advance()

    def _advance(self) -> None:
        with self._guard:
            self._line.popleft()
            if self._line:
                self._line[0].set()
