"""A backup is one moment of a house that goes on; a restore brings that moment back, on either database."""

import contextlib
import hashlib
import json
import resource
import secrets
import sys
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, func, select, update

from petition.accounts.models import AuditEntry
from petition.cli import sheet
from petition.config import Config
from petition.crypto import KeyRing
from petition.db import is_demo
from petition.ledger import adding_up
from petition.mail.outbox import Email
from petition.packets import freezing
from petition.packets.models import Packet
from petition.signatures.models import Signature
from petition.statements import reading as statements
from petition.web.language import speaking
from tests import prepared
from tests.ground import ADDRESS, SLUG, House
from tests.prepared import attempt, command

PASSPHRASE = "ten thousand overdue notices"


def reason(done: Result) -> str:
    """What a refusal says, whatever kind it is of."""
    assert done.exit_code != 0
    return done.output if isinstance(done.exception, SystemExit) else str(done.exception)


def elsewhere(config: Config, data_dir: Path, **changes: Any) -> Config:
    """A place where nothing is yet."""
    data_dir.mkdir()
    ours = {"data_dir": data_dir, "key_file": data_dir / "keys.json", "redis_url": None}
    return replace(config, **{**ours, "database_url": f"sqlite:///{data_dir / 'petition.db'}", **changes})


def with_its_keys(config: Config, of: Config) -> Config:
    """The place, once the keys have been carried there."""
    config.key_file.write_bytes(of.key_file.read_bytes())
    return config


@contextlib.contextmanager
def opened(config: Config) -> Iterator[House]:
    house = House.open(config)
    try:
        yield house
    finally:
        house.close()


@contextlib.contextmanager
def people_signing(house: House) -> Iterator[list[str]]:
    """Somebody signs, confirms and is counted, and another one, until the block ends."""
    enough, done = threading.Event(), list[str]()

    def go_on() -> None:
        while not enough.is_set():
            done.append(f"reader-{len(done)}@patron.example")
            house.signed(done[-1])

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield done
    finally:
        enough.set()
        thread.join()


def packet(house: House) -> Packet:
    """A packet's frozen row, without its paper."""
    folder = house.config.data_dir
    with house.app.app_context(), speaking("en"), house.writing() as session:
        published = statements.published(session, SLUG, "en")
        frozen, contents = freezing.freeze(session, published, folder, sample=is_demo(session), now=house.clock.now())
        freezing.file(session, frozen, contents, KeyRing.read(house.config.key_file), house.config.base_url)
    (kept,) = house.rows(Packet)
    return kept


