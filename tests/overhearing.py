"""Overhearing what the house writes in its log, and finding people in it.

Every test runs under `Overheard`; whatever served processes print is looked through when they have ended. What to
look for is written out here and not taken from the app.
"""

import io
import json
import re
import sqlite3
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import structlog
from flask import Flask, request, request_finished

from petition.config import Config
from petition.web.traces import write_logs

ADDRESS: Final = re.compile(r"[\w.+-]+@[\w.-]+\.\w+")
NETWORK: Final = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}:?[0-9a-f]{1,4}\b"
)
CODE: Final = re.compile(r"(?<![\w-])(?=\w*-?\w*[A-Z])[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?![\w-])")
#: A link's token has 43 characters, a handle 32: base64url, in which all three kinds come up.
LONG: Final = re.compile(r"(?<![\w-])[\w-]{30,}(?![\w-])", re.ASCII)
KINDS: Final = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))
#: Places in the code tell of nobody.
PLACES: Final = re.compile(r'"exception": \[[^\]]*\]')
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:[\d.]+(?:Z|\+00:00)?")
#: What `serve` says of itself before it begins.
ANNOUNCED: Final = (
    "Serving on ",
    "This is a demo: ",
    "Signing is not open: ",
    "There is no statement yet.",
    "Organize it",  # the link that a demo prints for whoever tries it
)

FIELDS: Final = ("name", "email", "address", "city", "postal_code", "affiliation", "comment", "code", "reason", "q")
ROWS: Final = "SELECT name, city, affiliation, comment FROM signature"


def leaks(written: str, typed: Iterable[str] = ()) -> list[str]:
    """What in these lines tells of a person: the kind of leak, and the line."""
    found = []
    values = {form for value in typed if telling(value) for form in (value, json.dumps(value)[1:-1])}
    for line in written.splitlines():
        if line.startswith(ANNOUNCED):
            continue
        bare = MOMENT.sub("", PLACES.sub("", line))
        for what, pattern in (("an e-mail address", ADDRESS), ("a network", NETWORK), ("a code", CODE)):
            found += [f"{what}: {line}"] * bool(pattern.search(bare))
        if any(all(kind.search(word) for kind in KINDS) for word in LONG.findall(bare)):
            found.append(f"a token: {line}")
        found += [f"what somebody typed ({value!r}): {line}" for value in values if value in bare]
    return found


def telling(value: str) -> bool:
    """Whether a word can be told from our own words, which are short or small."""
    return len(value.strip()) >= 5 and re.fullmatch(r"[a-z0-9_ .:/-]*", value) is None


class Overheard:
    """The log of this process while one test runs, and what was typed into its forms meanwhile."""

    def __init__(self) -> None:
        self._written = io.StringIO()
        self._typed: set[str] = set()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the log as `serve` would write it, a line for each request included."""
        write_logs(self._written, quiet=False)
        structlog.configure(processors=[_show, *structlog.get_config()["processors"]])
        with request_finished.connected_to(self._keep):
            yield

    def _keep(self, _app: Flask, **_more: Any) -> None:
        with suppress(Exception):  # a form that cannot be read has its own tests
            self._typed.update(request.form.get(field, "") for field in FIELDS)
            self._typed.update(request.args.values())
            self._typed.update(str(value) for value in (request.view_args or {}).values())

    def leaks(self) -> list[str]:
        """What the log tells of anybody."""
        return leaks(self._written.getvalue(), self._typed)


def _show(_logger: Any, _method: str, event: Any) -> Any:
    """For whoever mends a failing test: the fault itself, which the log keeps to itself."""
    if event.get("exc_info"):
        traceback.print_exc(file=sys.stderr)
    return event


def leaks_of_process(log: Path, config: Config | None = None) -> list[str]:
    """What the output of a process tells of anybody, of those who signed at its house above all."""
    typed: set[str] = set()
    if config is not None and config.sqlite:
        with closing(sqlite3.connect(config.database_url.removeprefix("sqlite:///"))) as rows:
            typed = {value for row in rows.execute(ROWS) for value in row if value}
    return leaks(log.read_text(encoding="utf-8", errors="replace"), typed)
