"""PostgreSQL and Redis for the tests: those that run already, else of our own for as long as the tests take."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
import redis
from psycopg import sql

from tests.leaving_out import miss
from tests.postmaster import free_port

POSTGRES: Final = ("postgresql://root@127.0.0.1/postgres", "postgresql://postgres@127.0.0.1/postgres")
REDIS: Final = "redis://127.0.0.1:6379"
NUMBERS: Final = range(10, 16)  # of those databases of it that tests may empty
PATIENCE: Final = 180  # seconds for a server of our own to come up on a busy machine

# Everything in a schema that a test could have added, changed or taken away.
SHAPE: Final = (
    "SELECT relname::text, relkind::text, relnatts FROM pg_class WHERE relnamespace = 'public'::regnamespace "
    "UNION ALL SELECT tgname::text, tgenabled::text, 0 FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
)
COUNTERS: Final = "SELECT sequencename, last_value FROM pg_sequences"
#: How many rows a table has, and which transaction wrote the newest: with each row that comes, goes or changes, one of
#: the two does.
NEWEST: Final = "SELECT {name}, count(*), max(xmin::text::bigint) FROM {table}"


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server that we may make databases on."""

    url: str
    template: str

    @classmethod
    @contextlib.contextmanager
    def find(cls) -> Iterator["Postgres"]:
        """The server of TEST_POSTGRESQL_URL, one on this machine that lets us in, or one of our own."""
        asked = os.environ.get("TEST_POSTGRESQL_URL")
        template = f"petition_test_{os.getpid()}"
        for url in (asked,) if asked else POSTGRES:
            if _postgres_answers(url):
                yield cls(url, template)
                return
        programs = None if asked else _programs_of_postgres()
        if programs is None:
            miss("There is no PostgreSQL: set TEST_POSTGRESQL_URL to one whose role may make databases")
        with _started_postgres(programs) as url:
            yield cls(url, template)

    def url_of(self, name: str) -> str:
        """The address of one of its databases."""
        before, _, last = self.url.rpartition("/")
        return f"{before}/{name}{last[last.index('?') :] if '?' in last else ''}"

    def run(self, words: LiteralString, **names: str) -> None:
        """One statement outside any transaction, with names of databases filled in."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(words).format(**{key: sql.Identifier(name) for key, name in names.items()}))

    def make(self, name: str, template: str) -> None:
        """A new database like the template. No test lives long enough to care what a power cut would take of it."""
        self.run("CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG", name=name, template=template)
        self.run("ALTER DATABASE {name} SET synchronous_commit = off", name=name)

    def drop(self, name: str) -> None:
        """Gone, with whoever is still connected."""
        self.run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=name)

    @contextlib.contextmanager
    def database(self, name: str, template: str = "template0") -> Iterator[str]:
        """A database of our own, gone afterwards; yields its address."""
        self.drop(name)
        self.make(name, template)
        try:
            yield self.url_of(name)
        finally:
            self.drop(name)


class Restored:
    """One database that is put back as it was after each test: making a new one takes 20 times as long."""

    def __init__(self, postgres: Postgres, name: str, template: str) -> None:
        self._postgres, self._name, self._template = postgres, name, template
        self.url = postgres.url_of(name)
        self._make()

    def _make(self) -> None:
        self.drop()
        self._postgres.make(self._name, self._template)
        with self._connection() as connection:
            self._shape = connection.execute(SHAPE).fetchall()
            self._counters = connection.execute(COUNTERS).fetchall()
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            self._rows = {table: self._copied(connection, table) for (table,) in tables}
            self._look = sql.SQL(" UNION ALL ").join(
                sql.SQL(NEWEST).format(name=table, table=sql.Identifier(table)) for table in self._rows
            )
            self._seen = connection.execute(self._look).fetchall()

    def _copied(self, connection: psycopg.Connection[Any], table: str) -> bytes:
        with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
            return b"".join(bytes(part) for part in rows)

    def put_back(self) -> None:
        """Every row and every counter as they were; a database whose tables were changed is made anew."""
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege), self._connection() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if connection.execute(SHAPE).fetchall() == self._shape:
                self._fill(connection)
                return
        self._make()

    def _fill(self, connection: psycopg.Connection[Any]) -> None:
        touched = {table for table, *_ in set(connection.execute(self._look)) - set(self._seen)}
        if touched:
            # Neither triggers that forbid it nor the order of the tables stand in the way.
            connection.execute("SET LOCAL session_replication_role = replica")
            for table in sorted(touched):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                if rows := self._rows[table]:
                    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as into:
                        into.write(rows)
            self._seen = connection.execute(self._look).fetchall()
        for counter, value in set(self._counters) - set(connection.execute(COUNTERS)):
            connection.execute("SELECT setval(%s::regclass, %s, %s)", (counter, value or 1, value is not None))

    def drop(self) -> None:
        """Gone, with whoever is still connected."""
        self._postgres.drop(self._name)

    def _connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url)


@dataclass(frozen=True)
class Redis:
    """A Redis server, and one of its databases that we may empty."""

    url: str

    @classmethod
    @contextlib.contextmanager
    def find(cls) -> Iterator["Redis"]:
        """The database of TEST_REDIS_URL, one on this machine that no other tests have, or a server of our own."""
        asked = os.environ.get("TEST_REDIS_URL")
        with _one_of_ours() as number:
            url = asked or f"{REDIS}/{number}"
            if (asked or number) and _redis_answers(url):
                yield cls(url)
                return
        program = None if asked else shutil.which("redis-server")
        if program is None:
            miss("There is no Redis: set TEST_REDIS_URL to a database of one that may be emptied")
        with _started_redis(program) as url:
            yield cls(url)

    def empty(self) -> None:
        """Nothing of an earlier test is left."""
        with redis.Redis.from_url(self.url) as server:
            server.flushdb()


def _postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def _one_of_ours() -> Iterator[int | None]:
    """The number of a database that is no other process's of tests on this machine, as long as the block takes."""
    for number in NUMBERS:
        with socket.socket() as held:
            try:
                # Not a file: the system lets go of a port however a process ends.
                held.bind(("127.0.0.1", 19_000 + number))
            except OSError:
                continue
            yield number
            return
    yield None


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3) as server:
            return bool(server.ping())
    except redis.RedisError:
        return False


def _programs_of_postgres() -> Path | None:
    """The folder of initdb and postgres: on the path, or where Debian keeps its versions, the newest first."""
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).parent
    debian = Path("/usr/lib/postgresql")
    return next((found.parent for found in sorted(debian.glob("*/bin/initdb"), reverse=True)), None)


@contextlib.contextmanager
def _started_postgres(programs: Path) -> Iterator[str]:
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="petition-postgres-") as folder:
        if as_owner:
            shutil.chown(folder, "postgres")
        quiet: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
        control = [*as_owner, programs / "pg_ctl", "-D", f"{folder}/data", "-w", "-t", str(PATIENCE)]
        subprocess.run([*control, "-o", "-U postgres -A trust -N", "initdb"], **quiet)
        port = free_port()
        # -F: what is in it outlives no test, so it need not outlive a power cut.
        settings = f"-p {port} -h 127.0.0.1 -k {folder} -F"
        subprocess.run([*control, "-o", settings, "start"], **quiet)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)


@contextlib.contextmanager
def _started_redis(program: str) -> Iterator[str]:
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""], stdout=subprocess.DEVNULL, cwd="/"
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not _redis_answers(url):
            assert time.monotonic() < deadline, "redis-server did not come up"
            time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait()
