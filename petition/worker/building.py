"""Making packets and spreadsheets: a watched child of the worker for each, so that none holds up the rest."""

import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog
from flask import Flask
from sqlalchemy.orm import Session

from petition import clock, jobs
from petition.db import reading, writing
from petition.errors import Busy
from petition.jobs import LEASE, State, Work
from petition.packets import building
from petition.packets.models import Build
from petition.paths import COMMAND
from petition.signatures import spreadsheets
from petition.signatures.models import Spreadsheet

log = structlog.get_logger("petition.packets")

GLANCE: Final = 0.5  # seconds between two looks at whether it is to stop
RENEW: Final = 30.0  # seconds between two renewals of the lease; a quarter of it
PATIENCE: Final = 5.0  # seconds a child may take to end when it is told to
#: `petition packet make` does what `petition packet build` does, and writes down how far it is.
MAKE: Final = (*COMMAND, "packet", "make")
SPREADSHEET: Final = (*COMMAND, "signatures", "write-spreadsheet")


class Builder:
    """Takes up builds that were asked for, one at a time."""

    kind: type[Work] = Build

    def __init__(self, app: Flask, closing: threading.Event, command: Sequence[str] = MAKE) -> None:
        self._app, self._closing, self._command = app, closing, command

    def build(self, number: int) -> None:
        """Make one packet if it is still wanted, and leave its row as it then stands."""
        with self._app.app_context():
            with writing() as session:
                build = jobs.lease(session, self.kind, number, clock.now())
                if build is None:
                    return
                # From here on the lease says that it is in hand: when this worker dies, it is over in two minutes.
                build.handed_at, attempt = None, build.attempts
            child = subprocess.Popen([*self._command, str(number)], stdin=subprocess.DEVNULL, start_new_session=True)
            try:
                ours = self._watch(child, number, attempt)
            finally:
                _end(child)
            if ours:
                with writing() as session:
                    self._left(session, number)
            log.info("work.left", work=self.kind.__name__, row=number, ended_with=child.returncode)

    def _watch(self, child: subprocess.Popen[bytes], number: int, attempt: int) -> bool:
        """Until the child has ended or is to end. False when the lease was lost to another worker."""
        renewed = time.monotonic()
        while not self._closing.is_set():
            with suppress(subprocess.TimeoutExpired):
                child.wait(GLANCE)
                return True
            with reading() as session:
                build = session.get(self.kind, number)
                if build is None or build.attempts != attempt:
                    return False
                if isinstance(build, Build) and build.stop_asked_at is not None:
                    return True
            if time.monotonic() - renewed > RENEW:
                with suppress(Busy):
                    self._renew(number)
                    renewed = time.monotonic()
        return True

    def _renew(self, number: int) -> None:
        with writing() as session:
            build = session.get_one(self.kind, number, with_for_update=True, populate_existing=True)
            if build.state == State.WAITING:
                build.leased_until = clock.now() + LEASE


    def _left(self, session: Session, number: int) -> None:
        building.left(session, number, clock.now(), worker_ends=self._closing.is_set())


class Tabler(Builder):
    """Takes up spreadsheets that were asked for, in the same way."""

    kind = Spreadsheet

    def __init__(self, app: Flask, closing: threading.Event, command: Sequence[str] = SPREADSHEET) -> None:
        super().__init__(app, closing, command)

    def _left(self, session: Session, number: int) -> None:
        spreadsheets.left(session, number, clock.now(), worker_ends=self._closing.is_set())


def _end(child: subprocess.Popen[bytes]) -> None:
    # Told to end, it ends the press, which is a group of its own, and takes its half file away.
    child.terminate()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
