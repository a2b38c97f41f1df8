"""The database's door: sessions, the two kinds of transaction, and SQLite as it must be.

A transaction reads or it writes, and says which before it begins. Readers cannot change a row
(`PRAGMA query_only`, `SET TRANSACTION READ ONLY`). On SQLite writers pass one at a time through a
fair queue before `BEGIN IMMEDIATE`, since SQLite's own busy handler starves them (reference/stack.md, 2.5).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any, Final, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    bindparam,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeDecorator

from petition import metrics
from petition.config import Config
from petition.writers import WritersQueue

NAMES: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: How long a PostgreSQL connection may rest before it is asked whether it has died with its server.
REST: Final = 10.0  # seconds
#: SQLite keeps its quick integer key only for the type INTEGER; PostgreSQL gets 64 bits.
Key: Final = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets time zones, so they are put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(DeclarativeBase):
    """The base of every table's class."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment()}  # noqa: RUF012  (SQLAlchemy reads it from the class)


class Site(Row):
    """One row that says what this database is. A demo database is marked so here and nowhere else."""

    __tablename__ = "site"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    demo: Mapped[bool]
    made_at: Mapped[datetime]


db: Final = SQLAlchemy(metadata=Row.metadata)


class Mode(Enum):
    """What a transaction is for."""

    READ = "read"
    WRITE = "write"


_mode: ContextVar[Mode] = ContextVar("transaction_mode", default=Mode.READ)


@contextmanager
def reading() -> Iterator[Session]:
    """One read-only transaction over a single state of the database; always ends in a rollback."""
    with transaction(Mode.READ):
        yield db.session()


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction that commits when the block ends well and leaves no trace when it does not.

    It begins, and on SQLite takes its turn among the writers, at its first statement. Raises
    petition.errors.Busy when the turn does not come within five seconds.
    """
    with transaction(Mode.WRITE):
        yield db.session()


@contextmanager
def writing_plainly() -> Iterator[Connection]:
    """Like `writing`, without a session, whose bookkeeping took about as long as the two statements of a signature."""
    token = _mode.set(Mode.WRITE)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        _mode.reset(token)


@contextmanager
def transaction(mode: Mode) -> Iterator[None]:
    """A transaction of one kind, for whoever asks for `db.session` within the block; nobody may."""
    db.session.remove()
    token = _mode.set(mode)
    try:
        yield
        # The view may have read in a transaction of its own in between: then this is a new session, or none.
        if mode is Mode.WRITE and db.session.registry.has():
            db.session.commit()
    finally:
        db.session.remove()
        _mode.reset(token)


def let_go() -> None:
    """Keep what the transaction has done and hold nothing until the next look: for what takes long in between.

    Neither a connection nor, on SQLite, the turn to write is kept from others meanwhile.
    """
    if db.session.registry.has():
        db.session.commit()
        db.session.remove()


_LOCK: Final = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))


def advisory_lock(held_by: Session | Connection, name: str) -> None:
    """Hold the lock `name` until this transaction ends; SQLite's single writer holds it already."""
    connection = held_by if isinstance(held_by, Connection) else held_by.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"name": name})


def empty_log() -> None:
    """Bring SQLite's log into the database and empty it: what was erased would stay there until overwritten.

    Gives up at once when somebody is reading or writing; the next time will do. PostgreSQL's log is its server's.
    """
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect() as connection:
        # Whoever waits here for a reader keeps every writer waiting.
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()
        finally:
            connection.exec_driver_sql("PRAGMA busy_timeout=5000")


def is_demo(session: Session) -> bool:
    """Whether this database was made for trying things out, and everything in it is a sample."""
    return bool(session.scalar(select(Site.demo).where(Site.id == 1)))


def attach(app: Flask, config: Config) -> None:
    """Give the app its database and teach its connections our rules."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "hide_parameters": True,  # what people typed must not stand in a trace
        # What goes over is closed again after each request, and opened anew for the next. A file has room for every
        # thread of the web server; a PostgreSQL server takes a hundred connections in all, unless it is told to.
        "pool_size": 32 if config.sqlite else 16,
        "max_overflow": 40,  # a thread that waits for a connection waits for nothing else
    }
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    if config.sqlite:
        database = Path(cast(str, engine.url.database))
        database.parent.mkdir(parents=True, exist_ok=True)
        _teach_sqlite(engine, WritersQueue(database.with_name(database.name + ".writers")))
    else:
        event.listen(engine, "begin", _begin_postgresql)
        _ask_after_rest(engine)


def _ask_after_rest(engine: Engine) -> None:
    """Ask a connection that has rested whether it still stands, and have the pool open another if not.

    Asking costs a round trip, so that one in use a moment ago is not asked. Should its server have gone in that
    moment, one request is answered as a fault, and with it the pool lets go of all that went with the server.
    """

    def checkin(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = monotonic()

    def checkout(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if monotonic() - entry.info.get("rests_since", monotonic()) < REST:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as fault:
            raise DisconnectionError from fault

    event.listen(engine, "checkin", checkin)
    event.listen(engine, "checkout", checkout)


def _begin_postgresql(connection: Connection) -> None:
    if _mode.get() is Mode.READ:
        # Its default shows each statement a newer state: a count and the names behind it would differ.
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


SQLITE_RULES: Final = (
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),  # NORMAL can lose acknowledged commits at a power cut
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),  # an erased name must not linger in a free page
    ("busy_timeout", "5000", 5000),
)


def _teach_sqlite(engine: Engine, queue: WritersQueue) -> None:
    def connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own implicit BEGIN is deferred, which fails half of all writers (2.5).
        cast(Any, connection).isolation_level = None
        for name, value, _ in SQLITE_RULES:
            connection.cursor().execute(f"PRAGMA {name}={value}")

    def begin(connection: Connection) -> None:
        facts = connection.info
        if _mode.get() is Mode.READ:
            if not facts.get("query_only"):
                connection.exec_driver_sql("PRAGMA query_only=ON")
                facts["query_only"] = True
            connection.exec_driver_sql("BEGIN")
            return
        if facts.get("query_only", True):
            connection.exec_driver_sql("PRAGMA query_only=OFF")
            facts["query_only"] = False
        began = perf_counter()
        try:
            facts["turn"] = queue.wait()
        finally:
            metrics.WRITERS_WAIT.observe(perf_counter() - began)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def give_back(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        turn = entry.info.pop("turn", None)
        if turn is not None:
            turn.end()

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", give_back)


def check(session: Session) -> None:
    """Assert that a connection follows our rules. Raises RuntimeError naming the rule that is not kept."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for name, _, expected in SQLITE_RULES:
        found = session.execute(text(f"PRAGMA {name}")).scalar()
        if found != expected:
            raise RuntimeError(f"SQLite's {name} is {found!r} and must be {expected!r}")
