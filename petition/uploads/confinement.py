"""The confinement of a program that we did not write: no network, no file but its own, no other process, little time.

Runs as `python -I` in the place of the program and becomes it: it takes from itself all that the program could do
harm with, makes sure that it is gone, and then executes the program. Landlock (since Linux 5.13) closes the file
system but for the folders that are named; a seccomp filter refuses every socket that could reach anybody, every new
process and every look into another. Neither needs root or namespaces, and neither can be undone. Where one of them
is not to be had, the program does not run.
"""

import ctypes
import errno
import json
import os
import platform
import resource
import signal
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

#: What we end with instead of running the program: this system cannot confine it.
NOT_CONFINED: Final = 97

# --- Landlock: include/uapi/linux/landlock.h. Its system calls have the same numbers on every machine. ---

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# Every right that a version of Landlock can take away: since the first all up to making symbolic links, then REFER,
# TRUNCATE, nothing, and IOCTL_DEV.
_RIGHTS_OF_VERSION: Final = ((1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1, (1 << 15) - 1, (1 << 16) - 1)
_OF_A_FILE: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | (1 << 14) | (1 << 15)
#: A right of its own since version 4: to bind and connect TCP. Since version 6: signals and abstract sockets.
_NET_SINCE, _BIND_AND_CONNECT = 4, 0b11
_SCOPES_SINCE, _SOCKETS_AND_SIGNALS = 6, 0b11

# --- seccomp: include/uapi/linux/{seccomp,filter,audit}.h ------------------------------------------

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38  # linux/prctl.h
_SECCOMP_MODE_FILTER: Final = 2
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _AND, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT, _SECOND_ARGUMENT_AT = 0, 4, 16, 24
_X32: Final = 0x40000000  # numbers of a second table of system calls on x86
_CLONE_THREAD: Final = 0x00010000

# Per machine: how the kernel names it, and its numbers of the system calls that we know by name.
_MACHINES: Final[dict[str, tuple[int, dict[str, int]]]] = {
    "x86_64": (0xC000003E, {
        "socket": 41, "connect": 42, "bind": 49, "listen": 50, "socketpair": 53,
        "clone": 56, "fork": 57, "vfork": 58, "kill": 62, "tkill": 200, "tgkill": 234, "ptrace": 101,
        "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297,
        "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272, "setns": 308, "perf_event_open": 298,
        "prlimit64": 302, "open_by_handle_at": 304, "process_vm_readv": 310, "process_vm_writev": 311,
        "bpf": 321, "userfaultfd": 323,
    }),
    "aarch64": (0xC00000B7, {
        "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "connect": 203,
        "clone": 220, "kill": 129, "tkill": 130, "tgkill": 131, "ptrace": 117,
        "shmget": 194, "semget": 190, "msgget": 186, "mq_open": 180, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240,
        "add_key": 217, "request_key": 218, "keyctl": 219, "unshare": 97, "setns": 268, "perf_event_open": 241,
        "prlimit64": 261, "open_by_handle_at": 265, "process_vm_readv": 270, "process_vm_writev": 271,
        "bpf": 280, "userfaultfd": 282,
    }),
}  # fmt: skip
# Newer ones have one number on all machines.
_ON_ALL: Final = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "pidfd_open": 434, "clone3": 435, "pidfd_getfd": 438, "process_madvise": 440,
}  # fmt: skip
#: Allowed with a certain first argument only: ourselves.
_OF_ITSELF: Final = ("kill", "tgkill", "prlimit64")


class CannotConfine(Exception):
    """This system lacks what it takes."""


def main() -> None:
    """Read the job from the arguments, confine this process, and become the program. Does not return."""
    job: dict[str, Any] = json.loads(sys.argv[2])
    try:
        _end_with(int(job["parent"]))
        _limit(job)
        confine(job["reads"], job["writes"])
        _make_sure(job["forbidden"])
    except (CannotConfine, OSError):
        os._exit(NOT_CONFINED)
    os.execve(job["program"][0], job["program"], job["environment"])  # noqa: S606


def confine(reads: Iterable[str], writes: Iterable[str]) -> None:
    """From now on only these files and folders, no socket and no new process. Raises CannotConfine."""
    if platform.machine() not in _MACHINES or sys.platform != "linux":
        raise CannotConfine(platform.machine())
    libc = ctypes.CDLL(None, use_errno=True)
    _do(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _close_files(libc, reads, writes)
    _filter_calls(libc)


def _do(answer: int) -> int:
    if answer < 0:
        raise CannotConfine(os.strerror(ctypes.get_errno()))
    return answer


# --- Files ----------------------------------------------------------------------------------------


def _close_files(libc: ctypes.CDLL, reads: Iterable[str], writes: Iterable[str]) -> None:
    version = _do(libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION))
    every = _RIGHTS_OF_VERSION[min(version, len(_RIGHTS_OF_VERSION)) - 1]
    asked = struct.pack(
        "=QQQ", every, _BIND_AND_CONNECT * (version >= _NET_SINCE), _SOCKETS_AND_SIGNALS * (version >= _SCOPES_SINCE)
    )
    known = 8 if version < _NET_SINCE else 16 if version < _SCOPES_SINCE else 24
    rules = _do(libc.syscall(_CREATE_RULESET, asked, known, 0))
    for paths, rights in ((reads, _EXECUTE | _READ_FILE | _READ_DIR), (writes, every & ~_EXECUTE)):
        for path in paths:
            _open_beneath(libc, rules, path, rights)
    _do(libc.syscall(_RESTRICT_SELF, rules, 0))
    os.close(rules)


