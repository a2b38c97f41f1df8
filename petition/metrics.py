"""What happens, counted: numbers under names of ours, never under anything that a visitor typed.

Each process counts into a file of its own that is mapped into memory; whoever is asked adds up all files of the
folder. So counts hold across processes, outlive a process that is killed, and cost a request about two microseconds
(prometheus-client's own files cost nine: measured in November 2026, a tenth of a bare view).
"""

import fcntl
import mmap
import os
import secrets
import struct
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

FOLDER: Final = "metrics"  # in the data directory
_RECORD: Final = 128  # bytes: a name, and the number it stands for in the last eight
_NAME: Final = _RECORD - 8
_RECORDS: Final = 4096  # in a file; it is sparse, and takes the room of what is in it
_PART: Final = "\x1f"  # between the parts of a name
_NEW: Final = ".new"
_SUM: Final = "sum"

#: A series: the metric's name and its labels' values.
Key = tuple[str, ...]


class Sheet:
    """The counts of one process. Once it is full, no new series begin."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory
        self._numbers = memoryview(memory).cast("d")
        self._places: dict[Key, int] = {}
        self._guard = threading.Lock()

    @classmethod
    def alone(cls) -> "Sheet":
        """A sheet that no other process reads."""
        return cls(mmap.mmap(-1, _RECORD * _RECORDS))

    @classmethod
    def kept_in(cls, folder: Path) -> "Sheet":
        """A sheet in a new file, locked as long as this process lives."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / secrets.token_hex(8)
        handle = os.open(path.with_suffix(_NEW), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.ftruncate(handle, _RECORD * _RECORDS)
        path.with_suffix(_NEW).rename(path)
        return cls(mmap.mmap(handle, _RECORD * _RECORDS))

    def add(self, amounts: Iterable[tuple[Key, float]]) -> None:
        """Add to each of these series."""
        numbers, places = self._numbers, self._places
        with self._guard:
            for key, amount in amounts:
                place = places.get(key) or self._begin(key)
                numbers[place] += amount

    def put(self, key: Key, number: float) -> None:
        """Let a series stand at this number."""
        with self._guard:
            self._numbers[self._places.get(key) or self._begin(key)] = number

    def _begin(self, key: Key) -> int:
        # The last record takes what finds no place, and is never read.
        record = min(len(self._places), _RECORDS - 1)
        name = _PART.join(key).encode()
        if record < _RECORDS - 1 and len(name) <= _NAME:
            self._memory[record * _RECORD : record * _RECORD + len(name)] = name
        else:
            record = _RECORDS - 1
        self._places[key] = place = (record + 1) * _RECORD // 8 - 1
        return place

    def read(self) -> Iterator[tuple[Key, float]]:
        """Every series with its number."""
        yield from _records(self._memory)


def _records(memory: mmap.mmap | bytes) -> Iterator[tuple[Key, float]]:
    for start in range(0, min(len(memory), (_RECORDS - 1) * _RECORD), _RECORD):
        name = bytes(memory[start : start + _NAME]).rstrip(b"\x00")
        if not name:
            return
        (number,) = struct.unpack_from("d", memory, start + _NAME)
        yield tuple(name.decode().split(_PART)), number


class _Counting:
    """Where this process counts."""

    def __init__(self) -> None:
        self.sheet = Sheet.alone()
        self.folder: Path | None = None


_here: Final = _Counting()


def share(data_dir: Path) -> None:
    """Count from now on where other processes on the same data directory can read it."""
    _here.folder = data_dir / FOLDER
    _here.sheet = Sheet.kept_in(_here.folder)


def clear(data_dir: Path) -> None:
    """Delete the counts of processes that have ended: counting begins anew with each `serve`."""
    for path in (data_dir / FOLDER).glob("*"):
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        except BlockingIOError:
            pass
        finally:
            os.close(handle)


class Counter(NamedTuple):
    """A number that only grows."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    def add(self, *labels: str) -> None:
        """One more of these."""
        _here.sheet.add((((self.name, *labels), 1.0),))


class Latest(NamedTuple):
    """A number of which the largest that any process says is true."""

    name: str
    help: str

    def put(self, number: float) -> None:
        """Say this process's number."""
        _here.sheet.put((self.name,), number)


class Histogram(NamedTuple):
    """How long something took, in seconds: how often, within which bounds, and all in all."""

    name: str
    help: str
    bounds: tuple[float, ...]
    labels: tuple[str, ...] = ()

    def observe(self, seconds: float, *labels: str) -> None:
        """One more of these took so long."""
        _here.sheet.add(self.steps(seconds, *labels))

    def steps(self, seconds: float, *labels: str) -> tuple[tuple[Key, float], ...]:
        """What that adds, to be added together with other things."""
        bucket = _BUCKETS[bisect_left(self.bounds, seconds)]
        return ((self.name, *labels, bucket), 1.0), ((self.name, *labels, _SUM), seconds)


_BUCKETS: Final = tuple(map(str, range(20)))

REQUESTS: Final = Counter("petition_requests", "Requests answered.", ("endpoint", "status"))
REQUEST_SECONDS: Final = Histogram(
    "petition_request_seconds",
    "How long an answer took.",
    (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
    ("endpoint",),
)
REFUSED: Final = Counter("petition_refused_by_limit", "Requests refused with 429.", ("endpoint",))
WRITERS_WAIT: Final = Histogram(
    "petition_writers_wait_seconds",
    "How long a writer stood in SQLite's queue; after five seconds it is refused.",
    (0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0),
)
EMAILS: Final = Counter("petition_emails", "E-mails taken up, by what came of it.", ("outcome",))
TICKED: Final = Latest("petition_worker_ticked_timestamp_seconds", "When the worker last looked what is due.")

_STATUS: Final = ("0xx", "1xx", "2xx", "3xx", "4xx", "5xx")
_METRICS: Final = (REQUESTS, REQUEST_SECONDS, REFUSED, WRITERS_WAIT, EMAILS, TICKED)


def answered(endpoint: str | None, status: int, seconds: float) -> None:
    """Count one request. An address that leads nowhere has no endpoint, and its path is no label."""
    name = endpoint or "nowhere"
    _here.sheet.add(
        (((REQUESTS.name, name, _STATUS[status // 100]), 1.0), *REQUEST_SECONDS.steps(seconds, name)),
    )
    if status == 429:
        REFUSED.add(name)


# --- Added up -------------------------------------------------------------------------------------


def counted() -> Mapping[Key, float]:
    """Every series, added up over all processes."""
    sums: defaultdict[Key, float] = defaultdict(float)
    for sheet in _sheets():
        for key, number in sheet:
            sums[key] = max(sums[key], number) if key[0] == TICKED.name else sums[key] + number
    return sums


def _sheets() -> Iterator[Iterator[tuple[Key, float]]]:
    if _here.folder is None:
        yield _here.sheet.read()
        return
    for path in _here.folder.glob("*"):
        try:
            yield _records(path.read_bytes())
        except FileNotFoundError:
            continue


def collect() -> Iterator[Metric]:
    """What was counted, as Prometheus knows it."""
    series: defaultdict[str, dict[Key, float]] = defaultdict(dict)
    for (name, *labels), number in sorted(counted().items()):
        series[name][tuple(labels)] = number
    for metric in _METRICS:
        yield _family(metric, series[metric.name])


def _family(metric: Counter | Histogram | Latest, series: Mapping[Key, float]) -> Metric:
    match metric:
        case Counter():
            counter = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
            for labels, number in series.items():
                counter.add_metric(labels, number)
            return counter
        case Latest():
            gauge = GaugeMetricFamily(metric.name, metric.help)
            for labels, number in series.items():
                gauge.add_metric(labels, number)
            return gauge
    histogram = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels in sorted({labels[:-1] for labels in series}):
        so_far, buckets = 0.0, []
        for number, bound in enumerate((*map(str, metric.bounds), "+Inf")):
            so_far += series.get((*labels, str(number)), 0.0)
            buckets.append((bound, so_far))
        histogram.add_metric(labels, buckets, series[(*labels, _SUM)])
    return histogram
