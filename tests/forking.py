"""Our commands without their start: one process has imported the program, and forks for each command.

A page of commands runs a dozen of them; importing the program takes most of the time of each.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_ROOM: Final = 1 << 16  # bytes of arguments and environment

#: What stands where the command would: hands over arguments, environment, folder and the three standard files.
_ASK: Final = """#!{python} -SE
import json, os, socket, sys
asked = socket.socket(socket.AF_UNIX)
asked.connect({path!r})
said = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
socket.send_fds(asked, [said], [0, 1, 2])
sys.exit(asked.recv(1)[0])
"""


@contextlib.contextmanager
def forked_commands(program: Path) -> Iterator[None]:
    """While the block runs, `program` is our command."""
    path = program.with_name("commands")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        server = subprocess.Popen(
            [sys.executable, __file__, str(listener.fileno())],
            pass_fds=[listener.fileno()],
            cwd=Path(__file__).parent.parent,
        )
    program.write_text(_ASK.format(python=sys.executable, path=str(path)))
    program.chmod(0o755)
    try:
        yield
    finally:
        server.kill()
        server.wait()


def serve(listener: socket.socket) -> None:
    """Run one command after the other, each in a process of its own."""
    sys.path.insert(0, str(Path.cwd()))
    from petition.__main__ import main

    while True:
        with listener.accept()[0] as asked:
            said, files, _, _ = socket.recv_fds(asked, _ROOM, 3)
            child = os.fork()
            if not child:
                arguments, environment, folder = json.loads(said)
                for number, file in enumerate(files):
                    os.dup2(file, number)
                os.chdir(folder)
                os.environ.clear()
                os.environ.update(environment)
                sys.argv[1:] = arguments
                main()
                sys.exit()
            for file in files:
                os.close(file)
            asked.send(bytes([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
