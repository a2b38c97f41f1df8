"""Houses made ready once and copied for each test, on SQLite and on PostgreSQL; and one that is served."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, LiteralString, NoReturn

import psycopg
import pytest
import redis
from click.testing import CliRunner
from flask import Flask
from psycopg import sql

from petition.app import create_app, post_office, queue
from petition.cli import petition
from petition.cli.opening import House as Commands
from petition.config import Config
from petition.db import db
from petition.paths import STATEMENTS
from tests.postmaster import free_port

SERVERS: Final = ("postgresql://root@127.0.0.1/postgres", "postgresql://postgres@127.0.0.1/postgres")
PATIENCE: Final = 60  # seconds for a server to answer on a busy machine
missed: Final[dict[str, None]] = {}


def miss(what: str) -> NoReturn:
    """Do without: skip the test and say so at the end of the run. With CI=true it fails."""
    missed[what] = None
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and with CI=true nothing is left out", pytrace=False)
    pytest.skip(what)


def command(config: Config, *arguments: str) -> str:
    """Run one of our commands in this process over a configuration; returns what it printed."""
    apps: list[Flask] = []

    def make(given: Config) -> Flask:
        apps.append(create_app(given))
        return apps[-1]

    try:
        done = CliRunner().invoke(
            petition, arguments, obj=Commands(make, post_office, queue), env=environment(config), catch_exceptions=False
        )
    finally:
        for app in apps:
            with app.app_context():
                db.engine.dispose()
    assert done.exit_code == 0, done.output
    return done.output


def environment(config: Config) -> dict[str, str]:
    """The variables that make this configuration."""
    return {
        "PETITION_DATA_DIR": str(config.data_dir),
        "PETITION_DATABASE_URL": config.database_url,
        "PETITION_BASE_URL": config.base_url,
        "PORT": str(config.port),
        **({"PETITION_REDIS_URL": config.redis_url} if config.redis_url else {}),
    }


def configured(data_dir: Path, **variables: str) -> Config:
    """The configuration of a demo in this folder."""
    return Config.from_environment({"PETITION_DATA_DIR": str(data_dir), **variables})


def make(config: Config) -> None:
    """A migrated demo database with the campaign loaded, by the real commands."""
    command(config, "init", "--demo")
    command(config, "load", str(STATEMENTS / "ebooksforall"))


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server that we may make databases on."""

    url: str
    template: str

    @classmethod
    def find(cls) -> "Postgres":
        """The server of TEST_POSTGRESQL_URL, or one on this machine that lets us in."""
        asked = os.environ.get("TEST_POSTGRESQL_URL")
        for url in (asked,) if asked else SERVERS:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=3):
                return cls(url, f"petition_test_{os.getpid()}")
        miss("There is no PostgreSQL: set TEST_POSTGRESQL_URL to one whose role may make databases")

    def url_of(self, name: str) -> str:
        """The address of one of its databases."""
        before, _, last = self.url.rpartition("/")
        return f"{before}/{name}{last[last.index('?') :] if '?' in last else ''}"

    def run(self, words: LiteralString, **names: str) -> None:
        """One statement outside any transaction, with names of databases filled in."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(words).format(**{key: sql.Identifier(name) for key, name in names.items()}))

    @contextlib.contextmanager
    def database(self, name: str, template: str = "template0") -> Iterator[str]:
        """A database of our own, gone afterwards; yields its address."""
        self.run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=name)
        self.run("CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG", name=name, template=template)
        try:
            yield self.url_of(name)
        finally:
            self.run("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=name)


@dataclass(frozen=True)
class Redis:
    """A Redis server, and one of its databases that we may empty."""

    url: str

    @classmethod
    def find(cls) -> "Redis":
        """The database of TEST_REDIS_URL, or on this machine one for each worker of the test run."""
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        url = os.environ.get("TEST_REDIS_URL") or f"redis://127.0.0.1:6379/{10 + worker % 3}"
        try:
            redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3).ping()
        except redis.RedisError:
            miss("There is no Redis: set TEST_REDIS_URL to a database of one that may be emptied")
        return cls(url)

    def empty(self) -> None:
        """Nothing of an earlier test is left."""
        with redis.Redis.from_url(self.url) as server:
            server.flushdb()


@dataclass(frozen=True)
class Served:
    """A house that `petition serve` runs, with its worker, in processes of its own."""

    url: str
    config: Config
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def data_dir(self) -> Path:
        """Where its database, its keys and its e-mails are."""
        return self.config.data_dir


@contextlib.contextmanager
def serving(config: Config, **variables: str) -> Iterator[Served]:
    """Serve a house that is made already, until the block ends; asserts that it ends in good order."""
    log = config.data_dir / "serve.log"
    around = {key: value for key, value in os.environ.items() if not key.startswith("PETITION_")}
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "petition", "serve"],
            env={**around, **environment(config), **variables},
            stdout=written,
            stderr=written,
            cwd=STATEMENTS.parent,
        )
    try:
        _wait_ready(config, process, log)
        yield Served(config.base_url, config, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert process.returncode == 0, log.read_text()


def _wait_ready(config: Config, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{config.port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"petition serve did not come up:\n{log.read_text()}")


def copied(config: Config, data_dir: Path, **changes: Any) -> Config:
    """The same house in another folder: its keys, and its database when that is a file."""
    data_dir.mkdir(parents=True, exist_ok=True)
    shutil.copy2(config.key_file, data_dir / "keys.json")
    changes = {"data_dir": data_dir, "key_file": data_dir / "keys.json", **changes}
    if "database_url" not in changes:
        shutil.copy2(config.database_url.removeprefix("sqlite:///"), data_dir / "petition.db")
        changes["database_url"] = f"sqlite:///{data_dir / 'petition.db'}"
    return replace(config, **changes)


def with_free_port(config: Config) -> Config:
    """The same configuration on a port that nobody listens at."""
    port = free_port()
    return replace(config, port=port, base_url=f"http://127.0.0.1:{port}")
