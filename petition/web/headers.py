"""What every answer says to the browser, and which requests we answer at all."""

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, request
from werkzeug.wrappers import Request

from petition.config import LOOPBACK, Config
from petition.errors import ForeignRequest, NotFound

#: Nothing but our own files, nothing inline, no frame around us (OWASP ASVS 5.0, 3.4.3 and 3.4.6).
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
#: Of every answer. With no-referrer Flask-WTF would refuse every form sent over HTTPS.
ALWAYS: Final = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
]
#: One year, as ASVS 5.0, 3.4.1 asks.
TRANSPORT: Final = "max-age=31536000; includeSubDomains"
YEAR: Final = 365 * 24 * 3600  # seconds
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: zlib's own middle: 9 takes twice the time for one byte in a hundred.
_EFFORT: Final = 6
#: What gzip makes no smaller.
PACKED: Final = frozenset({"image/png"})
#: Asked by number, and answered without a page.
FOR_MACHINES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_PORT: Final = re.compile(r":[0-9]{1,5}\Z")

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def attach(app: Flask, config: Config) -> None:
    """Set the headers of every answer and turn away requests that another site made."""
    always = [*ALWAYS, ("Strict-Transport-Security", TRANSPORT)] if config.secure else ALWAYS

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        # Nobody else sets these, and to set one is to look through all.
        headers.extend(always)
        # What nobody has called public is nobody's to keep.
        headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Accept-Language")
        return response

    @app.before_request
    def refuse_what_no_address_holds() -> None:
        # No text of ours holds a NUL, and PostgreSQL stumbles over one. Links are looked up by their hash.
        if "\0" in (request.view_args or {}).get("slug", "") or b"%00" in request.query_string:
            raise NotFound

    @app.before_request
    def refuse_foreign() -> None:
        if request.method not in SAFE and _foreign(config):
            raise ForeignRequest(request.headers.get("Origin", ""))


def _foreign(config: Config) -> bool:
    """Whether a browser says that another site sent this request. Silence is not held against anyone."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    ours = config.base_url if request.host.lower() == config.base_host else request.host_url.rstrip("/")
    return origin is not None and origin.lower() != ours


class TrustedHosts:
    """Answers only under our own name, so that no e-mail or page ever carries another's.

    What is for machines answers any Host, since load balancers ask by number. The refusal is static text.
    """

    def __init__(self, app: WsgiApp, config: Config, *, demo: bool) -> None:
        self._app = app
        self._base = config.base_host
        self._scheme = config.base_url.partition(":")[0]
        self._loopback = demo

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST", "").lower()
        # Addresses we make begin as patrons reach us, whatever the last hop spoke.
        environ["wsgi.url_scheme"] = self._scheme
        if environ.get("PATH_INFO") in FOR_MACHINES or self._trusted(host):
            return self._app(environ, start_response)
        said = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response("400 Bad Request", said)
        return [b"This server does not answer under that name. Use the address you were given.\n"]

    def _trusted(self, host: str) -> bool:
        if host == self._base:
            return True
        return self._loopback and _PORT.sub("", host) in LOOPBACK


def counted(response: Response) -> Response:
    """Let everyone keep a page with a count on it: for a second, and for one more while the next is fetched.

    In a rush, when it matters, a cache is asked many times a second: one second is then enough for nobody to wait
    on us. When hardly anybody comes, a longer time would save nothing, and would show to those who have just
    confirmed or withdrawn a count from before they did. With the second that we keep a page ourselves it is three
    seconds old at most, well within the minute that it gives as its moment.
    """
    return cached(response, 1, stale=1)


def kept_for_good(response: Response) -> Response:
    """Let everyone keep an answer that can never change under its address."""
    return cached(response, YEAR, immutable=True)


def cached(response: Response, seconds: int, stale: int = 0, *, immutable: bool = False) -> Response:
    """Let everyone keep a public page for a while: it is the same for all and sets no cookie.

    For `stale` seconds more a cache may show it while it fetches the next. Whoever has it already is told so
    with 304. Only public pages are packed: the packed length of a private one could betray what it says.
    """
    behind = f", stale-while-revalidate={stale}" if stale else ", immutable" if immutable else ""
    response.headers["Cache-Control"] = f"public, max-age={seconds}{behind}"
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    # Weak, since it stands for the packed bytes too.
    response.set_etag(hashlib.sha256(body).hexdigest()[:32], weak=True)
    response.make_conditional(request)
    packs = response.mimetype not in PACKED
    if packs and response.status_code == HTTPStatus.OK and takes_gzip(request.environ):
        response.set_data(packed(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def takes_gzip(environ: dict[str, Any]) -> bool:
    """Whether the browser that asks can unpack gzip, as all do."""
    return Request(environ).accept_encodings["gzip"] > 0


def packed(body: bytes) -> bytes:
    """The body in gzip. The same body always gives the same bytes."""
    return gzip.compress(body, _EFFORT, mtime=0)
