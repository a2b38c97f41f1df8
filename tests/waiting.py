"""Waiting for what a served house does in its own time: an e-mail, a page that changes."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from tests.arriving import Mail
from tests.prepared import Served

WITHIN: Final = 240.0  # seconds for the worker, on a busy machine

T = TypeVar("T")


def soon(look: Callable[[], T | None]) -> T:
    """What a look finds, as soon as it finds anything."""
    deadline = time.monotonic() + WITHIN
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.25)
    return found


def letter(served: Served, to: str, part: str) -> Mail:
    """The newest e-mail to somebody with such a link, as soon as the worker has sent it."""

    def look() -> Mail | None:
        files = sorted(served.config.mail_dir.glob("*.eml"), reverse=True)
        mails = (Mail.read(file.read_bytes()) for file in files)
        return next((mail for mail in mails if mail.to == to and any(part in link for link in mail.links)), None)

    return soon(look)
