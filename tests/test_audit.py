"""The record: it can only grow, on both databases, and no earlier entry can change unnoticed."""

import threading
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from petition import clock
from petition.accounts import auditing
from petition.accounts.models import AuditEntry, Role
from tests.ground import House
from tests.signing_in import admitted

CHANGES: Final = (
    "UPDATE audit_entry SET act = 'nothing happened'",
    "UPDATE audit_entry SET id = id + 100",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE id = 1",
)
ONLY_SQLITE: Final = (
    "REPLACE INTO audit_entry (id, at, act, subject, details, digest) VALUES (1, '2026-01-01', 'a', 'b', '{}', x'00')",
    "INSERT OR REPLACE INTO audit_entry SELECT id, at, account_id, 'x', subject, details, digest FROM audit_entry",
)
ONLY_POSTGRESQL: Final = ("TRUNCATE audit_entry CASCADE", "TRUNCATE account CASCADE")


def record(house: House, number: int = 3) -> None:
    account = admitted(house, Role.ORGANIZER)
    for each in range(number):
        with house.writing() as session:
            auditing.record(session, clock.now(), account, "signature held", f"signature {each}", reason="zażółć")


def test_no_statement_changes_or_deletes_an_entry(house: House) -> None:
    record(house)
    before = house.dump()["audit_entry"]
    changes = CHANGES + (ONLY_SQLITE if house.config.sqlite else ONLY_POSTGRESQL)
    for change in changes:
        with pytest.raises(DBAPIError, match="append-only"), house.writing() as session:
            session.execute(text(change))
        assert house.dump()["audit_entry"] == before, change
    record(house, 1)
    assert len(house.dump()["audit_entry"]) == len(before) + 1


def test_each_entry_seals_those_before_it(house: House) -> None:
    record(house)
    with house.reading() as session:
        digest = auditing.digest(session)
        assert auditing.broken(session) is None
    assert (digest.last, digest.head) == (5, house.rows(AuditEntry)[-1].digest)
    with house.writing() as session:
        for trigger in ("audit_entry_update",) if house.config.sqlite else ("audit_entry_change",):
            on = "" if house.config.sqlite else " ON audit_entry"
            session.execute(text(f"DROP TRIGGER {trigger}{on}"))
        session.execute(text("UPDATE audit_entry SET subject = 'signature 9' WHERE id = 4"))
    with house.reading() as session:
        assert auditing.broken(session) == 4


def test_many_who_record_at_once_make_one_chain(house: House) -> None:
    def several() -> None:
        for _ in range(5):
            with house.writing() as session:
                auditing.record(session, clock.now(), None, "packet made", "packet 1")

    threads = [threading.Thread(target=several) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with house.reading() as session:
        assert auditing.broken(session) is None
    assert len(house.rows(AuditEntry)) == 20


def test_the_record_is_read_by_key_the_newest_first_and_names_nobody(house: House) -> None:
    with house.writing() as session:
        assert auditing.digest(session) == auditing.Digest(0, auditing.START)
        auditing.record(session, clock.now(), None, "packet made", "packet 1")
        session.rollback()
    record(house, 5)
    with house.reading() as session:
        first = auditing.newest(session, None, 4)
        rest = auditing.newest(session, first[-1].id, 4)
    acts = [(entry.act, entry.subject[:-1]) for entry in first + rest]
    assert acts == [("signature held", "signature ")] * 5 + [("role given", "account "), ("account made", "account ")]
    assert "@" not in repr([(row.act, row.subject, row.details) for row in house.rows(AuditEntry)])


