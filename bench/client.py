"""A client that costs little: requests built beforehand, sent over reused connections by one thread."""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

CONNECTIONS: Final = 16
PATIENCE: Final = 15.0  # seconds for answers still on their way when the time is over
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"


@dataclass(frozen=True, slots=True)
class Run:
    """What one drive came to. Latencies are in seconds and sorted."""

    seconds: float
    latencies: list[float] = field(repr=False)
    statuses: Counter[int]
    bytes: int  # of the bodies

    @property
    def requests(self) -> int:
        """How many answers came."""
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        """Answers in a second."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that this share of the requests stayed under, in seconds."""
        return self.latencies[min(self.requests - 1, int(self.requests * share))]


class _Line:
    """One connection, with at most one request on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sent_at = 0.0
        self._arrived = b""

    def send(self, request: bytes) -> None:
        self._arrived, self._sent_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, float, int] | None:
        """The status, the latency and the length of the body once the answer is whole."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server closed a connection that was to be reused")
        self._arrived += part
        head, end, body = self._arrived.partition(_HEAD_END)
        if not end:
            return None
        _before, _name, after = head.lower().partition(_LENGTH)
        if len(body) < int(after.partition(b"\r\n")[0] or 0):
            return None
        return int(head[9:12]), time.perf_counter() - self._sent_at, len(body)


def drive(port: int, requests: Iterator[bytes], seconds: float, connections: int = CONNECTIONS) -> Run:
    """Keep so many requests on their way until the time is over or there are no more."""
    latencies: list[float] = []
    statuses: Counter[int] = Counter()
    waiting = body_bytes = 0
    with selectors.DefaultSelector() as selector:
        lines = [_Line(port) for _ in range(connections)]
        began = time.perf_counter()
        for line, request in zip(lines, islice(requests, connections), strict=False):
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send(request)
            waiting += 1
        while waiting:
            ready = selector.select(PATIENCE)
            if not ready:
                raise TimeoutError(f"{waiting} requests had no answer after {PATIENCE:.0f} seconds")
            for key, _events in ready:
                line = key.data
                answer = line.receive()
                if answer is None:
                    continue
                statuses[answer[0]] += 1
                latencies.append(answer[1])
                body_bytes += answer[2]
                request = next(requests, b"") if time.perf_counter() - began < seconds else b""
                if request:
                    line.send(request)
                else:
                    waiting -= 1
        took = time.perf_counter() - began
    for line in lines:
        line.socket.close()
    latencies.sort()
    return Run(took, latencies, statuses, body_bytes)
