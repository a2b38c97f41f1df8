"""The few facts about its machine that the press needs: an environment without secrets, and one lock."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from petition.pdf.document import PressRefused

# Fontconfig reads these to find fonts that somebody has added for this account or this installation.
_FONT_VARIABLES: Final = ("FONTCONFIG_FILE", "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT")
_LOCK_EVERY_SECONDS: Final = 0.1


def clean_environment(home: Path) -> dict[str, str]:
    """The whole environment of a child: a home of its own, a fixed locale, and the way to the fonts.

    Fontconfig's cache stays where it always is; without it every run would read all fonts again.
    """
    account = Path(os.environ.get("HOME") or "/nonexistent")
    environment = {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": os.environ.get("PATH") or os.defpath,
        "LANG": "C.UTF-8",
        # fontTools dates the fonts it cuts down; with one date for all, the same document is the same file.
        "SOURCE_DATE_EPOCH": "0",
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(account / ".cache"),
        "XDG_DATA_HOME": os.environ.get("XDG_DATA_HOME") or str(account / ".local" / "share"),
    }
    for name in _FONT_VARIABLES:
        if name in os.environ:
            environment[name] = os.environ[name]
    return environment


@contextmanager
def workshop(purpose: str, beside: Path | None = None) -> Iterator[Path]:
    """A folder of this process's own, gone at the end; what processes that were killed have left of theirs goes first.

    Names are in such folders, and nobody but their account may look into one. It lies among the machine's temporary
    ones, or hidden in the folder where `beside` is going to be. A lock says that somebody is at work in it: other
    containers and machines, whose processes have the same numbers, may use the same folder.
    """
    begin, place = f"petition-{purpose}-", Path(tempfile.gettempdir())
    if beside is not None:
        begin, place = f".{begin}", beside.absolute().parent
    for left in place.glob(f"{begin}*"):
        with suppress(OSError):
            if left.stat().st_uid == os.getuid():
                _sweep(left)
    folder, lock = _begun(begin, place)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _begun(begin: str, place: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=begin, dir=place))
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        with suppress(OSError):  # not every file system has locks; where there are none nobody sweeps either
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if folder.exists():
            return folder, lock
        os.close(lock)  # swept by somebody in the moment before it had its lock


def _sweep(left: Path) -> None:
    lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left, ignore_errors=True)
    finally:
        os.close(lock)


@contextmanager
def one_at_a_time(wait_seconds: float) -> Iterator[None]:
    """Hold this machine's one press, for this account. Raises PressRefused if it does not come free."""
    path = Path(tempfile.gettempdir()) / f"petition-press-{os.getuid()}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        _acquire(descriptor, wait_seconds)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, wait_seconds: float) -> None:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= until:
                raise PressRefused(
                    "busy", "Another document is being printed on this machine. Try again in a few minutes."
                ) from None
            time.sleep(_LOCK_EVERY_SECONDS)
        else:
            return
