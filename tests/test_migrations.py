"""Migrations: what they build is what the models say, on both databases, and they can be taken back."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from petition import db as database
from petition.app import create_app
from petition.config import Config
from petition.crypto import KeyRing
from petition.db import Row, db
from petition.paths import MIGRATIONS
from tests import prepared
from tests.ground import House


@pytest.fixture
def empty(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An app over a database with nothing in it."""
    with contextlib.ExitStack() as stack:
        variables = {}
        if database == "postgresql":
            postgres = request.getfixturevalue("postgres")
            variables["PETITION_DATABASE_URL"] = stack.enter_context(postgres.database(f"{postgres.template}_empty"))
        config: Config = prepared.configured(tmp_path, **variables)
        KeyRing.make(config.key_file)
        app = create_app(config)
        with app.app_context():
            stack.callback(db.engine.dispose)
            yield app


def upgrade() -> None:
    with database.writing():
        flask_migrate.upgrade(directory=str(MIGRATIONS))


def schema(connection: Connection) -> dict[str, Any]:
    """Tables, columns, keys and indexes as the database itself describes them."""
    if connection.dialect.name == "postgresql":
        indexes = connection.execute(text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
        constraints = connection.execute(
            text(
                "SELECT conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid) "
                "FROM pg_constraint WHERE conrelid <> 0"
            )
        )
        columns = connection.execute(
            text(
                "SELECT table_name || '.' || column_name, data_type || ' ' || is_nullable || ' ' || "
                "coalesce(character_maximum_length::text, '') || coalesce(column_default, '') "
                "FROM information_schema.columns WHERE table_schema = 'public'"
            )
        )
        found = [*indexes, *constraints, *columns]
    else:
        found = [*connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))]
    return {name: _as_a_set(said) for name, said in found if "alembic_version" not in name and "sqlite_" not in name}


def _as_a_set(said: str) -> Any:
    """What CREATE TABLE says, whatever the order and the spacing."""
    said = re.sub(r"\s+", " ", said)
    return sorted(part.strip(" ()") for part in said.split(",")) if said.startswith("CREATE TABLE") else said


def test_an_upgrade_from_nothing_builds_what_the_models_say(empty: Flask) -> None:
    upgrade()
    with database.reading() as session:
        context = MigrationContext.configure(
            session.connection(), opts={"compare_type": True, "target_metadata": Row.metadata}
        )
        assert compare_metadata(context, Row.metadata) == []
        assert context.get_current_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_conditions_of_indexes_and_checks_are_those_of_the_models_too(empty: Flask) -> None:
    upgrade()
    with database.reading() as session:
        migrated = schema(session.connection())
    with database.writing():
        flask_migrate.downgrade(directory=str(MIGRATIONS), revision="base")
    with database.writing() as session:
        Row.metadata.create_all(session.connection())
    with database.reading() as session:
        created = schema(session.connection())
    assert migrated == created
    assert any("withdrawn" in str(said) for said in migrated.values())


def test_a_downgrade_takes_everything_back_and_an_upgrade_brings_it_again(empty: Flask) -> None:
    upgrade()
    with database.reading() as session:
        before = schema(session.connection())
    with database.writing():
        flask_migrate.downgrade(directory=str(MIGRATIONS), revision="base")
    with database.reading() as session:
        assert inspect(session.connection()).get_table_names() == ["alembic_version"]
    upgrade()
    with database.reading() as session:
        assert schema(session.connection()) == before


def test_an_upgrade_that_is_up_to_date_changes_nothing(empty: Flask) -> None:
    upgrade()
    with database.reading() as session:
        before = schema(session.connection())
    upgrade()
    with database.reading() as session:
        assert schema(session.connection()) == before


def test_an_upgrade_that_breaks_half_way_leaves_nothing(empty: Flask) -> None:
    with database.writing() as session:
        # The ledger's table is in the way: the migration fails after many others were made.
        session.execute(text("CREATE TABLE packet (id INTEGER)"))
    with pytest.raises(Exception, match="packet"):
        upgrade()
    with database.reading() as session:
        assert set(inspect(session.connection()).get_table_names()) <= {"alembic_version", "packet"}


#: What has tables since then: content, which `petition load` brings back, and sums that are lost with theirs.
SINCE = ("chapter", "template", "arrival")


def test_a_house_with_signatures_is_taken_back_and_brought_up_again_whole(house: House) -> None:
    house.signed()
    house.sign(email="waits@patron.example")
    before = {name: rows for name, rows in house.dump().items() if name not in SINCE}
    with house.writing():
        flask_migrate.downgrade(directory=str(MIGRATIONS), revision="0005")
    with house.writing():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
    assert {name: rows for name, rows in house.dump().items() if name not in SINCE} == before
    with pytest.raises(IntegrityError), house.writing() as session:
        session.execute(text("DELETE FROM statement"))
    house.work()
    assert house.confirm("waits@patron.example").status_code == 303
    house.register()
    assert house.count() == 2


def test_there_is_one_line_of_versions() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert len(scripts.get_heads()) == len(scripts.get_bases()) == 1
    assert all(script.doc for script in scripts.walk_revisions())
