"""What operators see of requests: an id for each, one line about it, and its part in the figures.

No line holds an address, a name, a token or a network: a route is named by its rule, never by the path.
"""

import logging
import re
import secrets
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, TextIO

import structlog
from flask import Flask, Response, g, has_request_context, request

from petition import metrics
from petition.config import Config
from petition.web.lines import Lines, frames

#: An id that a proxy gave: hexadecimal, as nginx makes it, or a UUID. No name or word can be written in it.
_SANE: Final = re.compile(r"[0-9a-fA-F][0-9a-fA-F-]{7,63}")
#: A method is typed by whoever asks, like any other word.
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Requests:
    """Where lines about requests go: nowhere until logs are set up."""

    to: TextIO | None = None


def set_up_logs(*, quiet: bool) -> None:
    """One JSON object a line on standard error: for `serve` and `work`. With `quiet` only what went wrong."""
    write_logs(sys.stderr, quiet=quiet)


def write_logs(to: TextIO, *, quiet: bool) -> None:
    """Write every line of the log there; with `quiet` only what went wrong."""
    _Requests.to = None if quiet else to
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _of_request,
            structlog.processors.ExceptionRenderer(lambda exc_info: frames(exc_info[2])),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if quiet else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(to),
    )
    handler = logging.StreamHandler(to)
    handler.setFormatter(Lines())
    handler.setLevel(logging.WARNING)
    handler.name = "petition"
    logging.root.handlers = [*(other for other in logging.root.handlers if other.name != "petition"), handler]


def _of_request(_logger: Any, _method: str, event: Any) -> Any:
    if has_request_context():
        event.setdefault("request", request_id())
    return event


def attach(app: Flask, config: Config) -> None:
    """Give each request an id, count it, and write one line about it that names its route, never its address."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = given_id(request.environ)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        now = time.perf_counter()
        seconds = now - g.get("began", now)
        rule = request.url_rule.rule if request.url_rule else None
        answered(request_id(), request.endpoint, rule, request.method, response.status_code, seconds)
        return response


def answered(name: str, endpoint: str | None, rule: str | None, method: str, status: int, seconds: float) -> None:
    """Count one answer to the request of that id, and write its line."""
    metrics.answered(endpoint, status, seconds)
    if _Requests.to is not None:
        # A log that cannot be written must not cost anyone the answer to what is done already.
        with suppress(OSError, ValueError):
            _Requests.to.write(_line(name, rule, method, status, seconds))


def given_id(environ: Mapping[str, Any]) -> str | None:
    """The id that a trusted proxy gave the request, if it is one that says nothing of anybody."""
    if "werkzeug.proxy_fix.orig" not in environ or "HTTP_X_FORWARDED_FOR" not in environ:
        return None
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if _SANE.fullmatch(given) else None


def request_id() -> str:
    """The id of this request: in its answer's header, in its lines of the log, and on the page of a fault."""
    known: str | None = g.get("request_id")
    if known is None:
        known = g.request_id = secrets.token_hex(6)
    return known


def _line(name: str, rule: str | None, method: str, status: int, seconds: float) -> str:
    # By hand: through structlog this line costs six times as much, and it is written for every request.
    route = f'"{rule}"' if rule else "null"
    method = method if method in _METHODS else "other"
    return (
        f'{{"event": "request", "request": "{name}", "route": {route}, "method": "{method}", '
        f'"status": {status}, "milliseconds": {seconds * 1000:.1f}, "level": "info", '
        f'"timestamp": "{datetime.now(UTC).isoformat()}"}}\n'
    )
