"""The lines of the log: one JSON object each, of what others log as well, and without anybody in them.

What a library says may quote what a person typed. Of that only the words that the library's authors wrote are kept,
and of a fault where it was: never its message.
"""

import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

#: What could be an e-mail address, an IP address, a token of a link or handle, or a typed code.
PERSONAL: Final = re.compile(
    r"[^\s\"'<>(),;:@]+@[^\s\"'<>(),;:@]+"
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"
    r"|(?<![\w:])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,6}:[0-9a-fA-F]{1,4}(?![\w:])"
    r"|(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Za-z0-9_-]{30,}"
    r"|(?<![\w-])(?=[\d-]*[A-Z])[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?![\w-])"
)
_FRAMES: Final = 12


def frames(trace: TracebackType | None) -> list[str]:
    """Where a fault was: the innermost places in the code, without a word of its message."""
    places = traceback.walk_tb(trace)
    return [f"{f.f_code.co_filename}:{line} {f.f_code.co_name}" for f, line in places][-_FRAMES:]


class Lines(logging.Formatter):
    """Formats what libraries log: their own words without the values they put in, and the place of a fault."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object on one line."""
        # Warnings are logged as "%s", and are the words of whoever wrote the code.
        words = record.getMessage() if record.name == "py.warnings" else str(record.msg)
        line: dict[str, Any] = {
            "event": PERSONAL.sub("…", words.strip()),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"kind": record.exc_info[0].__name__, "exception": frames(record.exc_info[2])}
        return json.dumps(line)


def tell_strays() -> None:
    """Have faults that nobody caught, and warnings, written as lines of the log too."""
    log = logging.getLogger("petition")

    def uncaught(kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None) -> None:
        log.error("uncaught", exc_info=(kind, fault or kind(), trace))

    sys.excepthook = uncaught
    threading.excepthook = lambda found: uncaught(found.exc_type, found.exc_value, found.exc_traceback)
    sys.unraisablehook = lambda found: uncaught(found.exc_type, found.exc_value, found.exc_traceback)
    logging.captureWarnings(capture=True)
