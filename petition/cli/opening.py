"""What commands share: the configuration, an app over a database that is ready for it, one line of a reason."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import OperationalError

from petition.config import Config
from petition.db import reading
from petition.jobs import Queue
from petition.mail.sending import PostOffice
from petition.paths import MIGRATIONS


@dataclass(frozen=True, slots=True)
class House:
    """What the commands are given to work with: how the app, its post office and its queue are put together."""

    create_app: Callable[[Config], Flask]
    post_office: Callable[[Flask], PostOffice]
    queue: Callable[[Flask, PostOffice], Queue]


def house() -> House:
    """The house that the running command works in."""
    found = click.get_current_context().find_object(House)
    assert found is not None
    return found


def fail(reason: str) -> NoReturn:
    """End with one line of reason."""
    raise click.ClickException(reason)


def configuration() -> Config:
    """The configuration of this environment."""
    return Config.from_environment(os.environ)


@contextmanager
def reaching() -> Iterator[None]:
    """End with a reason when the database cannot be reached."""
    try:
        yield
    except OperationalError:
        fail("PETITION_DATABASE_URL: the database cannot be reached.")


def open_app() -> Flask:
    """The app over its database. Ends with a reason when there is none, or when it is not up to date."""
    config = configuration()
    with reaching():
        app = house().create_app(config)
        with app.app_context(), reading() as session:
            found = MigrationContext.configure(session.connection()).get_current_revision()
    if found is None:
        fail("There is no database of ours yet. `petition init` makes one.")
    if found != ScriptDirectory(str(MIGRATIONS)).get_current_head():
        fail("The database is of another version. `petition migrate` brings it up to date.")
    return app


def needs_demo(app: Flask, what: str) -> None:
    """End with a reason unless everything in the database is a sample anyway."""
    if not app.extensions["demo"]:
        fail(f"{what} only in a demo database. This one is real.")


