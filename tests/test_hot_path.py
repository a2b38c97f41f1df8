"""What a form that is sent may ask of the database and of Redis, and what a served site keeps for the next reader."""

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from redis.connection import AbstractConnection
from sqlalchemy import event
from werkzeug.test import Client

from petition.app import create_app
from petition.db import db
from petition.web import keeping
from tests.ground import SLUG, House, hidden

PAGE = f"/statements/{SLUG}"
COUNT = f"{PAGE}/count.json"


@contextlib.contextmanager
def transactions(house: House) -> Iterator[list[str]]:
    """What became of each transaction while the block ran."""
    ended: list[str] = []
    with house.app.app_context():
        engine = db.engine
    hooks = {name: (lambda _connection, name=name: ended.append(name)) for name in ("begin", "commit", "rollback")}
    for name, hook in hooks.items():
        event.listen(engine, name, hook)
    try:
        yield ended
    finally:
        for name, hook in hooks.items():
            event.remove(engine, name, hook)


def verbs(said: list[str]) -> list[str]:
    """What each statement does, and to which table; without the beginnings and settings of transactions."""
    words = [statement.split() for statement in said]
    return [" ".join(w[:3] if w[0] == "INSERT" else w[:2]) for w in words if w[0] not in ("BEGIN", "SET")]


def test_signing_says_two_statements_in_one_transaction_and_looks_nothing_up(house: House) -> None:
    client = house.client()
    form = house.form(client)
    client.post(f"{PAGE}/sign", data=form)  # the first of a process makes its connections
    with house.statements() as said, transactions(house) as ended:
        assert client.post(f"{PAGE}/sign", data=form).status_code == 303
    assert verbs(said) == ["INSERT INTO signature", "INSERT INTO email"]
    assert ended == ["begin", "commit"]


def test_confirming_is_one_update_in_one_transaction(house: House, database: str) -> None:
    house.sign()
    house.work()
    path = house.mails()[-1].link("/confirm/")
    client = house.client()
    form = hidden(client.get(path), path)
    with house.statements() as said, transactions(house) as ended:
        assert client.post(path, data=form).status_code == 303
    looked_up, *done = verbs(said)
    assert looked_up.startswith("SELECT")
    assert done == {
        "sqlite": ["UPDATE signature", "INSERT INTO mailbox", "INSERT INTO change", "INSERT INTO email"],
        "postgresql": ["WITH settled"],
    }[database]
    assert ended == ["begin", "commit"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_signing_asks_redis_at_most_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = house.client()
    form = house.form(client)
    client.post(f"{PAGE}/sign", data=form)
    asked: list[Any] = []
    send = AbstractConnection.send_packed_command

    def counted(self: Any, command: Any, *more: Any, **named: Any) -> Any:
        asked.append(command)
        return send(self, command, *more, **named)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", counted)
    assert client.post(f"{PAGE}/sign", data=form).status_code == 303
    assert 1 <= len(asked) <= 2


# --- Pages that are kept ------------------------------------------------------------------------------


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The hand of the clock by which pages are kept; it stands still until it is moved."""
    hand = SimpleNamespace(at=100.0)
    monkeypatch.setattr(keeping, "time", SimpleNamespace(perf_counter=lambda: hand.at))
    return hand


@pytest.fixture
def kept(house: House, hand: SimpleNamespace) -> Iterator[Client]:
    """A browser at the same house as it is served: with pages kept."""
    app = create_app(house.config, keeps=True)
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def test_a_page_asked_for_again_costs_no_statement_and_says_the_same(house: House, kept: Client) -> None:
    first = kept.get(PAGE)
    house.signed()
    again = kept.get(PAGE)
    assert again.data == first.data
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    without = [pair for pair in again.headers if pair[0] != "X-Request-Id"]
    assert without == [pair for pair in first.headers if pair[0] != "X-Request-Id"]
    assert kept.get(PAGE, headers={"Cache-Control": "no-cache"}).data != first.data


def test_what_an_answer_depends_on_keeps_answers_apart(kept: Client) -> None:
    english = kept.get(PAGE)
    assert b'lang="es"' in kept.get(f"{PAGE}?lang=es").data[:200]
    assert b'lang="es"' in kept.get(PAGE, headers={"Accept-Language": "es"}).data[:200]
    packed = kept.get(PAGE, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert kept.get(PAGE).data == english.data
    assert b"/mailbox" in english.data
    far = kept.get(PAGE, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert b"/mailbox" not in far.data


def test_who_has_the_page_already_is_told_so(kept: Client) -> None:
    first = kept.get(PAGE)
    again = kept.get(PAGE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert kept.get(PAGE, headers={"If-None-Match": 'W/"another"'}).status_code == 200


def test_private_pages_faults_and_forms_are_never_kept(house: House, kept: Client) -> None:
    sent = house.sign().headers["Location"]
    for path in (sent, "/statements/nowhere", "/confirm"):
        first, second = kept.get(path), kept.get(path)
        assert first.headers["Cache-Control"] == "no-store", path
        assert first.status_code == second.status_code


def test_a_count_is_kept_for_half_a_second(house: House, kept: Client, hand: SimpleNamespace) -> None:
    assert kept.get(COUNT).get_json()["verified"] == 0
    house.signed()
    assert kept.get(COUNT).get_json()["verified"] == 0
    hand.at += 0.51
    assert kept.get(COUNT).get_json()["verified"] == 1


def test_a_house_for_tests_keeps_nothing(house: House) -> None:
    assert house.count() == 0
    house.signed()
    assert house.count() == 1
