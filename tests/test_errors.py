"""Faults of ours: a calm page with a reference, logs that name nobody, and text that stays in the form."""

import contextlib
import fcntl
import io
import json
import logging
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy.engine.base import RootTransaction

from petition import db as database
from petition.signatures import signing
from petition.signatures.models import Signature
from petition.web.traces import set_up_logs
from tests.ground import SLUG, House
from tests.witness import POLICY, Page, words

SIGN = f"/statements/{SLUG}/sign"
NAME = "Ada Sample-Okafor"
ADDRESS = "ada@patron.example"
SECRETS = (NAME, "Okafor", ADDRESS, "patron.example", "Scottsbluff", "203.0.113.7")


def failing(**_values: Any) -> str:
    raise ValueError(f"{NAME} <{ADDRESS}> of Scottsbluff broke it")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """The log as `serve` writes it; what the test calls reads all that was written."""
    written = io.StringIO()
    before = structlog.get_config()
    monkeypatch.setattr(logging.root, "handlers", [])
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", written)
        set_up_logs(quiet=False)
    yield written.getvalue
    structlog.configure(**before)


def test_a_fault_shows_a_calm_page_with_a_reference_and_no_stack(house: House) -> None:
    house.app.view_functions["pages.how_we_count"] = failing
    answer = house.client().get("/how-we-count")
    assert answer.status_code == 500
    page = Page(answer.text)
    assert "This did not work, and it is our fault." in page.text
    assert re.search("name the reference [0-9a-f]{8}", page.text)
    for told in ("Traceback", "ValueError", "petition/", ".py", "line ", *SECRETS[:3]):
        assert told not in answer.text, told
    assert page.faults == []
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Cache-Control"] == "no-store"
    assert page.all("a", href="/")


def test_the_log_has_the_reference_and_the_place_but_nobody(house: House, log: Callable[[], str]) -> None:
    house.app.view_functions["pages.how_we_count"] = failing
    answer = house.client().get("/how-we-count", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    found = re.search("name the reference ([0-9a-f]{12})", words(answer.text))
    assert found is not None
    written = log()
    (fault,) = [line for line in map(json.loads, written.splitlines()) if line["event"] == "fault"]
    assert (fault["reference"], fault["kind"], fault["level"]) == (found.group(1), "ValueError", "error")
    assert "test_errors.py" in str(fault["exception"])
    for secret in (*SECRETS, "broke it"):
        assert secret not in written, secret


def test_the_log_of_a_whole_journey_names_nobody_and_no_token(house: House, log: Callable[[], str]) -> None:
    client = house.client()
    client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    sent = house.sign(client, name=NAME, email=ADDRESS, city="Scottsbluff").headers["Location"]
    client.get(sent)
    client.post(sent, data={"code": "WRNG-C0DE"})
    house.work()
    house.confirm(ADDRESS, client)
    house.work()
    page = house.mails(ADDRESS)[-1].link("/signature/")
    client.get(page)
    house.press(f"{page}/withdraw", client)
    house.sign(client, name="", email=ADDRESS)
    client.get("/confirm/unknown-token-4711?email=ada@patron.example")
    house.work()
    written = log()
    assert written.count('"event": "request"') >= 10
    letters = house.mails()
    tokens = {part for mail in letters for link in mail.links for part in link.split("/") if len(part) > 30}
    codes = {code for mail in letters for code in mail.codes}
    assert len(tokens) >= 3
    assert codes
    for secret in (*SECRETS, *tokens, *codes, sent.rpartition("/")[2], "unknown-token-4711"):
        assert secret not in written, secret


def test_a_fault_while_signing_stores_nothing_and_keeps_the_form(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError(f"no letter for {ADDRESS}")

    before = house.dump()
    with monkeypatch.context() as patched:
        patched.setattr(signing, "owe_letter", broken)
        answer = house.sign(name=NAME, comment="A long thought.")
    assert answer.status_code == 500
    assert house.dump() == before
    page = Page(answer.text)
    assert page.all("input", name="name", value=NAME)
    assert "A long thought." in page.text
    assert re.search("Reference: [0-9a-f]{8}", page.text)
    assert "no letter for" not in answer.text
    assert house.sign(name=NAME).status_code == 303


def test_a_fault_at_the_commit_is_told_and_not_passed_over(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = house.dump()
    data = house.form(name=NAME)

    def full(_transaction: RootTransaction) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(RootTransaction, "commit", full)
        answer = house.client().post(SIGN, data=data)
    assert answer.status_code == 500
    assert house.dump() == before


# --- A database that is busy ------------------------------------------------------------------------


@contextlib.contextmanager
def another_writer(house: House) -> Iterator[None]:
    """Somebody outside our queue holds SQLite's writer lock."""
    connection = sqlite3.connect(house.database_file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def assert_busy(house: House, data: dict[str, str]) -> None:
    answer = house.client().post(SIGN, data=data)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    page = Page(answer.text)
    assert "Your text is still in the form. Try again in a minute." in page.text
    assert page.all("input", name="name", value=NAME)
    assert "A long thought." in page.text
    assert house.client().get("/").status_code == 200


@contextlib.contextmanager
def ruled(house: House, monkeypatch: pytest.MonkeyPatch, rule: str, value: int) -> Iterator[None]:
    """The house's connections follow this rule of SQLite's instead, until the block ends."""

    def begin_anew() -> None:
        with house.app.app_context():
            database.db.engine.dispose()

    others = [each for each in database.SQLITE_RULES if each[0] != rule]
    with monkeypatch.context() as patched:
        patched.setattr(database, "SQLITE_RULES", (*others, (rule, str(value), value)))
        begin_anew()
        yield
    begin_anew()


@pytest.mark.one_database("sqlite", "which has one writer at a time")
def test_a_locked_database_is_503_with_the_text_still_in_the_form(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = house.form(name=NAME, comment="A long thought.")
    before = house.dump()
    with ruled(house, monkeypatch, "busy_timeout", 100), another_writer(house):
        assert_busy(house, data)
    assert house.dump() == before
    assert house.client().post(SIGN, data=data).status_code == 303


@pytest.mark.one_database("sqlite", "which has one writer at a time")
def test_a_writers_queue_that_does_not_come_round_is_503_after_five_seconds(house: House) -> None:
    data = house.form(name=NAME, comment="A long thought.")
    assert house.sign(email="bo@patron.example").status_code == 303
    before = house.dump()
    line = house.database_file.with_name(house.database_file.name + ".writers")
    with line.open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        began = time.monotonic()
        assert_busy(house, data)
        assert 4.5 < time.monotonic() - began < 9.9
    assert house.dump() == before
    assert house.client().post(SIGN, data=data).status_code == 303


@pytest.mark.one_database("sqlite", "which can be told to grow no further")
def test_a_full_disk_takes_nothing_half_and_goes_on_afterwards(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite is told that its file may grow no further: what a full disk looks like to it."""
    with house.app.app_context(), database.db.engine.connect() as connection:
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    data = house.form(name=NAME, comment="A long thought. " * 30)
    taken = 0
    with ruled(house, monkeypatch, "max_page_count", pages):
        while (answer := house.client().post(SIGN, data=data)).status_code == 303:
            taken += 1
        assert answer.status_code in (500, 503)
        assert Page(answer.text).all("input", name="name", value=NAME)
        assert house.client().get("/").status_code == 200
        assert len(house.rows(Signature)) == len(house.emails()) == taken
    with ruled(house, monkeypatch, "max_page_count", 2**30):
        assert house.client().post(SIGN, data=data).status_code == 303
