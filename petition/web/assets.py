"""Static files: each has an address that changes with its content, and may be kept for a year."""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from wsgiref.headers import Headers
from wsgiref.util import FileWrapper

from flask import Flask
from whitenoise import WhiteNoise

from petition.paths import STATIC
from petition.web.headers import YEAR, packed, takes_gzip

DAY: Final = 86_400
#: What gzip makes smaller; fonts are packed already.
WORDY: Final = frozenset({".css", ".js", ".svg", ".txt"})


@cache
def _version(path: Path, changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


@cache
def _packed(path: Path, changed: float) -> bytes:
    return packed(path.read_bytes())


def asset(name: str) -> str:
    """The address of a static file, with the version of its content. Raises FileNotFoundError."""
    path = STATIC / name
    return f"/static/{name}?v={_version(path, path.stat().st_mtime)}"


def _headers(headers: Any, path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    file = Path(path)
    headers["ETag"] = f'W/"{_version(file, file.stat().st_mtime)}"'
    if file.suffix in WORDY:
        headers["Vary"] = "Accept-Encoding"


class Shelf(WhiteNoise):
    """Static files: packed where that helps, and kept for good under the address that names their version."""

    def serve(self, static_file: Any, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer for one file. An address with another version, as between two releases, is kept for a day only."""
        answer = static_file.get_response(environ["REQUEST_METHOD"], environ)
        headers = Headers(list(answer.headers))
        if headers["ETag"] == f'W/"{environ.get("QUERY_STRING", "").removeprefix("v=")}"':
            headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        wrapper = environ.get("wsgi.file_wrapper", FileWrapper)
        body: Iterable[bytes] = wrapper(answer.file) if answer.file else []
        if answer.status == HTTPStatus.OK and headers["Vary"] and takes_gzip(environ):
            path = Path(static_file.get_path_and_headers(environ)[0])
            whole = _packed(path, path.stat().st_mtime)
            headers["Content-Encoding"], headers["Content-Length"] = "gzip", str(len(whole))
            if answer.file:
                answer.file.close()
                body = [whole]
        start_response(f"{answer.status} {answer.status.phrase}", headers.items())
        return body


def attach(app: Flask) -> None:
    """Serve static files ahead of the app, which costs a tenth of what Flask takes for them."""
    app.jinja_env.globals["asset"] = asset
    served = Shelf(app.wsgi_app, max_age=DAY, allow_all_origins=False, add_headers_function=_headers, autorefresh=False)
    served.add_files(str(STATIC), prefix="static/")
    app.wsgi_app = served  # type: ignore[method-assign]
