"""Readiness names the first thing that is missing, and nothing of the machine; health only says that we live."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from petition.config import Config
from petition.crypto import KeyRing
from tests.ground import House


def no_database(house: House) -> None:
    with house.writing() as session:
        session.execute(text("ALTER TABLE alembic_version RENAME TO away"))


def an_older_database(house: House) -> None:
    with house.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001_first_version'"))


def other_keys(house: House) -> None:
    house.config.key_file.unlink()
    KeyRing.make(house.config.key_file)


def no_keys(house: House) -> None:
    house.config.key_file.unlink()


def keys_of_somebody_else(house: House) -> None:
    house.config.key_file.write_text(json.dumps({"format": 1, "keys": {}}))


def test_all_is_there(house: House) -> None:
    for host in ("127.0.0.1", "10.0.0.7"):
        answer = house.client().get("/readyz", headers={"Host": host})
        assert (answer.status_code, answer.get_json()) == (200, {"status": "ready"})


@pytest.mark.parametrize(
    ("take", "said"),
    [
        (no_database, "the database is not migrated"),
        (an_older_database, "the database is not migrated"),
        (other_keys, "the key file is not the one we started with"),
        (no_keys, "the key file cannot be read"),
        (keys_of_somebody_else, "the key file cannot be read"),
    ],
)
def test_what_is_missing_is_named_and_where_it_was_is_not(
    house: House, take: Callable[[House], None], said: str
) -> None:
    take(house)
    answer = house.client().get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": said})
    assert answer.headers["Cache-Control"] == "no-store"
    assert house.client().get("/healthz").get_json() == {"status": "ok"}


def test_a_full_disk_is_not_ready(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(house.config.data_dir)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=2**20))
    answer = house.client().get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "the disk is nearly full"})


def test_a_data_directory_that_went_away_is_not_ready(config: Config, tmp_path: Path) -> None:
    house = House.open(replace(config, data_dir=tmp_path / "gone"))
    answer = house.client().get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "the data directory is gone"})
    house.close()


@pytest.mark.one_database("sqlite", "whose file this is")
def test_a_database_that_is_no_database_is_not_ready(house: House) -> None:
    house.close()
    house.database_file.write_bytes(b"something else entirely " * 400)
    answer = house.client().get("/readyz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "the database does not answer"})
