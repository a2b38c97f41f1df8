"""Writing down: leaves, salts and numbers of many changes at once, past the ORM, in each database's quickest way."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from petition.ledger.models import Entry

#: An entry: its id, its statement's, its number, its change's id, the leaf and its hash.
Leaf = tuple[int, int, int, int, str, bytes]
#: An opening: its entry's id, and the salts of name, place and mailbox.
Salts = tuple[int, bytes, bytes, bytes]

_ENTRY: Final = ("id", "statement_id", "seq", "change_id", "leaf", "leaf_hash", "entered_at")
_OPENING: Final = ("entry_id", "name", "place", "mailbox")
#: What a number changes in its row. Whoever has one leaves no mark of a network any more.
_NUMBERED: Final = {"change": "seq = {}, network = NULL", "signature": "number = {}"}
_ARRIVED: Final = """
    INSERT INTO arrival (statement_id, network, confirmed) VALUES (?, ?, ?)
    ON CONFLICT (statement_id, network) DO UPDATE SET confirmed = arrival.confirmed + excluded.confirmed"""
_ARRIVED_AT_ONCE: Final = _ARRIVED.replace(
    "VALUES (?, ?, ?)",
    "SELECT told.of, decode(told.mark, 'hex'), told.number "
    "FROM unnest(%s::integer[], %s::text[], %s::integer[]) AS told (of, mark, number)",
)
_NEXT: Final = text("SELECT coalesce(max(id), 0) + 1 FROM entry")
_IN_A_ROW: Final = text(
    "SELECT setval(ids, nextval(ids) + :number - 1) - :number + 1 "
    "FROM (SELECT pg_get_serial_sequence('entry', 'id')::regclass AS ids) AS sequence"
)


def first_id(session: Session, number: int) -> int:
    """The first of so many ids in a row for entries, which only the registrar makes, one at a time."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return int(connection.execute(_IN_A_ROW, {"number": number}).scalar_one())
    return int(connection.execute(_NEXT).scalar_one())


def write(
    session: Session, entered: Sequence[Leaf], openings: Sequence[Salts], numbers: dict[int, int], now: datetime
) -> None:
    """Keep leaves and salts, and tell each change and each signature its number."""
    connection = session.connection()
    process = Entry.__table__.c.entered_at.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    moment = process(now) if process else now
    at_once = connection.dialect.name == "postgresql"
    insert, renumber = (_copy, _renumber_at_once) if at_once else (_insert, _renumber)
    insert(connection, "entry", _ENTRY, [(*leaf, moment) for leaf in entered])
    insert(connection, "opening", _OPENING, openings)
    renumber(connection, "change", [(leaf[3], leaf[2]) for leaf in entered])
    renumber(connection, "signature", list(numbers.items()))


def count_networks(session: Session, arrived: Mapping[tuple[int, bytes], int]) -> None:
    """Add what was confirmed under a statement from each network, by its mark, to what is known of it."""
    if not arrived:
        return
    # In one order: neighbours lie on one page, and PostgreSQL's rows do not say who came before whom.
    rows = [(of, mark, number) for (of, mark), number in sorted(arrived.items())]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        statements, marks, numbers = zip(*rows, strict=True)
        # Written out here: the driver took a tenth of a batch's time to write the same marks as a list of bytes.
        at_once = (_array(statements), _array(mark.hex() for mark in marks), _array(numbers))
        connection.exec_driver_sql(_ARRIVED_AT_ONCE, at_once)
    else:
        connection.exec_driver_sql(_ARRIVED, cast(Any, rows))


def _insert(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608  (names of our own)
            cast(Any, rows),
        )


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _renumber(connection: Connection, table: str, numbers: Sequence[tuple[int, int]]) -> None:
    if numbers:
        connection.exec_driver_sql(
            f"UPDATE {table} SET {_NUMBERED[table].format('?')} WHERE id = ?",  # noqa: S608  (names of our own)
            [(number, row) for row, number in numbers],
        )


def _renumber_at_once(connection: Connection, table: str, numbers: Sequence[tuple[int, int]]) -> None:
    connection.exec_driver_sql(
        f"UPDATE {table} SET {_NUMBERED[table].format('told.number')} "  # noqa: S608  (names of our own)
        "FROM unnest(%s::bigint[], %s::integer[]) AS told (id, number) WHERE told.id = " + f"{table}.id",
        (_array(row for row, _number in numbers), _array(number for _row, number in numbers)),
    )


def _array(values: Iterable[int | str]) -> str:
    return f"{{{','.join(map(str, values))}}}"
