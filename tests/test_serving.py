"""`petition serve`: web server and worker under one supervisor, which keeps both alive and ends both."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from petition.config import Config
from petition.worker.building import MAKE, SPREADSHEET
from tests import prepared
from tests.ground import House
from tests.prepared import Served


def children(served: Served) -> dict[int, str]:
    """The supervisor's child processes, by id, with their command lines."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = next(line for line in status.read_text().splitlines() if line.startswith("PPid"))
            if int(parent.split()[1]) == served.process.pid:
                found[int(status.parent.name)] = (status.parent / "cmdline").read_text().replace("\0", " ")
        except (OSError, StopIteration):
            continue
    return found


def one(served: Served, word: str) -> int:
    """The one child whose command holds the word."""
    (process,) = (pid for pid, line in children(served).items() if word in line)
    return process


def until(true: Callable[[], bool], seconds: float = 120) -> bool:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def ready(served: Served) -> bool:
    """Whether the site answers."""
    try:
        with urllib.request.urlopen(f"{served.url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


@pytest.mark.one_database("sqlite", "which programs are started is not asked of the database")
def test_another_package_of_the_same_name_in_the_working_folder_is_not_run(config: Config, tmp_path: Path) -> None:
    for name in ("petition", "flask", "granian"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('a decoy was imported')\n")
    config = prepared.with_free_port(config)
    with prepared.serving(config, folder=tmp_path) as served:
        house = House.open(config)
        assert house.sign().status_code == 303
        assert until(lambda: len(house.mails()) == 1), "the worker did not send it"
        house.close()
    assert "decoy" not in served.log.read_text()
    for command in (MAKE, SPREADSHEET):
        done = subprocess.run([*command, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_killed_children_come_back_and_nothing_is_lost(config: Config) -> None:
    config = prepared.with_free_port(config)
    with prepared.serving(config) as served:
        os.kill(one(served, "petition work"), signal.SIGKILL)
        house = House.open(config)
        assert house.sign().status_code == 303
        assert until(lambda: len(house.mails()) == 1), "the worker did not come back"
        house.close()
        os.kill(one(served, "granian"), signal.SIGKILL)
        assert until(lambda: not ready(served), 30)
        assert until(lambda: ready(served)), "the web server did not come back"


@pytest.mark.one_database("sqlite", "processes")
def test_the_supervisor_ends_both_when_it_is_told_to(config: Config) -> None:
    config = prepared.with_free_port(config)
    with prepared.serving(config) as served:
        both = children(served)
        assert len(both) == 2
    assert until(lambda: not any(Path(f"/proc/{process}").exists() for process in both), 30)


def from_confirmed_to_counted(house: House, address: str) -> float:
    """How many seconds the worker of a served house takes to count one more signature."""
    before = house.count()
    assert house.sign(email=address, name=f"Reader Sample {before}x").status_code == 303
    assert until(lambda: bool(house.mails(address)))
    assert house.confirm(address).status_code == 303
    confirmed = time.monotonic()
    assert until(lambda: house.count() == before + 1)
    return time.monotonic() - confirmed


def test_a_confirmed_signature_is_in_the_count_within_two_seconds(config: Config) -> None:
    config = prepared.with_free_port(config)
    with prepared.serving(config) as served:
        house = House.open(config)
        took: list[float] = []
        # A worker that is too slow is so each time; a busy machine seldom is five times in a row.
        while len(took) < 5 and min(took, default=2.0) >= 2:
            took.append(from_confirmed_to_counted(house, f"reader-{len(took)}@patron.example"))
        assert min(took) < 2, took
        house.close()
        assert ready(served)
