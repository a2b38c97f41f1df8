"""Houses made ready once and copied for each test; and one that is served."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner, Result
from flask import Flask

from petition.app import post_office, queue
from petition.cli import petition
from petition.cli.opening import House as Commands
from petition.config import Config
from petition.db import db
from petition.paths import COMMAND, STATEMENTS
from tests.making import make_app
from tests.overhearing import leaks_of_process
from tests.postmaster import free_port

PATIENCE: Final = 240  # seconds for a server to answer on a busy machine


def attempt(config: Config, *arguments: str, typed: str = "", **variables: str) -> Result:
    """Run one of our commands, which may refuse, in this process over a configuration."""
    apps: list[Flask] = []

    def make(given: Config) -> Flask:
        apps.append(make_app(given))
        return apps[-1]

    around = {**environment(config), **variables}
    try:
        return CliRunner().invoke(
            petition, arguments, obj=Commands(make, post_office, queue), env=around, input=typed
        )
    finally:
        for app in apps:
            with app.app_context():
                db.engine.dispose()


def command(config: Config, *arguments: str) -> str:
    """Run one of our commands that does its work; returns what it printed."""
    done = attempt(config, *arguments)
    if done.exit_code and done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def environment(config: Config) -> dict[str, str]:
    """The variables that make this configuration."""
    return {
        "PETITION_DATA_DIR": str(config.data_dir),
        "PETITION_DATABASE_URL": config.database_url,
        "PETITION_BASE_URL": config.base_url,
        "PETITION_LIBREOFFICE": config.libreoffice,
        "PORT": str(config.port),
        **({"PETITION_REDIS_URL": config.redis_url} if config.redis_url else {}),
    }


def configured(data_dir: Path, **variables: str) -> Config:
    """The configuration of a demo in this folder."""
    return Config.from_environment({"PETITION_DATA_DIR": str(data_dir), "PETITION_LIBREOFFICE": "none", **variables})


def make(config: Config) -> None:
    """A migrated demo database with the campaign loaded, by the real commands."""
    command(config, "init", "--demo")
    command(config, "load", str(STATEMENTS / "ebooksforall"))


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
def serving(
    config: Config, *options: str, folder: Path = STATEMENTS.parent, **variables: str
) -> Iterator[Served]:
    """Serve a house that is made already, until the block ends; asserts that it ends in good order.

    Its log has a line for each request, and is looked through for people in the end.
    """
    log = config.data_dir / "serve.log"
    around = {key: value for key, value in os.environ.items() if not key.startswith("PETITION_")}
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*COMMAND, "serve", *options],
            env={**around, **environment(config), "PETITION_LOG": "requests", **variables},
            stdout=written,
            stderr=written,
            cwd=folder,
        )
    try:
        _wait_ready(config, process, log)
        yield Served(config.base_url, config, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert process.returncode == 0, log.read_text()
    assert leaks_of_process(log, config) == []


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