def kept(dump: Mapping[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """All that a backup holds; a restore itself is entered in the record."""
    return {name: rows for name, rows in dump.items() if name not in ("occurrence", "audit_entry")}


def manifest(archive: Path) -> dict[str, Any]:
    with zipfile.ZipFile(archive) as file:
        return dict(json.loads(file.read("manifest.json")))


def test_a_backup_of_a_house_in_use_is_one_moment_of_it(house: House, tmp_path: Path) -> None:
    house.signed()
    before = packet(house)
    archive = tmp_path / "backup.zip"
    with people_signing(house) as signing:
        while len(signing) < 2:
            time.sleep(0.05)
        command(house.config, "backup", str(archive))
        at_its_end = len(signing)
    assert archive.stat().st_mode & 0o777 == 0o600
    there = with_its_keys(elsewhere(house.config, tmp_path / "there"), house.config)
    assert "The ledger adds up" in command(there, "restore", str(archive))
    with opened(there) as restored:
        ledger = manifest(archive)["ledgers"][SLUG]
        assert 2 <= restored.count() == ledger["verified"] <= at_its_end + 1
        with restored.reading() as session:
            assert list(adding_up.faults(session)) == []
        (after,) = restored.rows(Packet)
        assert (after.counts, after.ledger_root, after.frozen_at) == (
            before.counts, before.ledger_root, before.frozen_at,
        )  # fmt: skip
        # It goes on where it stood: links open, and who has signed is known.
        assert restored.client().get(house.mails(ADDRESS)[-1].link("/signature/")).status_code == 200


def test_a_backup_of_one_database_is_restored_into_the_other(
    house: House, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    house.signed()
    house.sign(email="grace@patron.example", comment="Ünïcödé, “quotes”\nand a line")
    house.work()
    house.sign(email="gone@patron.example")
    with house.writing() as session:
        newest = session.scalar(select(func.max(Signature.id)))
        session.execute(delete(Signature).where(Signature.id == newest))
    archive = tmp_path / "backup.zip"
    command(house.config, "backup", str(archive))
    with contextlib.ExitStack() as stack:
        changes = {}
        if database == "sqlite":
            postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(postgres.database(f"{postgres.template}_restored"))
            changes["database_url"] = prepared.configured(tmp_path, PETITION_DATABASE_URL=url).database_url
        there = with_its_keys(elsewhere(house.config, tmp_path / "there", **changes), house.config)
        command(there, "restore", str(archive))
        restored = stack.enter_context(opened(there))
        assert kept(restored.dump()) == kept(house.dump())
        assert [entry.act for entry in restored.rows(AuditEntry)] == ["database restored"]
        restored.sign(email="new@patron.example")
        assert newest is not None
        assert max(row.id for row in restored.rows(Signature)) > newest


#: Either database makes the same archive, as the tests above show.
of_the_archive = pytest.mark.one_database("sqlite", "what is tried is the archive")


@pytest.fixture
def archive(house: House, tmp_path: Path) -> Path:
    """A backup of a house with one signature, without its keys."""
    house.signed()
    command(house.config, "backup", str(tmp_path / "backup.zip"))
    return tmp_path / "backup.zip"


def test_a_restore_changes_no_database_that_is_there(house: House, archive: Path) -> None:
    before = house.dump()
    said = reason(attempt(house.config, "restore", str(archive)))
    assert ("mv " if house.config.sqlite else "createdb") in said
    assert house.dump() == before


@of_the_archive
def test_a_restore_without_the_keys_says_what_they_are_for(house: House, archive: Path, tmp_path: Path) -> None:
    there = elsewhere(house.config, tmp_path / "there")
    said = reason(attempt(there, "restore", str(archive)))
    assert "no address can be read" in said
    assert "--keys-from-sheet" in said
    KeyRing.make(there.key_file)
    assert "are not those of the backup" in reason(attempt(there, "restore", str(archive)))
    there.key_file.unlink()
    assert "whoever signed can sign again" in command(there, "restore", "--new-keys", str(archive))
    with opened(there) as restored:
        assert restored.count() == 1
        # A link is known by its hash, which needs no key.
        assert restored.client().get(house.mails(ADDRESS)[-1].link("/signature/")).status_code == 200
        with pytest.raises(InvalidTag):
            restored.keys.open_address(restored.signature().address or b"")


@of_the_archive
def test_keys_travel_under_a_passphrase_only(house: House, tmp_path: Path) -> None:
    archive, there = tmp_path / "backup.zip", elsewhere(house.config, tmp_path / "there")
    assert "12 characters" in reason(attempt(house.config, "backup", "--with-keys", str(archive), typed="short\n"))
    assert not archive.exists()
    attempt(house.config, "backup", "--with-keys", str(archive), typed=f"{PASSPHRASE}\n")
    everything = archive.read_bytes()
    assert all(key not in everything for _, key in house.keys.keys.values())
    wrong = attempt(there, "restore", "--with-keys", str(archive), typed="another passphrase\n")
    assert "does not open" in reason(wrong)
    assert list(there.data_dir.iterdir()) == []
    assert attempt(there, "restore", "--with-keys", str(archive), typed=f"{PASSPHRASE}\n").exit_code == 0
    assert there.key_file.read_bytes() == house.config.key_file.read_bytes()
    assert there.key_file.stat().st_mode & 0o777 == 0o600


@of_the_archive
def test_the_keys_come_back_from_paper_and_a_slip_is_found(house: House, archive: Path, tmp_path: Path) -> None:
    there = elsewhere(house.config, tmp_path / "there")
    paper = sheet.written(house.keys, house.config.base_url, "1 May 2019")
    line = next(line for line in paper.splitlines() if "mailbox 2" in line)
    slip = paper.replace(line, line[:-1] + ("7" if line[-1] != "7" else "8"))
    assert "mailbox 2" in reason(attempt(there, "restore", "--keys-from-sheet", typed=slip))
    swapped = paper.replace("links 1", "links X").replace("links 2", "links 1").replace("links X", "links 2")
    assert "links 1" in reason(attempt(there, "restore", "--keys-from-sheet", typed=swapped))
    assert not there.key_file.exists()
    # As one types it: small letters, an o for a zero, no names.
    typed = "\n".join(sheet.lines_of(paper)).lower().replace("0", "o")
    assert attempt(there, "restore", "--keys-from-sheet", str(archive), typed=typed).exit_code == 0
    read = KeyRing.read(there.key_file)
    assert [read.key(purpose) for purpose in sheet.ON_PAPER] == [house.keys.key(p) for p in sheet.ON_PAPER]
    with opened(there) as restored:
        assert restored.client().get(house.mails(ADDRESS)[-1].link("/signature/")).status_code == 200


def rewritten(archive: Path, **members: bytes | None) -> Path:
    """The archive with some of its members replaced, or left out."""
    out = archive.with_name("rewritten.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = members.get(Path(name).stem, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out


def without(archive: Path, member: dict[str, Any], *columns: str) -> bytes:
    """The lines of a table as they were before it had these columns; so the manifest's entry says from now on."""
    kept = [place for place, column in enumerate(member["columns"]) if column not in columns]
    with zipfile.ZipFile(archive) as file:
        rows = [json.loads(line) for line in file.read(f"tables/{member['table']}.jsonl").splitlines()]
    lines = "".join(f"{json.dumps([row[place] for place in kept])}\n" for row in rows).encode()
    member["columns"] = [member["columns"][place] for place in kept]
    member["sha256"] = hashlib.sha256(lines).hexdigest()
    return lines


def by_field(archive: Path, member: dict[str, Any]) -> bytes:
    """The salts as they were when each had a row of its own; so the manifest's entry says from now on."""
    with zipfile.ZipFile(archive) as file:
        rows = [json.loads(line) for line in file.read("tables/opening.jsonl").splitlines()]
    lines = "".join(
        f"{json.dumps([row[0], field, salt])}\n"
        for row in rows
        for field, salt in zip(member["columns"][1:], row[1:], strict=True)
    ).encode()
    member["columns"], member["rows"] = ["entry_id", "field", "salt"], 3 * len(rows)
    member["sha256"] = hashlib.sha256(lines).hexdigest()
    return lines


@of_the_archive
def test_an_archive_that_is_not_whole_is_refused_before_anything_is_made(
    house: House, archive: Path, tmp_path: Path
) -> None:
    there = with_its_keys(elsewhere(house.config, tmp_path / "there"), house.config)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-100])
    for damaged in (
        cut,
        rewritten(archive, entry=b""),
        rewritten(archive, signature=None),
        rewritten(archive, manifest=b"{}"),
    ):
        assert "Nothing was changed" in reason(attempt(there, "restore", str(damaged)))
        assert list(there.data_dir.iterdir()) == [there.key_file]


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(house: House, archive: Path, tmp_path: Path) -> None:
    told = manifest(archive)
    told["migration"] = "0004"
    since = dict.fromkeys(
        ("occurrence", "chapter", "access_offer", "letterhead", "original", "page_image", "draft", "submission",
         "change_request", "template", "officer", "institution", "checkpoint", "packet_file", "tile",
         "spreadsheet", "audit", "sampled", "arrival", "paper_count",
         "contact", "proofread", "delivery", "delivery_fetch", "acknowledgement", "response", "news", "news_letter")
    )  # fmt: skip
    told["members"] = [member for member in told["members"] if member["table"] not in since]
    (statement,) = (member for member in told["members"] if member["table"] == "statement")
    lines = without(
        archive, statement, "chapter_id", "takes_signatures", "listed_at", "ended", "ended_at", "ended_because",
        "successor_id",
    )  # fmt: skip
    (packet,) = (member for member in told["members"] if member["table"] == "packet")
    packets = without(
        archive, packet, "language", "checkpoint", "options", "nonces", "sealed_at", "sealer", "issued_at"
    )
    (signature,) = (member for member in told["members"] if member["table"] == "signature")
    signatures = without(archive, signature, "withheld_at", "shown_since")
    (build,) = (member for member in told["members"] if member["table"] == "packet_build")
    builds = without(archive, build, "options")
    (change,) = (member for member in told["members"] if member["table"] == "change")
    changes = without(archive, change, "network")
    (opening,) = (member for member in told["members"] if member["table"] == "opening")
    openings = by_field(archive, opening)
    there = with_its_keys(elsewhere(house.config, tmp_path / "there"), house.config)
    told_now = json.dumps(told).encode()
    restored_from = rewritten(
        archive, manifest=told_now, statement=lines, packet=packets, packet_build=builds, change=changes,
        opening=openings, signature=signatures, **since,
    )  # fmt: skip
    command(there, "restore", str(restored_from))
    with opened(there) as restored:
        assert kept(restored.dump()) == {**kept(house.dump()), "chapter": [], "template": [], "arrival": []}
    told_of_newer = json.dumps({**told, "migration": "9999"}).encode()
    newer = rewritten(
        archive, manifest=told_of_newer, statement=lines, change=changes, opening=openings, signature=signatures
    )
    third = with_its_keys(elsewhere(there, tmp_path / "third"), there)
    assert "newer version" in reason(attempt(third, "restore", str(newer)))


@contextlib.contextmanager
def room_for(size: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file can grow beyond so many bytes."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@of_the_archive
def test_a_full_disk_is_named_and_leaves_nothing(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.signed()
    with house.writing() as session:
        session.execute(update(Email).values(error=secrets.token_hex(100_000)))
    (tmp_path / "out").mkdir()
    with room_for(64 * 1024, monkeypatch):
        said = reason(attempt(house.config, "backup", str(tmp_path / "out" / "backup.zip")))
    assert "The disk is full" in said
    assert list((tmp_path / "out").iterdir()) == []


@of_the_archive
def test_a_backup_never_takes_another_files_place(house: House, archive: Path) -> None:
    before = archive.read_bytes()
    assert "there already" in reason(attempt(house.config, "backup", str(archive)))
    assert archive.read_bytes() == before
