"""The press's child without its start: one process has imported WeasyPrint, and forks for each document.

To import it takes longer than many papers take to be laid out. All else is the real press: the fresh folder, the clean
environment, the limits, the group of its own, the child's program. How it starts is tested where it is the subject.
"""

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, Final

import pytest

from petition.pdf import press

_ROOM: Final = 1 << 16  # bytes of arguments and environment


class Pressing:
    """Stands where `subprocess` stands in the press, and starts what it forks from when the first document comes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "press"
        self._guard = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None

    def stand_in(self, patch: pytest.MonkeyPatch) -> None:
        """Have this process's press fork its children until the patch is undone."""
        patch.setattr(press, "subprocess", SimpleNamespace(**{**vars(subprocess), "Popen": self._popen}))

    def close(self) -> None:
        """End what it forks from."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()

    def _popen(self, command: list[str], *, stderr: IO[bytes], cwd: Path, env: dict[str, str], **_more: Any) -> "Child":
        with self._guard:
            if self._server is None:
                self._server = self._started()
        # What comes before are Python, its options and the program; last comes who waits.
        return Child(str(self._path), [str(cwd), command[4:], env], stderr)

    def _started(self) -> "subprocess.Popen[bytes]":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self._path))
            listener.listen()
            return subprocess.Popen(
                [sys.executable, "-s", __file__, str(listener.fileno())],
                pass_fds=[listener.fileno()],
                env={"PATH": os.environ.get("PATH") or os.defpath, "LANG": "C.UTF-8"},
                cwd=Path(__file__).parent.parent,
            )


class Child:
    """A forked child, as far as the press knows of one."""

    def __init__(self, path: str, job: list[Any], stderr: IO[bytes]) -> None:
        reads, writes = os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        self._asked = socket.socket(socket.AF_UNIX)
        self._asked.connect(path)
        socket.send_fds(self._asked, [json.dumps(job).encode()], [nothing, writes, stderr.fileno()])
        os.close(nothing)
        os.close(writes)
        self.stdout: IO[bytes] = os.fdopen(reads, "rb")
        self.returncode: int | None = None
        self._guard = threading.Lock()
        self._said = self._asked.makefile("r")
        self.pid = int(self._said.readline())

    def wait(self) -> int:
        """Until the child has ended; returns how."""
        with self._guard:
            if self.returncode is None:
                self.returncode = int(self._said.readline())
                self._said.close()
                self._asked.close()
            return self.returncode


def serve(listener: socket.socket) -> None:
    """Fork for each document, and look after those whose documents are done."""
    sys.path.insert(0, str(Path.cwd()))
    import weasyprint  # noqa: F401

    from petition.pdf import child

    while True:
        asked, _ = listener.accept()
        said, files, _, _ = socket.recv_fds(asked, _ROOM, 3)
        if not os.fork():
            _attend(asked, json.loads(said), files, child.main)
        for file in (asked.detach(), *files):
            os.close(file)
        while _ended():
            pass


def _ended() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return False


def _attend(asked: socket.socket, job: list[Any], files: list[int], main: Any) -> None:
    """Fork the child itself, say its number, wait for its end, say how it ended."""
    folder, arguments, environment = job
    attendant = os.getpid()
    number = os.fork()
    if not number:
        asked.close()
        os.setsid()
        for place, file in enumerate(files):
            os.dup2(file, place)
            os.close(file)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv[1:] = [*arguments[:-1], str(attendant)]
        sys.exit(main())
    for file in files:
        os.close(file)
    asked.sendall(f"{number}\n".encode())
    ended = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    asked.sendall(f"{ended}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
