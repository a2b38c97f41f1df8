"""What a file of all signatures costs: the desk's CSV over HTTP beside a bare loop from the driver's cursor to csv."""

import csv
import http.client
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlencode

import psycopg
from sqlalchemy import make_url

from bench import requests
from bench.seeding import SLUG
from bench.servers import Server
from petition import clock
from petition.accounts import admitting, sessions
from petition.accounts.models import Role
from petition.app import create_app
from petition.config import Config
from petition.db import db, writing

EXPORT: Final = f"/organize/statements/{SLUG}/export"
#: The targets (issue 6.11): of the bare loop's pace; seconds; megabytes above what the idle server holds.
LEAST_PACE: Final = 0.6
MOST_WAIT: Final = 0.2
MOST_MEMORY: Final = 50.0
_BARE: Final = """
    SELECT number, confirmed_at, name, city, state, country, relation, affiliation, comment, show_name
    FROM signature WHERE statement_id = 1 AND status = 'verified' AND number IS NOT NULL ORDER BY id"""
_LINE_END: Final = b'"\r\n'
_AT_ONCE: Final = 1 << 16  # bytes
_GLANCE: Final = 0.02  # seconds between two looks at the server's memory


@dataclass(frozen=True, slots=True)
class Turn:
    """One file of ours and one of the bare loop: seconds of CPU, seconds to the first line, megabytes above idle."""

    rows: int
    ours: float
    bare: float
    first: float
    memory: float

    @property
    def pace(self) -> float:
        """Our rows for each second of CPU, over the bare loop's."""
        return self.bare / self.ours


def measure(config: Config, server: Server, turns: int) -> list[Turn]:
    """Take the file so often, turn about. The first turn warms up and is forgotten."""
    cookie = _sign_in(config)
    found = [_turn(config, server, cookie) for _ in range(turns + 1)]
    return found[1:]


def table(database: str, size: int, turns: Sequence[Turn]) -> Iterator[list[str]]:
    """One line for each target."""
    yield ["database", "rows", "what", "ours", "bare loop", "ratio (least–most)", "target", ""]
    at = [database, f"{size:,}"]
    paces = sorted(each.pace for each in turns)
    met = median(paces) >= LEAST_PACE
    ours, bare = (median(each.rows / cost for each, cost in zip(turns, costs, strict=True))
                  for costs in ([each.ours for each in turns], [each.bare for each in turns]))  # fmt: skip
    yield [*at, "rows for a second of CPU", f"{ours:,.0f}", f"{bare:,.0f}",
           f"{median(paces):.2f} ({paces[0]:.2f}–{paces[-1]:.2f})", f"≥ {LEAST_PACE}", _verdict(met)]  # fmt: skip
    waits, memory = sorted(each.first for each in turns), max(each.memory for each in turns)
    first = median(waits)
    yield [*at, "first line, s", f"{first:.3f} ({waits[0]:.3f}–{waits[-1]:.3f})", "", "", f"≤ {MOST_WAIT}",
           _verdict(first <= MOST_WAIT)]  # fmt: skip
    yield [*at, "MB above idle", f"{memory:.1f}", "", "", f"≤ {MOST_MEMORY:.0f}", _verdict(memory <= MOST_MEMORY)]


def _verdict(kept: bool) -> str:
    return "met" if kept else "missed"


def _turn(config: Config, server: Server, cookie: str) -> Turn:
    before = server.cpu().web
    rows, first, memory = _fetch(server, cookie)
    ours = server.cpu().web - before
    began = time.process_time()
    _bare(config)
    return Turn(rows, max(ours, 1e-3), time.process_time() - began, first, memory)


def _fetch(server: Server, cookie: str) -> tuple[int, float, float]:
    """Lines, seconds to the first of them, megabytes above what the server held before."""
    typed = {**requests.hidden(server, EXPORT, cookie), "purpose": "publisher", "kind": "csv"}
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded",
               "Origin": f"http://127.0.0.1:{server.port}", "X-Forwarded-For": "10.0.0.1"}  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    idle, done = server.memory(), threading.Event()
    peaks = [idle]
    watching = threading.Thread(target=_watch, args=(server, done, peaks))
    watching.start()
    try:
        began = time.perf_counter()
        connection.request("POST", EXPORT, urlencode(typed), headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        lines, first, before = -1, 0.0, b""  # the first line names the columns
        while piece := answer.read1(_AT_ONCE):
            piece = before + piece
            lines += piece.count(_LINE_END)
            before = piece[1 - len(_LINE_END) :]
            first = first or (time.perf_counter() - began if lines > 0 else 0.0)
    finally:
        done.set()
        watching.join()
        connection.close()
    return lines, first, (max(peaks) - idle) / 1e6


def _watch(server: Server, done: threading.Event, peaks: list[int]) -> None:
    while not done.wait(_GLANCE):
        peaks.append(server.memory())


def _bare(config: Config) -> None:
    """The same columns from the driver's own cursor to csv."""
    with Path(os.devnull).open("w", encoding="utf-8", newline="") as out:
        if config.sqlite:
            connection = sqlite3.connect(config.database_url.removeprefix("sqlite:///"))
            csv.writer(out).writerows(connection.execute(_BARE))
            connection.close()
            return
        address = make_url(config.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as postgresql, postgresql.cursor("bare") as cursor:
            cursor.itersize = 5000
            csv.writer(out).writerows(cursor.execute(_BARE))


def _sign_in(config: Config) -> str:
    """An organizer's session, as a cookie."""
    app = create_app(config)
    with app.app_context():
        with writing() as session:
            address = "organizer@library.example"
            account = admitting.admit(
                session, app.extensions["keys"], clock.now(), None, Role.ORGANIZER, address=address, canonical=address
            )
            session.flush()
            token = sessions.begin(session, account, clock.now(), how="link", device="", second=True)
        db.engine.dispose()
    return f"{app.config['SESSION_COOKIE_NAME']}={token}"
