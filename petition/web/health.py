"""Health: whether the process lives, and whether it can take up work, for whoever watches over it."""

import os
import shutil
from collections.abc import Callable
from functools import cache
from typing import Final

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from petition.config import Config
from petition.crypto import KeyRing
from petition.db import reading
from petition.errors import BadConfiguration
from petition.paths import MIGRATIONS

bp = Blueprint("health", __name__)

ROOM: Final = 64 * 2**20  # bytes; less and SQLite's log may not be written through the night


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Everything that a signature needs is there: database, its tables, our keys, room to write. Else 503."""
    missing = what_is_missing(current_app.extensions["config"], current_app.extensions["keys"])
    return (jsonify(status="ready"), 200) if missing is None else (jsonify(status=missing), 503)


def what_is_missing(config: Config, keys: KeyRing) -> str | None:
    """The first thing that keeps us from working, in words that tell nothing of this machine; None when ready."""
    looks: tuple[Callable[[], str | None], ...] = (
        _database,
        lambda: _keys(config, keys),
        lambda: _room(config),
    )
    return next((missing for look in looks if (missing := look()) is not None), None)


def _database() -> str | None:
    try:
        with reading() as session:
            found = MigrationContext.configure(session.connection()).get_current_revision()
    except SQLAlchemyError:
        return "the database does not answer"
    return None if found == _newest() else "the database is not migrated"


@cache
def _newest() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _keys(config: Config, keys: KeyRing) -> str | None:
    # We have ours in memory; but a process that starts now would not find them.
    try:
        return None if KeyRing.read(config.key_file) == keys else "the key file is not the one we started with"
    except (BadConfiguration, OSError):
        return "the key file cannot be read"


def _room(config: Config) -> str | None:
    try:
        free = shutil.disk_usage(config.data_dir).free
        writable = os.access(config.data_dir, os.W_OK | os.X_OK)
    except OSError:
        return "the data directory is gone"
    if not writable:
        return "the data directory cannot be written to"
    return None if free >= ROOM else "the disk is nearly full"
