"""Running the worker: a ticker that only one process has at a time, and threads that send e-mail.

Told to end, it begins nothing new and finishes what is in hand. What cannot be finished in time keeps its lease, and
is handed out again when that has run out.
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import structlog
from flask import Flask
from sqlalchemy import Connection, text

from petition import clock, metrics
from petition.config import Config
from petition.db import db
from petition.jobs import Queue
from petition.packets.stamping import Pace
from petition.worker import steps

log = structlog.get_logger("petition.worker")

TICK: Final = 0.5  # seconds between two looks: what keeps a signature's way into the count under two seconds
SWEEP: Final = 60.0
THREADS: Final = 4
GRACE: Final = 12  # seconds for what is in hand; our supervisor waits longer, as systemd does
_ENDING: Final = (signal.SIGTERM, signal.SIGINT)


class Worker:
    """Everything that happens after a request, until it is told to stop."""

    def __init__(self, app: Flask, queue: Queue, config: Config) -> None:
        self._app, self._queue, self._config = app, queue, config
        self._until_sweep = 0.0
        self._stamps = Pace()

    def stop(self, *_signal: Any) -> None:
        """Begin nothing new, finish what is in hand, and end; at once when told twice."""
        if self._queue.closing.is_set():
            os._exit(1)
        self._queue.closing.set()
        signal.alarm(GRACE)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; then for GRACE seconds at most."""
        consumer = self._queue.huey.create_consumer(
            workers=THREADS, periodic=False, initial_delay=0.05, backoff=1.2, max_delay=0.3, check_worker_health=True
        )
        with _holding_back(_ENDING):
            consumer.start()
            # The consumer has taken the signals for itself; the whole worker must hear them.
            for each in _ENDING:
                signal.signal(each, self.stop)
            signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
        try:
            while not self._queue.closing.is_set():
                with self._app.app_context(), _ticker_lock(self._config) as ours:
                    if ours:
                        self._tick_while_ours()
                time.sleep(TICK)
        finally:
            self._queue.closing.set()
            consumer.stop(graceful=True)
            signal.alarm(0)

    def _tick_while_ours(self) -> None:
        while not self._queue.closing.is_set():
            try:
                self.tick()
            except Exception as fault:
                # A database that restarts, a disk that is full: the rows remember, so we try again.
                log.error("tick.failed", kind=type(fault).__name__, exc_info=True)
                time.sleep(2)
                return
            time.sleep(TICK)

    def tick(self) -> None:
        """One look at everything that may be due."""
        metrics.TICKED.put(clock.now().timestamp())
        steps.register()
        steps.spread_news()
        steps.dispatch(self._queue, self._config)
        steps.dispatch_packet(self._queue)
        steps.dispatch_spreadsheet(self._queue)
        steps.dispatch_stamps(self._queue, self._config, self._stamps)
        steps.write_words()
        self._until_sweep -= TICK
        if self._until_sweep <= 0:
            steps.sweep()
            steps.take_checkpoints(self._app.extensions["keys"], self._config)
            steps.clear_spreadsheets(self._config)
            steps.clear_packets(self._config)
            self._until_sweep = SWEEP


@contextlib.contextmanager
def _holding_back(signals: Iterable[signal.Signals]) -> Iterator[None]:
    """Let these signals wait until the block is over. Threads that begin in it never hear them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _ticker_lock(config: Config) -> Iterator[bool]:
    """Whether this process is the one that ticks. The lock ends with the process or its connection."""
    if config.sqlite:
        with _file_lock(config.data_dir / "ticker.lock") as ours:
            yield ours
    else:
        with db.engine.connect() as connection, _session_lock(connection) as ours:
            yield ours


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)


@contextlib.contextmanager
def _session_lock(connection: Connection) -> Iterator[bool]:
    connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    ours = bool(connection.scalar(text("SELECT pg_try_advisory_lock(hashtextextended('ticker', 0))")))
    try:
        yield ours
    finally:
        if ours:
            connection.execute(text("SELECT pg_advisory_unlock(hashtextextended('ticker', 0))"))
