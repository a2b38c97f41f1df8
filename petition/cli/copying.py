"""Copying: the rows of a database as lines of JSON, out of one state of it and into an empty one.

The lines are alike for SQLite and PostgreSQL, so that a house can move from one to the other. Tables are read from
the database, not from the models: an archive of an earlier version meets the tables that it was made of.
"""

import base64
import json
from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)

_CHUNK: Final = 2000
#: Tables whose rows hold whole files, ten megabytes and more: of these few are held at once.
_OF_FILES: Final = frozenset({"letterhead", "original", "page_image"})
_CHUNK_OF_FILES: Final = 4
#: What is worth nothing later, and harm in wrong hands: who was signed in comes back signed out.
LEFT_OUT: Final = ("alembic_version", "sign_in", "signed_in", "spent_challenge")


def tables(connection: Connection) -> list[Table]:
    """Every table that is kept, those that others point at first."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = JSON(none_as_null=True)
    return [table for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def is_empty(connection: Connection) -> bool:
    """Whether nobody has put a table into this database yet."""
    return not inspect(connection).get_table_names()


def kind(table: Table, column: str) -> str:
    """How a column's values are written: bytes, moment, or plain."""
    found = table.columns[column].type
    if isinstance(found, LargeBinary):
        return "bytes"
    if isinstance(found, DateTime):
        return "moment"
    if isinstance(found, Numeric):
        raise TypeError(f"{table.name}.{column}: nobody has said how a {found} is written.")
    return "plain"


def _chunk(table: Table) -> int:
    return _CHUNK_OF_FILES if table.name in _OF_FILES else _CHUNK


def rows_out(connection: Connection, table: Table) -> Generator[bytes, None, None]:
    """The rows as lines, some thousand at a time, in the order of the primary key."""
    writers = [_WRITTEN.get(kind(table, column.name)) for column in table.columns]
    asked = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_chunk(table))
    with connection.execute(asked) as found:
        for chunk in found.partitions():
            yield "".join(f"{_in_json(_as_written(writers, row))}\n" for row in chunk).encode()


def rows_in(connection: Connection, table: Table, columns: Sequence[str], lines: Iterable[bytes]) -> int:
    """Put the lines that `rows_out` wrote into an empty table; returns how many."""
    readers = [_READ.get(kind(table, column)) for column in columns]
    aware = connection.dialect.name != "sqlite"
    done, chunk = 0, list[dict[str, Any]]()
    for line in lines:
        values = json.loads(line)
        row = {
            column: value if value is None or read is None else read(value, aware)
            for column, read, value in zip(columns, readers, values, strict=True)
        }
        chunk.append(row)
        if len(chunk) == _chunk(table):
            connection.execute(insert(table), chunk)
            done, chunk = done + len(chunk), []
    if chunk:
        connection.execute(insert(table), chunk)
    return done + len(chunk)


def _as_written(writers: Sequence[Callable[[Any], Any] | None], row: Iterable[Any]) -> list[Any]:
    return [
        value if value is None or write is None else write(value) for write, value in zip(writers, row, strict=True)
    ]


def _moment(value: datetime) -> str:
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()


def _as_moment(value: str, aware: bool) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if aware else moment.replace(tzinfo=None)


_in_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# What is not named here is written as it is.
_WRITTEN: Final[dict[str, Callable[[Any], Any]]] = {
    "bytes": lambda value: base64.b64encode(value).decode(),
    "moment": _moment,
}
_READ: Final[dict[str, Callable[[Any, bool], Any]]] = {
    "bytes": lambda value, _: base64.b64decode(value),
    "moment": _as_moment,
}


def last_ids(connection: Connection, found: Iterable[Table]) -> dict[str, int]:
    """By table, the highest number that was ever given to a row: a deleted row's number is never given again."""
    if connection.dialect.name == "sqlite":
        kept = {row.name: row.seq for row in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    else:
        kept = {table.name: _sequence_of(connection, table) for table in found}
    return {table.name: kept[table.name] for table in found if kept.get(table.name)}


def _sequence_of(connection: Connection, table: Table) -> int:
    name = _sequence(connection, table)
    if name is None:
        return 0
    last, called = connection.execute(text(f"SELECT last_value, is_called FROM {name}")).one()  # noqa: S608
    return int(last) if called else 0


def _sequence(connection: Connection, table: Table) -> str | None:
    if "id" not in table.columns:
        return None
    found: str | None = connection.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', "id")))
    return found


def give_on_from(connection: Connection, found: Iterable[Table], last: dict[str, int]) -> None:
    """Have new rows numbered after the last ones."""
    for table in found:
        if "id" not in table.columns:
            continue
        highest = connection.scalar(select(func.max(table.columns["id"]))) or 0
        number = max(last.get(table.name, 0), highest if isinstance(highest, int) else 0)
        if not number:
            continue
        if connection.dialect.name == "sqlite":
            _number_sqlite(connection, table.name, number)
        elif sequence := _sequence(connection, table):
            connection.execute(select(func.setval(sequence, number)))


def _number_sqlite(connection: Connection, name: str, number: int) -> None:
    said = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
    if "AUTOINCREMENT" not in str(said):
        return
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
    numbered = {"name": name, "number": number}
    connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), numbered)
