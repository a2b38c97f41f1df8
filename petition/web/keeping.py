"""Public pages kept for a moment: they are the same for everyone, so who comes next is given the same bytes.

Only a served site keeps them, and for no longer than its answers allow every browser to. Whoever asks for
`no-cache`, as a forced reload does, has the page made anew.
"""

import secrets
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, ParamSpec

from flask import request
from werkzeug.wrappers import Response

from petition.web import traces
from petition.web.headers import WsgiApp
from petition.web.language import LANGUAGES

MOST: Final = 200  # answers; a petition has a dozen pages in two languages, and browsers send a few kinds of headers
_QUERIES: Final = frozenset({"", *(f"lang={code}" for code in LANGUAGES)})
_DEPENDS: Final = ("PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING")
_ASKED: Final = "petition.keep"  # in the environ: how long to keep the answer, and whose it is
_WHOLE: Final = "200 OK"
_OF_A_BODY: Final = frozenset({"content-type", "content-length", "content-encoding"})
_ID: Final = "X-Request-Id"

P = ParamSpec("P")
Headers = list[tuple[str, str]]


def kept(seconds: float) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """The decorator of a public page that need not be made more than once in so many seconds."""

    def decorate(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def answer(*arguments: P.args, **named: P.kwargs) -> Response:
            request.environ[_ASKED] = (seconds, request.endpoint, str(request.url_rule))
            return view(*arguments, **named)

        return answer

    return decorate


@dataclass(slots=True)
class _Copy:
    """An answer of 200, with everything but the id of its request."""

    until: float
    endpoint: str
    rule: str
    headers: Headers
    body: bytes


class Keeper:
    """Keeps the answers of views under `kept`, in this process.

    `apart` names what else in a request's environ its answer depends on.
    """

    def __init__(self, app: WsgiApp, apart: Iterable[str] = ()) -> None:
        self._app = app
        self._depends = (*_DEPENDS, *apart)
        self._copies: dict[Hashable, _Copy] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING", "") not in _QUERIES:
            return self._app(environ, start_response)
        key = tuple([environ.get(name) for name in self._depends])
        began, copy = time.perf_counter(), self._copies.get(key)
        if copy is not None and environ.get("HTTP_CACHE_CONTROL") != "no-cache":
            if began < copy.until:
                return _again(copy, environ, start_response, began)
            copy.until = began + 1  # one makes it anew; whoever comes meanwhile is given this one
        return self._made(key, environ, start_response)

    def _made(self, key: Hashable, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said: list[tuple[str, Headers]] = []
        answer = self._app(environ, lambda status, headers, _fault=None: said.append((status, headers)))
        status, headers = said[0]
        if status == _WHOLE and _ASKED in environ and dict(headers)["Cache-Control"].startswith("public"):
            seconds, endpoint, rule = environ[_ASKED]
            answer = [b"".join(answer)]
            lasting = [(name, value) for name, value in headers if name != _ID]
            if len(self._copies) >= MOST:
                self._copies.clear()
            self._copies[key] = _Copy(time.perf_counter() + seconds, endpoint, rule, lasting, answer[0])
        start_response(status, headers)
        return answer


def _again(
    copy: _Copy, environ: Mapping[str, Any], start_response: Callable[..., Any], began: float
) -> Iterable[bytes]:
    name = traces.given_id(environ) or secrets.token_hex(6)
    seen = environ.get("HTTP_IF_NONE_MATCH")
    known = seen is not None and ("ETag", seen) in copy.headers
    headers = [pair for pair in copy.headers if pair[0].lower() not in _OF_A_BODY] if known else copy.headers
    start_response("304 NOT MODIFIED" if known else _WHOLE, [*headers, (_ID, name)])
    traces.answered(name, copy.endpoint, copy.rule, "GET", 304 if known else 200, time.perf_counter() - began)
    return [] if known else [copy.body]
