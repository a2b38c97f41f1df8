"""Running the worker: a ticker that only one process has at a time, and threads that send e-mail."""

import contextlib
import fcntl
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import structlog
from flask import Flask
from sqlalchemy import Connection, text

from petition.config import Config
from petition.db import db
from petition.jobs import Queue
from petition.worker import steps

log = structlog.get_logger("petition.worker")

TICK: Final = 0.5  # seconds between two looks: what keeps a signature's way into the count under two seconds
SWEEP: Final = 60.0
THREADS: Final = 4


class Worker:
    """Everything that happens after a request, until it is told to stop."""

    def __init__(self, app: Flask, queue: Queue, config: Config) -> None:
        self._app, self._queue, self._config = app, queue, config
        self._stop = threading.Event()
        self._until_sweep = 0.0

    def stop(self, *_signal: Any) -> None:
        """Finish what is in hand and end."""
        self._stop.set()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        consumer = self._queue.huey.create_consumer(
            workers=THREADS, periodic=False, initial_delay=0.05, backoff=1.2, max_delay=0.3, check_worker_health=True
        )
        consumer.start()
        # The consumer has taken the signals for itself; the whole worker must hear them.
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        try:
            while not self._stop.is_set():
                with self._app.app_context(), _ticker_lock(self._config) as ours:
                    if ours:
                        self._tick_while_ours()
                self._stop.wait(TICK)
        finally:
            consumer.stop(graceful=True)

    def _tick_while_ours(self) -> None:
        while not self._stop.is_set():
            try:
                self.tick()
            except Exception as fault:
                # A database that restarts, a disk that is full: the rows remember, so we try again.
                log.error("tick.failed", kind=type(fault).__name__, exc_info=True)
                self._stop.wait(2)
                return
            self._stop.wait(TICK)

    def tick(self) -> None:
        """One look at everything that may be due."""
        steps.register()
        steps.dispatch(self._queue, self._config)
        self._until_sweep -= TICK
        if self._until_sweep <= 0:
            steps.sweep()
            self._until_sweep = SWEEP


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
