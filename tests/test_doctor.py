"""`petition doctor` says ready, or the first thing to mend."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from petition import occurrences
from petition.config import Config
from petition.crypto import KeyRing
from petition.ledger import adding_up
from petition.ledger.models import Entry, Head, Opening, Tally
from petition.mail.outbox import Email
from petition.signatures.models import Signature
from tests import postmaster, prepared
from tests.ground import ADDRESS, House
from tests.prepared import command
from tests.test_backup import attempt, opened, reason


def test_the_packets_that_no_backup_holds_are_named(house: House) -> None:
    folder = house.config.data_dir / "packets"
    assert "packets" not in attempt(house.config, "doctor").output.partition("backup: ")[2]
    (folder / "files" / "ab").mkdir(parents=True)
    (folder / "files" / "ab" / "abcd").write_bytes(b"%PDF-")
    said = attempt(house.config, "doctor").output
    assert f"backup: none yet: petition backup FILE; no backup holds the PDFs in {folder} (1): copy them" in said
    command(house.config, "backup", str(house.config.data_dir / "backup.zip"))
    assert f"UTC; no backup holds the PDFs in {folder} (1): copy them" in attempt(house.config, "doctor").output


def test_a_house_in_order_is_ready(house: House) -> None:
    house.signed()
    said = command(house.config, "doctor").splitlines()
    assert said[-1] == "ready"
    checks = [line.strip().partition(":")[0] for line in said[:-1]]
    assert checks == ["settings", "keys", "database", "fonts", "seal", "clock", "e-mail", "queue", "disk", "ledger",
                      "proxies", "backup", "pages"]  # fmt: skip
    assert said[-2].endswith("not drawn, without LibreOffice: sudo apt install libreoffice-writer-nogui "
                             "fonts-liberation fonts-crosextra-carlito fonts-crosextra-caladea")  # fmt: skip


#: PostgreSQL's clock does not move with ours, and doctor would name that first.
on_our_clock = pytest.mark.one_database("sqlite", "PostgreSQL has a clock of its own")


def first_to_mend(house: House, **variables: str) -> str:
    """What doctor names, and that it stops there."""
    done = attempt(house.config, "doctor", **variables)
    said = reason(done)
    assert "ready" not in said.splitlines()
    assert ADDRESS not in said
    return said.splitlines()[-1]


def test_keys_that_others_can_read_or_that_do_not_fit(house: House) -> None:
    house.signed()
    house.config.key_file.chmod(0o644)
    assert "chmod 600" in first_to_mend(house)
    house.config.key_file.unlink()
    assert "`petition init`" in first_to_mend(house)
    KeyRing.make(house.config.key_file)
    assert "--keys-from-sheet" in first_to_mend(house)


def test_a_database_that_was_not_migrated(house: House) -> None:
    with house.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    assert "`petition migrate`" in first_to_mend(house)


def test_a_clock_that_is_behind(house: House) -> None:
    house.signed()
    house.later(hours=-3)
    assert "timedatectl" in first_to_mend(house)


@on_our_clock
def test_work_that_nobody_does(house: House) -> None:
    house.sign()
    house.later(minutes=20)
    assert "1 e-mails should have left" in first_to_mend(house)
    house.work()
    house.confirm()
    house.later(minutes=2)
    assert "has not been counted for 2 minutes" in first_to_mend(house)
    house.work()
    assert command(house.config, "doctor").endswith("ready\n")


def test_e_mails_that_only_keep_the_pace_are_no_fault(house: House) -> None:
    now, earlier = house.clock.now(), house.clock.now() - timedelta(hours=1)
    with house.writing() as session:
        for state, ended_at in (("waiting", None), ("done", now)):
            session.add(Email(kind="signing", state=state, language="en", made_at=earlier, due_at=earlier,
                              until=now, ended_at=ended_at))  # fmt: skip
    assert "1 e-mails waiting" in command(house.config, "doctor")


LEDGER_FAULTS = {
    "leaf": update(Entry).values(leaf=Entry.leaf.op("||")(" ")),
    "hash": update(Entry).values(leaf_hash=bytes(32)),
    "size": update(Head).values(size=Head.size + 1),
    "tally": update(Tally).where(Tally.facet == "state").values(verified=Tally.verified + 1),
    "salt": update(Opening).values(name=bytes(16)),
    "name": update(Signature).values(name="Charles Babbage"),
    "status": update(Signature).values(status="invalidated"),
}


@pytest.fixture(scope="module")
def counted(made_ready: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with one counted signature, to which every fault is done and taken back."""
    with opened(prepared.copied(made_ready, tmp_path_factory.mktemp("counted") / "var")) as house:
        house.signed()
        yield house


@pytest.mark.parametrize("fault", LEDGER_FAULTS)
def test_a_ledger_that_does_not_add_up(counted: House, fault: str) -> None:
    with counted.writing() as session:
        assert list(adding_up.faults(session)) == []
        session.execute(LEDGER_FAULTS[fault])
        session.expire_all()
        assert next(adding_up.faults(session), None) is not None
        session.rollback()


def test_a_tampered_ledger_is_named(house: House) -> None:
    house.signed()
    with house.writing() as session:
        session.execute(LEDGER_FAULTS["tally"])
    assert "The tally state NE of ebooksforall is 2; its leaves make 1." in first_to_mend(house)


@on_our_clock
def test_a_proxy_that_nobody_trusts_is_noticed_without_its_address(house: House) -> None:
    client, header = house.client(), {"X-Forwarded-For": "203.0.113.9"}
    # Anybody out there may send the header; then it is no proxy of ours, and is ignored as it should be.
    client.get("/", headers=header, environ_overrides={"REMOTE_ADDR": "1.1.1.1"})
    assert house.rows(occurrences.Occurrence) == []
    client.get("/", headers=header)
    assert "PETITION_TRUSTED_PROXIES" in first_to_mend(house)
    assert "203.0.113.9" not in json.dumps(house.dump()["occurrence"], default=str)
    house.later(days=3)
    assert command(house.config, "doctor").endswith("ready\n")
    client.get("/", headers=header)
    assert "PETITION_TRUSTED_PROXIES" in first_to_mend(house)


def test_a_real_house_needs_its_address_its_sender_and_a_server_that_answers(house: House) -> None:
    with house.writing() as session:
        session.execute(text("UPDATE site SET demo = :no"), {"no": False})
    settings = {
        "PETITION_SMTP_URL": f"smtp://127.0.0.1:{postmaster.free_port()}",
        "PETITION_BASE_URL": "https://petition.library.org",
        "PETITION_MAIL_FROM": "Petition <sign@library.org>",
    }
    given: dict[str, str] = {}
    for name, value in settings.items():
        assert name in first_to_mend(house, **given)
        given[name] = value
    assert "Nothing answers" in first_to_mend(house, **given)
    with postmaster.serving() as server:
        given["PETITION_SMTP_URL"] = f"smtp://127.0.0.1:{server.controller.port}"
        assert attempt(house.config, "doctor", **given).output.endswith("ready\n")
