"""Bodies of requests, read whole before the app sees them, and only so many at a time.

A thread that waits for a slow sender serves nobody. So at most half of the web server's threads read
bodies, and one network holds at most half of those; the rest of the site answers on. A proxy that
buffers requests, as every common one does, keeps slow senders away altogether.
"""

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from petition.limits import network
from petition.web.headers import WsgiApp

THREADS: Final = 32  # of the web server; most of them only ever wait
READERS: Final = THREADS // 2
OF_ONE_NETWORK: Final = READERS // 2
PATIENCE: Final = 5.0  # seconds to wait for a place to read in


class WholeBodies:
    """Hands the app requests whose bodies have arrived; larger ones are left for it to refuse.

    `uploads` says how many bytes are taken at addresses that end so; all others take `largest`.
    """

    def __init__(self, app: WsgiApp, largest: int, uploads: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._largest = largest
        self._uploads = uploads or {}
        self._places = threading.Semaphore(READERS)
        self._guard = threading.Lock()
        self._reading: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH") in (None, "", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            return self._app(environ, start_response)
        with self._place(network(environ.get("REMOTE_ADDR", ""))) as ours:
            if not ours:
                said = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "10")]
                start_response("503 Service Unavailable", said)
                return [b"Too many forms are on their way at once. Go back and send yours again in a moment.\n"]
            body = environ["wsgi.input"].read(self._most(environ.get("PATH_INFO", "")) + 1)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["wsgi.input_terminated"] = True
        environ["CONTENT_LENGTH"] = str(len(body))
        return self._app(environ, start_response)

    def _most(self, path: str) -> int:
        return next((most for ending, most in self._uploads.items() if path.endswith(ending)), self._largest)

    @contextmanager
    def _place(self, asker: str) -> Iterator[bool]:
        with self._guard:
            fits = self._reading[asker] < OF_ONE_NETWORK
            self._reading[asker] += fits
        placed = fits and self._places.acquire(timeout=PATIENCE)
        try:
            yield placed
        finally:
            if placed:
                self._places.release()
            with self._guard:
                self._reading[asker] -= fits
                if not self._reading[asker]:
                    del self._reading[asker]