def _open_beneath(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not Path(path).is_dir():
        rights &= _OF_A_FILE
    _do(libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0))
    os.close(place)


# --- System calls ---------------------------------------------------------------------------------


def _filter_calls(libc: ctypes.CDLL) -> None:
    steps = b"".join(_steps())
    kept = ctypes.create_string_buffer(steps, len(steps))
    program = struct.pack("@HP", len(steps) // 8, ctypes.addressof(kept))
    _do(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0))


def _steps() -> Iterator[bytes]:
    """The filter: eight bytes each of what to do, how far to jump if true, if not, and with what."""
    machine, own = _MACHINES[platform.machine()]
    numbers = own | _ON_ALL
    refuse, no_such = _REFUSE | errno.EPERM, _REFUSE | errno.ENOSYS
    yield _step(_LOAD, _MACHINE_AT)
    yield _step(_EQUAL, machine, 1, 0)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER_AT)
    yield _step(_AT_LEAST, _X32, 0, 1)
    yield _step(_RETURN, _KILL)
    # The C library tries the older call when it hears that there is no clone3, whose flags a filter cannot see.
    yield from _if_called(numbers.pop("clone3"), _step(_RETURN, no_such))
    yield from _if_called(
        numbers.pop("clone"), _step(_LOAD, _FIRST_ARGUMENT_AT), _step(_ANY_BIT, _CLONE_THREAD, 1, 0),
        _step(_RETURN, refuse), _step(_RETURN, _ALLOW),
    )  # fmt: skip
    # LibreOffice wants to listen, lest it be started twice, in /tmp whatever it is told, and ends when it cannot. So it
    # may have a local socket and is told that it is bound. It is not, and cannot connect either: nobody is behind it.
    yield from _if_called(
        numbers.pop("socket"), _step(_LOAD, _FIRST_ARGUMENT_AT), _step(_EQUAL, socket.AF_UNIX, 0, 4),
        _step(_LOAD, _SECOND_ARGUMENT_AT), _step(_AND, 0xF), _step(_EQUAL, socket.SOCK_STREAM, 0, 1),
        _step(_RETURN, _ALLOW), _step(_RETURN, refuse),
    )  # fmt: skip
    for name in ("bind", "listen"):
        yield from _if_called(numbers.pop(name), _step(_RETURN, _REFUSE))
    for name in _OF_ITSELF:
        yield from _if_called(
            numbers.pop(name), _step(_LOAD, _FIRST_ARGUMENT_AT), _step(_EQUAL, os.getpid(), 2, 0),
            _step(_EQUAL, 0, 1 if name == "prlimit64" else 0, 0), _step(_RETURN, refuse), _step(_RETURN, _ALLOW),
        )  # fmt: skip
    for number in numbers.values():
        yield from _if_called(number, _step(_RETURN, refuse))
    yield _step(_RETURN, _ALLOW)


def _if_called(number: int, *steps: bytes) -> Iterator[bytes]:
    yield _step(_EQUAL, number, 0, len(steps))
    yield from steps


def _step(code: int, with_what: int, if_true: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_not, with_what)


# --- Before and after -----------------------------------------------------------------------------


def _end_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Whoever lost its parent before it could ask has another one by now.
    if os.getppid() != parent:
        os._exit(1)


def _limit(job: dict[str, Any]) -> None:
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(job["cpu_seconds"])),
        (resource.RLIMIT_AS, int(job["memory_bytes"])),
        (resource.RLIMIT_FSIZE, int(job["file_bytes"])),
        (resource.RLIMIT_NOFILE, int(job["open_files"])),
    ):
        resource.setrlimit(what, (most, most))


def _make_sure(forbidden: Iterable[str]) -> None:
    """Try what must fail. Raises CannotConfine if it does not."""
    for family, kind in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET6, socket.SOCK_DGRAM),
                         (socket.AF_UNIX, socket.SOCK_DGRAM)):  # fmt: skip
        try:
            socket.socket(family, kind).close()
        except PermissionError:
            continue
        raise CannotConfine("socket")
    for path in forbidden:
        try:
            os.close(os.open(path, os.O_RDONLY))
        except PermissionError:
            continue
        raise CannotConfine(path)
