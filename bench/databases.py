"""Where the measured houses keep their rows: files, or databases of a PostgreSQL server made for the run."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import redis
from psycopg import sql

_SERVERS: Final = ("postgresql://root@127.0.0.1/postgres", "postgresql://postgres@127.0.0.1/postgres")
_REDIS: Final = "redis://127.0.0.1:6379"


def postgresql() -> str | None:
    """The server of BENCH_POSTGRESQL_URL, or one on this machine that lets us in."""
    asked = os.environ.get("BENCH_POSTGRESQL_URL")
    for url in (asked,) if asked else _SERVERS:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=3):
            return url
    return None


@contextlib.contextmanager
def made(database: str, name: str, folder: Path) -> Iterator[str]:
    """The address of a new database, gone afterwards."""
    if database == "sqlite":
        yield f"sqlite:///{folder / (name + '.db')}"
        return
    server = postgresql()
    assert server is not None
    own = sql.Identifier(f"petition_bench_{os.getpid()}_{name}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(own))
    try:
        yield f"{server.rpartition('/')[0]}/petition_bench_{os.getpid()}_{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))


@contextlib.contextmanager
def counters() -> Iterator[str | None]:
    """An empty Redis database for one house, emptied again; None where there is no Redis."""
    server = os.environ.get("BENCH_REDIS_URL", _REDIS)
    for number in range(9, -1, -1):
        try:
            with redis.Redis.from_url(f"{server}/{number}", socket_connect_timeout=3) as client:
                if client.dbsize():
                    continue
                client.set("petition-bench", os.getpid())  # the next house looks for another
                try:
                    yield f"{server}/{number}"
                finally:
                    client.flushdb()
                return
        except redis.ConnectionError:
            break
    yield None
