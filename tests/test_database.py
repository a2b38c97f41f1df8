"""The database's door: SQLite's rules, readers that cannot write, and transactions that leave no half."""

import threading
import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from petition import clock
from petition import db as database
from petition.db import SQLITE_RULES, db
from petition.errors import Busy
from petition.mail.mailboxes import Mailbox
from petition.signatures.models import Signature
from petition.writers import WritersQueue
from tests.ground import SLUG, House


@pytest.mark.one_database("sqlite", "whose rules these are")
def test_every_sqlite_connection_follows_the_rules(house: House) -> None:
    with house.app.app_context():
        connections = [db.engine.connect() for _ in range(3)]
        try:
            for connection in connections:
                found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name, _, _ in SQLITE_RULES}
                assert found == {name: expected for name, _, expected in SQLITE_RULES}
                assert found["journal_mode"] == "wal"
                assert found["synchronous"] == 2
                assert found["foreign_keys"] == found["secure_delete"] == 1
        finally:
            for connection in connections:
                connection.close()


@pytest.mark.one_database("sqlite", "whose rules these are")
@pytest.mark.parametrize(
    ("rule", "worse"), [("synchronous", "NORMAL"), ("foreign_keys", "OFF"), ("secure_delete", "OFF")]
)
def test_a_start_on_a_connection_that_breaks_a_rule_is_refused(house: House, rule: str, worse: str) -> None:
    with house.app.app_context(), db.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.cursor().execute(f"PRAGMA {rule}={worse}")
    with house.reading() as session, pytest.raises(RuntimeError, match=rule):
        database.check(session)


def test_a_reading_transaction_cannot_write(house: House) -> None:
    with house.reading() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("UPDATE site SET demo = false"))
    with house.reading() as session:
        assert database.is_demo(session)


def test_reading_and_writing_take_turns_on_one_connection(house: House) -> None:
    for seconds in range(3):
        with house.writing() as session:
            session.add(Mailbox(hash=bytes([seconds]), answered_at=clock.now()))
        with house.reading() as session:
            assert session.scalar(select(func.count()).select_from(Mailbox)) == seconds + 1
        with house.reading() as session, pytest.raises(DBAPIError):
            session.execute(text("DELETE FROM mailbox"))


def test_a_write_that_fails_leaves_nothing(house: House) -> None:
    def fail() -> None:
        with house.writing() as session:
            session.add(Mailbox(hash=b"one"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert house.rows(Mailbox) == []


def test_a_row_that_points_nowhere_is_refused(house: House) -> None:
    def point_nowhere() -> None:
        with house.writing() as session:
            session.add(
                Signature(
                    statement_id=999, revision_id=999, notice_id=999, language="en",
                    show_name=False, updates=False, signed_at=clock.now(),
                )
            )  # fmt: skip

    with pytest.raises(IntegrityError):
        point_nowhere()


def test_a_reader_sees_one_state_of_the_database_throughout(house: House) -> None:
    with house.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mailbox)) == 0
        writer = threading.Thread(target=_write_one, args=(house,))
        writer.start()
        writer.join()
        assert session.scalar(select(func.count()).select_from(Mailbox)) == 0
    assert len(house.rows(Mailbox)) == 1


def _write_one(house: House) -> None:
    with house.writing() as session:
        session.add(Mailbox(hash=threading.current_thread().name.encode()))


def test_many_threads_write_and_none_is_turned_away(house: House) -> None:
    refused: list[BaseException] = []

    def write_ten() -> None:
        try:
            for number in range(10):
                with house.writing() as session:
                    session.add(Mailbox(hash=f"{threading.get_ident()} {number}".encode()))
        except BaseException as fault:
            refused.append(fault)

    threads = [threading.Thread(target=write_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == []
    assert len(house.rows(Mailbox)) == 80


@pytest.mark.one_database("sqlite", "which has one writer at a time")
def test_writers_who_wait_too_long_are_told_to_come_again_and_give_everything_back(house: House) -> None:
    turn = WritersQueue(house.database_file.with_name("petition.db.writers")).wait()

    def refused() -> None:
        with pytest.raises(Busy):
            _write_one(house)

    threads = [threading.Thread(target=refused) for _ in range(10)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    answer = house.sign(name="Ada of the Long Wait")
    assert 4.5 < time.monotonic() - began < 9.9
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Ada of the Long Wait" in answer.text
    for thread in threads:
        thread.join()
    assert house.client().get("/").status_code == 200
    with house.app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    turn.end()
    assert house.rows(Signature) == []
    assert house.rows(Mailbox) == []
    assert house.sign().status_code == 303


def test_a_moment_comes_back_as_it_went_in_and_in_utc(house: House) -> None:
    moment = datetime(2019, 11, 3, 1, 30, 0, 123456, tzinfo=UTC)
    with house.writing() as session:
        session.add(Mailbox(hash=b"one", answered_at=moment.astimezone(tz=None)))
    (kept,) = house.rows(Mailbox)
    assert kept.answered_at == moment
    assert kept.answered_at is not None
    assert kept.answered_at.utcoffset() == timedelta(0)


def test_a_moment_without_a_time_zone_is_refused(house: House) -> None:
    def keep_naive() -> None:
        with house.writing() as session:
            session.add(Mailbox(hash=b"one", answered_at=datetime(2019, 11, 3)))  # noqa: DTZ001

    with pytest.raises(StatementError, match="time zone"):
        keep_naive()


@pytest.mark.one_database("postgresql", "whose server can go while we stay")
def test_after_the_server_has_gone_and_come_back_nobody_notices_who_comes_after_a_rest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "REST", 0.0)
    assert house.sign().status_code == 303
    _end_every_connection(house)
    assert house.client().get("/").status_code == 200
    _end_every_connection(house)
    assert house.sign().status_code == 303


@pytest.mark.one_database("postgresql", "whose server can go while we stay")
def test_who_comes_in_the_moment_the_server_goes_is_told_so_and_the_next_one_is_served(house: House) -> None:
    client = house.client()
    form = house.form(client)
    _end_every_connection(house)
    answers = [client.post(f"/statements/{SLUG}/sign", data=form).status_code for _ in range(3)]
    assert answers == [503, 303, 303]
    assert len(house.rows(Signature)) == 2


@pytest.mark.one_database("postgresql", "where asking is a round trip")
def test_a_connection_in_use_a_moment_ago_is_not_asked_whether_it_stands(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.app.app_context():
        dialect = type(db.engine.dialect)
    asked: list[object] = []
    monkeypatch.setattr(dialect, "do_ping", lambda _self, connection: asked.append(connection))
    for _ in range(3):
        assert house.client().get("/").status_code == 200
    assert asked == []
    monkeypatch.setattr(database, "REST", 0.0)
    assert house.client().get("/").status_code == 200
    assert len(asked) == 1


def _end_every_connection(house: House) -> None:
    """As a restart of the server does, but for the connections of this house only."""
    with psycopg.connect(house.config.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
