"""Settling: all that changes when a mailbox stands by a signature, in as few round trips as the database allows.

PostgreSQL does it in one statement, whose parts all see the same rows. SQLite runs in our own process, where each of
the four costs no round trip, and knows no such statement.
"""

from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    bindparam,
    case,
    insert,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from petition.db import Key, Moment
from petition.mail import mailboxes, outbox
from petition.mail.outbox import Email
from petition.signatures.models import STANDS, Change, Signature, Status

Settled = list[tuple[int, str]]


def settle(
    connection: Connection, row: int, mailbox: bytes, statement_id: int,
    *, language: str, method: str, letter: str, network: bytes | None, now: datetime,
) -> Settled:  # fmt: skip
    """Verify the row, if it still waits, let what else waits of its mailbox expire, and write down what follows.

    What follows is a change for the registrar, the letter, and that the mailbox has answered. Returns each settled row
    with where it stands now; none when this one did not wait any more. Whoever calls is `mailboxes.alone`.
    """
    change = {
        "signature_id": row, "statement_id": statement_id, "kind": "verified", "method": method, "at": now,
        "network": network,
    }  # fmt: skip
    email = outbox.owed(letter, now=now, language=language, subject_id=row, mailbox=mailbox, priority=2)
    facts = {"row": row, "box": mailbox, "under": statement_id, "now": now, "by": method}
    if connection.dialect.name == "postgresql":
        given = {**_named("change", change), **_named("email", email)}
        return [(each.id, each.status) for each in connection.execute(_AT_ONCE, {**facts, **given})]
    settled: Settled = [(each.id, each.status) for each in connection.execute(_SETTLE, facts)]
    if settled:
        mailboxes.answered(connection, mailbox, now)
    if (row, Status.VERIFIED) in settled:
        connection.execute(_CHANGE, change)
        outbox.keep(connection, email)
    return settled


def _settling() -> ReturningUpdate[tuple[int, str]]:
    """Every row of a mailbox that waits under one statement: this one is verified, the others expire.

    So does this one where the mailbox has signed by another. One statement, since nothing may come between. It does
    nothing once this row waits no more: it may have been disowned or settled since it was looked up.
    """
    table = cast(Table, Signature.__table__)
    other, itself = table.alias(), table.alias()
    row, box, under = table.c, bindparam("box", type_=LargeBinary()), bindparam("under", type_=Integer())
    same = (other.c.statement_id == under) & (other.c.mailbox == box) & (other.c.slot == row.slot)
    signed = select(other.c.id).where(same, STANDS).exists()
    this_row = bindparam("row", type_=Key)
    this = (row.id == this_row) & ~signed
    waits = select(itself.c.id).where(itself.c.id == this_row, itself.c.status == Status.PENDING).exists()
    # Put so that no index but the mailbox's fits: SQLite knows no sizes, and would walk through all that wait.
    pending = (row.statement_id + 0 == under) & (row.status + "" == Status.PENDING)
    return (
        update(table)
        .where(row.mailbox == box, pending, waits)
        .values(
            status=case((this, Status.VERIFIED), else_=Status.EXPIRED),
            confirmed_at=case((this, bindparam("now", type_=Moment()))),
            method=case((this, bindparam("by", type_=String(12)))),
        )
        .returning(row.id, row.status)
    )


def _at_once() -> Select[int, str]:
    """The same and what follows, as one statement of PostgreSQL: nothing follows where nothing was settled."""
    settled = _settling().cte("settled")
    anything = select(settled.c.id).exists()
    this = (settled.c.id == bindparam("row", type_=Key)) & (settled.c.status == Status.VERIFIED)
    verified = select(settled.c.id).where(this).exists()
    said = select(bindparam("box", type_=LargeBinary()), bindparam("now", type_=Moment())).where(anything)
    return select(settled.c.id, settled.c.status).add_cte(
        mailboxes.answering(said).cte("answered"),
        _given(cast(Table, Change.__table__), "change", _CHANGED, verified).cte("changed"),
        _given(cast(Table, Email.__table__), "email", outbox.OWED, verified).cte("owed"),
    )


def _given(table: Table, name: str, columns: tuple[str, ...], when: ColumnElement[bool]) -> Insert:
    """One row of these columns, where the condition holds."""
    given = select(*(bindparam(f"{name}_{each}", type_=table.c[each].type) for each in columns)).where(when)
    return insert(table).from_select(columns, given)


def _named(name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}_{each}": value for each, value in values.items()}


_CHANGED: Final = ("signature_id", "statement_id", "kind", "method", "at", "network")
_CHANGE: Final = insert(cast(Table, Change.__table__)).inline()
_SETTLE: Final = _settling()
_AT_ONCE: Final = _at_once()
