"""How the databases find what every request and every tick of the worker asks for: by an index, at any size."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from sqlalchemy import event

from bench import seeding
from petition.db import db
from tests import sample_audits
from tests.ground import SLUG, House

#: The tables that grow with every signature.
LARGE: Final = ("signature", "link", "change", "email", "mailbox", "entry", "opening", "tile", "signature_word")
#: A whole table read, in the words of each database. A partial index read from end to end is what it is there for.
WHOLE: Final = {
    "sqlite": re.compile(rf"SCAN ({'|'.join(LARGE)})\b(?! USING (COVERING )?INDEX ix_(email_due|change_unnumbered))"),
    "postgresql": re.compile(rf"Seq Scan on ({'|'.join(LARGE)})\b"),
}

Said = dict[str, Any]


@pytest.fixture
def full(house: House) -> House:
    """A house with enough rows for a database to prefer its indexes."""
    with house.app.app_context():
        seeding.fill(house.app, 4_000, real=100)
    return house


@contextmanager
def heard(house: House) -> Iterator[Said]:
    """Every statement that reaches a large table while the block runs, with what was filled in."""
    said: Said = {}
    about = re.compile(rf"\b(FROM|UPDATE|JOIN) ({'|'.join(LARGE)})\b")

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if about.search(statement):
            said[statement] = parameters

    with house.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def plans(house: House, said: Said) -> dict[str, str]:
    """How the database would go about each statement if its tables were large."""
    found = {}
    with house.reading() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            # A table of a few pages is best read whole: what is asked is whether it need be.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        for statement, parameters in said.items():
            rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
            found[statement] = "\n".join(str(row[-1]) for row in rows)
    return found


def of(plans: dict[str, str], *words: str) -> str:
    """The one plan of the statement that holds all these words."""
    (found,) = {plan for statement, plan in plans.items() if all(word in " ".join(statement.split()) for word in words)}
    return found


def test_no_request_and_no_tick_reads_a_large_table_whole(full: House, database: str) -> None:
    house = full
    house.signed("ada@patron.example", show_name="1")
    client = house.client()
    with heard(house) as said:
        house.sign(client, email="bo@patron.example")
        house.work()
        house.sign(client, email="bo@patron.example")
        house.work()
        client.get(f"/statements/{SLUG}")
        client.get(f"/statements/{SLUG}/count.json")
        house.confirm("bo@patron.example", client)
        house.work()
    found = plans(house, said)
    assert len(found) > 15
    whole = {statement: plan for statement, plan in found.items() if WHOLE[database].search(plan)}
    assert whole == {}


def test_each_hot_query_has_its_own_index(full: House, database: str) -> None:
    house = full
    page = house.signed("ada@patron.example", show_name="1")
    client = house.client()
    with heard(house) as said:
        house.sign(client, email="bo@patron.example")
        house.work()
        client.get(f"/statements/{SLUG}")
        house.confirm("bo@patron.example", client)
        house.work()
        client.get(page)
    found = plans(house, said)
    by_key = {"sqlite": "link USING INDEX sqlite_autoindex_link_1", "postgresql": "using pk_link"}[database]
    for opened in ("statement.slug", "signature.name"):  # by the button, and by the page
        assert by_key in of(found, opened, "JOIN link", "WHERE link.fingerprint")
    assert re.search("uq_change_seq|ix_change_unnumbered", of(found, "SELECT min(change.at)"))
    assert "ix_signature_shown" in of(found, "FROM signature", "ORDER BY signature.number DESC")
    assert "ix_change_unnumbered" in of(found, "JOIN signature", "change.seq IS NULL", "ORDER BY change.id")
    assert "ix_email_due" in of(found, "SELECT email.id", "email.due_at <=", "ORDER BY email.priority")
    assert "ix_email_mailbox" in of(found, "max(email.composed_at)")
    settling = of(found, "UPDATE signature SET status=CASE")
    assert "ix_signature_mailbox" in settling
    assert "uq_signature_signed" in settling
    assert "ix_signature_status" not in settling
    assert not re.search("TEMP B-TREE|Sort", of(found, "FROM signature", "ORDER BY signature.number DESC"))


def test_a_sample_finds_those_drawn_by_their_numbers(house: House) -> None:
    """Within the request: to read every signature of a million for it took the writers' turn for nine seconds."""
    path = sample_audits.link(house, sample_audits.packet(house, 70))
    with heard(house) as said:
        sample_audits.drawn(house, path)
    assert "uq_change_seq" in of(plans(house, said), "SELECT signature.id", "change.seq IN")
