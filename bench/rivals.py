"""What we are compared with: the least that Flask, Flask-SQLAlchemy and Jinja take for the same kind of work."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from flask import Flask, jsonify, redirect, render_template, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from werkzeug.wrappers import Response

from petition.db import SQLITE_RULES
from petition.paths import STATIC


class Base(DeclarativeBase):
    """The base of the one table."""


class Person(Base):
    """What was typed, as it came."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    city: Mapped[str]
    state: Mapped[str]
    comment: Mapped[str]


ROW_BYTES: Final = 86  # of one rendered row of page.html


def create_app() -> Flask:
    """One app with four bare views, over the database of BENCH_DATABASE_URL."""
    app = Flask("bench", static_folder=str(STATIC), template_folder=str(Path(__file__).parent))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    url = os.environ["BENCH_DATABASE_URL"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 32, "max_overflow": 40}
    db = SQLAlchemy(app, model_class=Base)
    with app.app_context():
        if url.startswith("sqlite"):
            event.listen(db.engine, "connect", _follow_our_rules)
        db.create_all()
    _add_views(app, db)
    return app


def _follow_our_rules(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """The same promises of the disk as ours, or the comparison is of disks."""
    for name, value, _found in SQLITE_RULES:
        connection.cursor().execute(f"PRAGMA {name}={value}")


def _add_views(app: Flask, db: SQLAlchemy) -> None:
    size = int(os.environ.get("BENCH_PAGE_BYTES", "10000"))
    row = {"name": "Somewhere", "verified": 1234, "rate": 12.3}
    rows: list[dict[str, Any]] = [row] * max(1, (size - 200) // ROW_BYTES)

    @app.post("/insert")
    def insert() -> Response:
        typed = request.form
        person = Person(
            name=typed["name"], email=typed["email"], city=typed["city"], state=typed["state"], comment=typed["comment"]
        )
        db.session.add(person)
        db.session.commit()
        return redirect("/page", 303)

    @app.get("/page")
    def page() -> str:
        return render_template("page.html", title="A bare page", rows=rows)

    @app.get("/view")
    def view() -> Response:
        return jsonify(verified=1234, as_of=datetime.now(UTC).isoformat(timespec="milliseconds"))
