"""Bodies of requests, read whole before the app sees them, and only so many at a time.

A thread that waits for a slow sender serves nobody. So at most half of the web server's threads read
bodies, and one network holds at most half of those; the rest of the site answers on. A proxy that
buffers requests, as every common one does, keeps slow senders away altogether.

A document may be larger than a form. How much a request may send is asked before a byte of it is read, and of
those that may send more only a few are in the house at once, from their first byte to their answer.
"""

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

from petition.limits import network
from petition.web.headers import WsgiApp

FORM_SIZE: Final = 128 * 1024  # bytes; a signature with its comment is under 4 kB
THREADS: Final = 32  # of the web server; most of them only ever wait
READERS: Final = THREADS // 2
OF_ONE_NETWORK: Final = READERS // 2
PATIENCE: Final = 5.0  # seconds to wait for a place to read in
DOCUMENTS: Final = 4  # at once: each is kept whole while it is read
#: So much of what is too large is read and thrown away, since a browser shows no answer before it has sent all.
_THROWN_AWAY: Final = 64 * 1024 * 1024
_CHUNK: Final = 1024 * 1024

#: How many bytes a request may send beyond what every form may; 0 for most.
Allowance = Callable[[dict[str, Any]], int]


class WholeBodies:
    """Hands the app requests whose bodies have arrived; larger ones are left for it to refuse."""

    def __init__(self, app: WsgiApp, largest: int, allowance: Allowance = lambda _environ: 0) -> None:
        self._app = app
        self._largest = largest
        self._allowance = allowance
        self._places = threading.Semaphore(READERS)
        self._documents = threading.Semaphore(DOCUMENTS)
        self._guard = threading.Lock()
        self._reading: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH") in (None, "", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            return self._app(environ, start_response)
        more = self._allowance(environ)
        with self._desk() if more else nullcontext(True) as free:
            if not free or not self._read(environ, self._largest + more, throw_away=bool(more)):
                said = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "10")]
                start_response("503 Service Unavailable", said)
                return [b"Too many forms are on their way at once. Go back and send yours again in a moment.\n"]
            return self._app(environ, start_response)

    def _read(self, environ: dict[str, Any], most: int, *, throw_away: bool) -> bool:
        with self._place(network(environ.get("REMOTE_ADDR", ""))) as ours:
            if not ours:
                return False
            sent = environ["wsgi.input"]
            body = sent.read(most + 1)
            if throw_away and len(body) > most:
                for _chunk in range(_THROWN_AWAY // _CHUNK):
                    if not sent.read(_CHUNK):
                        break
        environ["wsgi.input"] = io.BytesIO(body)
        environ["wsgi.input_terminated"] = True
        environ["CONTENT_LENGTH"] = str(len(body))
        return True

    @contextmanager
    def _desk(self) -> Iterator[bool]:
        free = self._documents.acquire(timeout=PATIENCE)
        try:
            yield free
        finally:
            if free:
                self._documents.release()

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
