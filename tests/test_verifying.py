"""A packet is checked without us: what is intact and known, what is intact and unknown, and whatever is wrong."""

import csv
import hashlib
import io
import json
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from petition import merkle
from petition.cli import petition
from petition.ledger import checkpoints
from petition.ledger.checkpoints import Signed
from petition.packets import carrying, certificates, container, evidence, seal_reading, sealing, verifying
from petition.packets.container import Damaged
from petition.packets.evidence import Evident
from petition.packets.roster_reading import CarriedRoster
from petition.packets.seal_reading import Seal
from petition.paths import STATIC
from tests import sealing as sealing_of_tests
from tests import verifier_mutants
from tests.sealing import NOW, PASSWORD, Made, issued, ledger, p12, packet, ring, timestamp_server, with_roster
from tests.tampering import token_of, with_token

pytestmark = pytest.mark.one_database("sqlite", "no database is asked")
Needs = Callable[[str], str]
FLIPS = 1000
ALONE = (sys.executable, "-I", "-S", str(STATIC / "verify.py"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return packet(tmp_path_factory.mktemp("packet"))


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> Made:
    with timestamp_server() as server:
        return packet(tmp_path_factory.mktemp("stamped"), server=server.url)


@pytest.fixture(autouse=True)
def no_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a publisher's machine: the program alone, without data or keys."""
    monkeypatch.setenv("PETITION_DATA_DIR", str(tmp_path / "nowhere"))


def check(path: Path, *more: str | Path) -> Result:
    return CliRunner().invoke(petition, ["packet", "verify", str(path), *map(str, more)])


def alone(*files: Path) -> subprocess.CompletedProcess[str]:
    """verify.py, as somebody runs it who has nothing but Python."""
    return subprocess.run([*ALONE, *files], capture_output=True, text=True, check=False, encoding="utf-8")


def verify(made: Made, data: bytes | None = None) -> verifying.Verdict:
    known = {made.sealer.fingerprint: "ours"}
    return verifying.verify(made.pdf.read_bytes() if data is None else data, made.evidence, known)


# --- What holds -----------------------------------------------------------------------------------


def test_a_packet_of_an_unknown_sealer_is_intact_and_no_more(made: Made) -> None:
    done = check(made.pdf, "--evidence", made.evidence)
    assert done.exit_code == 2
    assert "Intact, sealer unknown." in done.output
    assert made.sealer.fingerprint in done.output.split("Not proven")[1]


def test_with_its_fingerprint_a_packet_is_proven_and_says_what_is_not(made: Made) -> None:
    colons = ":".join(made.sealer.fingerprint.upper()[at : at + 2] for at in range(0, 64, 2))
    done = check(made.pdf, "--evidence", made.evidence, "--fingerprint", colons)
    assert done.exit_code == 0
    proven, rest = done.output.split("Not proven")
    for sentence in (
        "No byte that the seal covers has changed", "the one that you gave", "All 13 entries of the ledger",
        "7 signatures follow from them: 9 entered, 1 withdrawn, 2 invalidated, 1 restored", "6 rows of the roster",
    ):  # fmt: skip
        assert sentence in proven
    for sentence in ("is the sealer's word", "that none was added", "printed roster", "same checkpoint", "/verify"):
        assert sentence in rest


def test_without_its_evidence_the_ledger_is_not_checked(made: Made) -> None:
    done = check(made.pdf, "--fingerprint", made.sealer.fingerprint)
    assert done.exit_code == 0
    assert "--evidence packet-evidence.bin" in done.output.split("Not checked")[1]
    assert "entries of the ledger, rebuilt" not in done.output


def test_another_fingerprint_leaves_the_sealer_unknown(made: Made) -> None:
    assert check(made.pdf, "--fingerprint", "0" * 64).exit_code == 2
    wrong = check(made.pdf, "--fingerprint", "a8c5")
    assert wrong.exit_code == 1
    assert "64 digits" in wrong.output


def test_where_we_are_installed_our_own_seal_is_known(made: Made, tmp_path: Path) -> None:
    ring().write(tmp_path / "nowhere" / "keys.json")
    done = check(made.pdf)
    assert done.exit_code == 0
    assert "this installation's own" in done.output


def test_an_organizers_certificate_seals_and_is_known_where_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needs: Needs
) -> None:
    root = issued("A root", ca=True)
    (tmp_path / "seal.p12").write_bytes(p12(issued("State Library Association", root), root))
    made = packet(tmp_path, certificates.read(tmp_path / "seal.p12", PASSWORD, NOW))
    assert check(made.pdf, "--evidence", made.evidence).exit_code == 2
    monkeypatch.setenv("PETITION_SEAL_CERTIFICATE", str(tmp_path / "seal.p12"))
    monkeypatch.setenv("PETITION_SEAL_PASSWORD", PASSWORD)
    done = check(made.pdf, "--evidence", made.evidence)
    assert done.exit_code == 0, done.output
    assert "“State Library Association” sealed it" in done.output
    said = subprocess.run([needs("pdfsig"), "-nocert", made.pdf], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


def test_a_certificate_that_has_expired_since_is_still_known_where_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = issued("State Library Association", ends=NOW + timedelta(days=3))
    (tmp_path / "seal.pem").write_bytes(own.key_pem + own.pem)
    made = packet(tmp_path, certificates.read(tmp_path / "seal.pem", None, NOW))
    monkeypatch.setenv("PETITION_SEAL_CERTIFICATE", str(tmp_path / "seal.pem"))
    monkeypatch.setattr("petition.clock.now", lambda: NOW + timedelta(days=4))
    done = check(made.pdf)
    assert done.exit_code == 0, done.output
    assert "of this installation's certificate" in done.output


def test_a_timestamp_is_told_with_what_nobody_has_checked_of_it(stamped: Made) -> None:
    verdict = verify(stamped)
    assert any("“Sample time authority” in the seal fits it" in one for one in verdict.not_proven)
    assert any("Who “Sample time authority” is" in one for one in verdict.not_checked)
    assert not any("timestamp" in one for one in verdict.proven)


def test_a_town_with_an_apostrophe_of_its_own_is_right_to_both_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = list(sealing_of_tests.PEOPLE)
    people[0], people[3] = ("Ada Lovelace", "'Ewa Beach", "HI", ""), ("Jan Jansen", "'s-Hertogenbosch", "ZZ", "NL")
    monkeypatch.setattr(sealing_of_tests, "PEOPLE", tuple(people))
    made = packet(tmp_path)
    assert verify(made).known
    found = alone(made.pdf, made.evidence)
    assert found.returncode == 0, found.stderr


# --- Whatever was changed -------------------------------------------------------------------------


def flipped(data: bytes, at: int, chance: random.Random) -> bytes:
    changed = bytearray(data)
    changed[at] ^= chance.randrange(1, 256)
    return bytes(changed)


def refused(data: bytes) -> bool:
    try:
        seal_reading.read(data)
    except Damaged:
        return True
    return False


@pytest.mark.parametrize("which", ["made", "stamped"])
def test_no_byte_can_be_changed_anywhere(which: str, request: pytest.FixtureRequest) -> None:
    data = request.getfixturevalue(which).pdf.read_bytes()
    chance = random.Random(20261122)
    survived = [at for at in chance.sample(range(len(data)), FLIPS) if not refused(flipped(data, at, chance))]
    assert survived == []


@pytest.mark.parametrize("which", ["made", "stamped"])
def test_no_digit_of_the_signature_can_be_changed(which: str, request: pytest.FixtureRequest) -> None:
    # All digits were tried once, each against three others; that takes a minute, so these are drawn.
    data = request.getfixturevalue(which).pdf.read_bytes()
    begin, after = container.find(data).byte_range[1:3]
    filled = len(data[begin + 1 : after - 1].rstrip(b"0"))
    chance = random.Random(20261122)
    drawn = chance.sample(range(begin + 1, begin + 1 + filled), 120)
    for at in (begin, *drawn, *range(begin + 1 + filled, after, 997), after - 2, after - 1):
        digit = chance.choice(b"0123456789ABCDEFabcdef <>")
        changed = data[:at] + bytes([digit]) + data[at + 1 :]
        assert changed == data or refused(changed), at


def test_whatever_hides_in_the_signatures_padding_is_found(made: Made) -> None:
    data = made.pdf.read_bytes()
    _, _, after, _ = container.find(data).byte_range
    for hidden in (b"DEADBEEF", b"       1", b"00000001"):
        with pytest.raises(Damaged):
            seal_reading.read(data[: after - 40] + hidden + data[after - 40 + len(hidden) :])


@pytest.mark.parametrize("tail", [b"\n", b"%%EOF\n", b"\x00" * 8, b"4 0 obj\n<<>>\nendobj\n"])
def test_nothing_can_be_appended(tail: bytes, made: Made, tmp_path: Path) -> None:
    (tmp_path / "longer.pdf").write_bytes(made.pdf.read_bytes() + tail)
    done = check(tmp_path / "longer.pdf", "--fingerprint", made.sealer.fingerprint)
    assert done.exit_code == 1
    assert "to its last byte" in done.output


def test_a_timestamp_that_somebody_put_in_proves_nothing_and_an_older_one_than_the_seal_is_refused(made: Made) -> None:
    data = made.pdf.read_bytes()
    later = verify(made, with_token(data, token_of(data, "Sample time authority", NOW + timedelta(minutes=1))))
    assert not any("Sample time authority" in one for one in later.proven)
    [when] = [one for one in later.not_proven if "Sample time authority" in one]
    assert "anybody can put one there" in when
    with pytest.raises(Damaged, match="older than the seal"):
        verify(made, with_token(data, token_of(data, "DigiCert Timestamp 2023", datetime(2019, 1, 1, tzinfo=UTC))))


def test_a_name_in_a_certificate_writes_no_line_of_the_verdict(made: Made, tmp_path: Path) -> None:
    data = made.pdf.read_bytes()
    name = "X.\nIntact, sealer known.\nProven\n  - \x1b[2JDigiCert \u202e"
    token = token_of(data, name, NOW + timedelta(minutes=1))
    (tmp_path / "named.pdf").write_bytes(with_token(data, token))
    done = check(tmp_path / "named.pdf")
    assert done.exit_code == 2
    assert "X.\ufffdIntact, sealer known.\ufffdProven\ufffd  - \ufffd[2JDigiCert \ufffd” is" in done.output
    assert [line for line in done.output.splitlines() if line[:1] not in (" ", "-")] == [
        "Proven", "Not proven", "Not checked", "Intact, sealer unknown.",
    ]  # fmt: skip


def test_a_timestamp_that_somebody_took_out_is_missed_by_nobody_but_the_sha256(stamped: Made) -> None:
    data = with_token(stamped.pdf.read_bytes(), None)
    verdict = verify(stamped, data)
    assert any("could have taken one away" in one for one in verdict.not_proven)
    assert any(hashlib.sha256(data).hexdigest() in one and "/verify" in one for one in verdict.not_checked)


def test_an_update_or_a_second_signature_is_refused(made: Made, tmp_path: Path) -> None:
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    with made.pdf.open("rb") as file, (tmp_path / "updated.pdf").open("wb") as out:
        writer = IncrementalPdfFileWriter(file)
        writer.root[pdf_name("/Lang")] = pdf_string("es")
        writer.update_root()
        writer.write(out)
    assert "to its last byte" in check(tmp_path / "updated.pdf").output
    second = made.pdf.read_bytes() + made.pdf.read_bytes()[-4000:].replace(b"%%EOF", b"/ByteRange [0 1 2 3]")
    (tmp_path / "second.pdf").write_bytes(second + b"/ByteRange [0 1 2 3]")
    done = check(tmp_path / "second.pdf")
    assert done.exit_code == 1
    assert "more than one signature" in done.output


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_part_of_a_packet_is_damaged(share: float, made: Made, tmp_path: Path) -> None:
    data = made.pdf.read_bytes()
    (tmp_path / "part.pdf").write_bytes(data[: int(len(data) * share)])
    done = check(tmp_path / "part.pdf")
    assert done.exit_code == 1
    assert done.output.count("\n") == 1


def test_files_that_are_no_packets_are_called_so_in_one_sentence(made: Made, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.pdf"
    for data, sentence in (
        (b"", "This is not a PDF"), (b"PK\x03\x04", "This is not a PDF"),
        ((made.pdf.parent / "unsealed.pdf").read_bytes(), "no signature was found"),
    ):  # fmt: skip
        foreign.write_bytes(data)
        done = check(foreign)
        assert done.exit_code == 1
        assert sentence in done.output
        assert done.output.count("\n") == 1
    from tests.sealing import small_pdf

    sealing.seal(small_pdf(tmp_path / "plain.pdf"), foreign, made.sealer, now=NOW)
    assert "no manifest" in check(foreign).output


# --- Whatever was sealed and is not right ---------------------------------------------------------


def edited(change: Callable[[dict[str, object]], None]) -> Callable[[str, bytes], bytes]:
    """The manifest with something changed before sealing."""

    def edit(name: str, data: bytes) -> bytes:
        if name != carrying.MANIFEST:
            return data
        manifest = json.loads(data)
        change(manifest)
        return json.dumps(manifest).encode()

    return edit


WRONG: dict[str, tuple[Callable[[str, bytes], bytes], str]] = {
    "a name": (with_roster(lambda data: data.replace(b"Ada", b"Eda")), "says something else"),
    "a town": (with_roster(lambda data: data.replace(b"Omaha", b"Miami")), "says something else"),
    "a state": (with_roster(lambda data: data.replace(b"Omaha,NE", b"Omaha,NJ")), "says something else"),
    "a day": (with_roster(lambda data: data.replace(b"2026-11-01", b"2026-11-02")), "another day"),
    "a name for whoever withheld it": (
        with_roster(lambda data: data.replace(b"Name withheld", b"Hidden Person")), "does not open"),
    "an entry that was withdrawn": (
        with_roster(lambda data: data.replace(b"6,2026-11-06", b"5,2026-11-05")), "does not|not count"),
    "a row twice": (with_roster(lambda data: data + data.splitlines(keepends=True)[-1]), "twice"),
    "a row less": (with_roster(lambda data: b"".join(data.splitlines(keepends=True)[:-1])), "number of rows|lacks"),
    "a checkpoint": (
        lambda name, data: data.replace(b"\n13\n", b"\n14\n") if name == carrying.CHECKPOINT else data, "checkpoint"),
    "a count": (edited(lambda said: said["counts"].update(withdrawn=2)), "other counts|do not fit"),  # type: ignore[attr-defined]
    "a text's count": (edited(lambda said: said["texts"][0].update(verified=9)), "one of the texts"),  # type: ignore[index]
    "the root": (edited(lambda said: said["ledger"].update(root="0" * 64)), "checkpoint"),  # type: ignore[attr-defined]
    "no evidence": (edited(lambda said: said.pop("evidence")), "not written|damaged"),  # type: ignore[arg-type]
    "a sealer that moves the cursor": (edited(lambda said: said.update(sealer="\x1b[2J")), "another certificate"),
    "a sealer of several lines": (
        edited(lambda said: said.update(sealer="ab\nDEAD BEEF\n" + "cd" * 32)), "another certificate"),
    "a key that moves the cursor": (
        edited(lambda said: said["ledger"].update(key=f"{said['ledger']['key']}\x1b[2J")),  # type: ignore[attr-defined,index]
        "not written"),
    "another version": (edited(lambda said: said.update(version=2)), "version|manifest"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_sealed_lie_is_found_by_both_programs(what: str, tmp_path: Path) -> None:
    change, sentence = WRONG[what]
    lie = packet(tmp_path, change=change)
    with pytest.raises(Damaged, match=sentence) as damaged:
        verify(lie)
    assert "\n" not in str(damaged.value)
    found = alone(lie.pdf, lie.evidence)
    assert found.returncode == 1
    assert found.stderr.startswith("NOT RIGHT: ")
    assert "Traceback" not in found.stderr


def said_otherwise(number: int, **what: object) -> list[Evident]:
    """The ledger with one leaf that says something else."""
    entries = ledger()
    entries[number - 1] = Evident(evidence.canonical({**json.loads(entries[number - 1].text), **what}))
    return entries


def with_root(entries: list[Evident]) -> Callable[[str, bytes], bytes]:
    """A ledger whose key has signed that."""
    root = merkle.root(merkle.leaf_hash(one.text.encode()) for one in entries)
    note = checkpoints.note(ring(), Signed(sealing_of_tests.ORIGIN, len(entries), root, NOW.replace(microsecond=0)))

    def edit(name: str, data: bytes) -> bytes:
        if name == carrying.CHECKPOINT:
            return note.encode()
        if name == carrying.MANIFEST:
            manifest = json.loads(data)
            manifest["ledger"]["root"] = root.hex()
            manifest["checkpoint"]["sha256"] = hashlib.sha256(note.encode()).hexdigest()
            return json.dumps(manifest).encode()
        return data

    return edit


def test_an_entry_that_undoes_what_is_no_signature_is_found_by_both_programs(tmp_path: Path) -> None:
    # Entry 13 restores 12, which is no signature and does not count, where it restored 9.
    entries = said_otherwise(13, of=12)
    lie = packet(tmp_path, evident=entries, change=with_root(entries))
    with pytest.raises(Damaged, match="undoes what is not there"):
        verify(lie)
    assert alone(lie.pdf, lie.evidence).returncode == 1


@pytest.mark.parametrize("number", [b"0", b"-12", b"14", b"13"])
def test_a_row_whose_number_is_of_no_signature_is_found_by_both_programs(number: bytes, tmp_path: Path) -> None:
    lie = packet(tmp_path, roster=lambda data: data.replace(b"6,2026-11-06", number + b",2026-11-06"))
    with pytest.raises(Damaged, match="does not count"):
        verify(lie)
    assert alone(lie.pdf, lie.evidence).returncode == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (carrying.MANIFEST, b"[" * 200_000),
        (carrying.MANIFEST, b'{"format": ' * 100_000),
        (carrying.ROSTER, b"number,day,name,place,state\n1,2026-11-01," + b"a" * 200_000 + b",Omaha,NE\n"),
    ],
    ids=["nested", "deeper", "a long field"],
)
def test_what_brings_a_reader_down_is_one_sentence(name: str, data: bytes, tmp_path: Path) -> None:
    if name == carrying.ROSTER:
        made = packet(tmp_path, roster=lambda _data: data)
    else:
        made = packet(tmp_path, change=lambda called, before: data if called == name else before)
    done = check(made.pdf)
    assert done.exit_code == 1, done.exception
    assert done.output.count("\n") == 1
    assert "packet" in done.output
    assert alone(made.pdf).returncode == 1


def test_a_packet_sealed_anew_by_somebody_else_is_not_the_packet(tmp_path: Path) -> None:
    copied = packet(tmp_path, certificates.ours(ring(90)), named=certificates.ours(ring()).fingerprint)
    with pytest.raises(Damaged, match="another certificate"):
        verify(copied)


@pytest.mark.parametrize("part", ["header", "columns", "secrets", "end"])
def test_changed_evidence_is_refused(part: str, made: Made, tmp_path: Path) -> None:
    data = made.evidence.read_bytes()
    at = {"header": 30, "columns": len(data) // 3, "secrets": len(data) - 60, "end": len(data) - 1}[part]
    changed = tmp_path / "changed.bin"
    changed.write_bytes(flipped(data, at, random.Random(1)))
    done = check(made.pdf, "--evidence", changed)
    assert done.exit_code == 1
    assert "not the one that belongs to this packet" in done.output
    assert alone(made.pdf, changed).returncode == 1


# --- The verifier itself --------------------------------------------------------------------------


@pytest.mark.parametrize("name", verifier_mutants.FAULTS)
def test_a_verifier_that_leaves_one_thing_out_lets_a_wrong_packet_pass(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, story = verifier_mutants.FAULTS[name]
    data, evident, sealer = story(tmp_path)
    with pytest.raises(Damaged):
        verifying.verify(data, evident, {sealer: "ours"})
    plant(monkeypatch)
    assert verifying.verify(data, evident, {sealer: "ours"}).known


# --- The evidence file ----------------------------------------------------------------------------


def write(out: Path, entries: list[Evident]) -> evidence.Written:
    root = merkle.root(merkle.leaf_hash(one.text.encode()) for one in entries).hex()
    return evidence.write(out, entries, statement="books", size=len(entries), root=root)


def test_a_roster_of_any_length_is_checked_with_little_more_memory_than_its_file_takes() -> None:
    header = ",".join(carrying.COLUMNS)
    lines = [f"{number},2019-11-22,Заря Sample {number},Town {number},NE\n" for number in range(1, 20_001)]
    roster = f"{header}\n{''.join(lines)}".encode()
    sha256 = hashlib.sha256(roster).hexdigest()
    told = {"file": carrying.ROSTER, "sha256": sha256, "rows": len(lines), "whole": True}
    seal = Seal("", "", NOW, None, "", (), {carrying.ROSTER: roster})
    tracemalloc.start()
    try:
        rows = verifying._rows(seal, {"roster": told, "counts": {"verified": len(lines)}})
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 200 * len(lines)
    assert rows.get(20_000) == ("2019-11-22", "Заря Sample 20000", "Town 20000", "NE")
    assert rows.get(20_001) is None


@pytest.mark.parametrize("name", ["Ada, Sample", 'Ada "A" Sample', "Ada\nSample", "Ada\r\nSample", "李"])
def test_a_row_is_read_as_it_was_written_whatever_is_in_a_name(name: str) -> None:
    file = io.StringIO(newline="")
    rows = [(number, "2019-11-22", name, f"Town {number}", "NE") for number in (3, 1, 2)]
    csv.writer(file, lineterminator="\n").writerows([carrying.COLUMNS, *rows])
    roster = CarriedRoster(file.getvalue().encode())
    assert [(number, *(roster.get(number) or ())) for number in roster] == rows


def test_every_leaf_comes_back_to_the_letter(tmp_path: Path) -> None:
    entries = ledger()
    entries.append(Evident('{"v": 2, "kind": "of a later version"}'))
    written = write(tmp_path / "e.bin", entries)
    with (tmp_path / "e.bin").open("rb") as file:
        header, read = evidence.read(file)
        back = list(read)
    assert [one.text for one in back] == [one.text for one in entries]
    assert [one.opened for one in back] == [one.opened for one in entries]
    assert (header["size"], written.entries, written.opened) == (14, 14, 6)
    assert hashlib.sha256((tmp_path / "e.bin").read_bytes()).hexdigest() == written.sha256
    assert write(tmp_path / "again.bin", entries) == written


def test_what_does_not_open_its_leaf_is_kept_hidden(tmp_path: Path) -> None:
    first = ledger()[0]
    assert first.opened is not None
    wrong = evidence.Opened("Eda Lovelace", first.opened.place, first.opened.name_salt, first.opened.place_salt)
    write(tmp_path / "e.bin", [Evident(first.text, wrong)])
    with (tmp_path / "e.bin").open("rb") as file:
        [back] = evidence.read(file)[1]
    assert (back.text, back.opened) == (first.text, None)


def test_a_place_of_something_else_than_words_is_damage_though_it_fits_the_commitment(tmp_path: Path) -> None:
    first = ledger()[0]
    assert first.opened is not None
    nothing: Any = (*first.opened.place[:2], None)  # committed to as an empty country is
    opened = evidence.Opened(first.opened.name, nothing, first.opened.name_salt, first.opened.place_salt)
    write(tmp_path / "e.bin", [Evident(first.text, opened)])
    with (tmp_path / "e.bin").open("rb") as file, pytest.raises(evidence.BadEvidence, match="from entry 1 on"):
        list(evidence.read(file)[1])


def test_any_flipped_byte_of_evidence_ends_in_a_sentence_or_another_root(tmp_path: Path) -> None:
    entries = ledger()
    write(tmp_path / "e.bin", entries)
    data = (tmp_path / "e.bin").read_bytes()
    chance = random.Random(7)
    names = [one.opened and one.opened.name for one in entries]
    for at in range(chance.randrange(5), len(data), 5):
        (tmp_path / "f.bin").write_bytes(flipped(data, at, chance))
        try:
            with (tmp_path / "f.bin").open("rb") as file:
                header, read = evidence.read(file)
                back = list(read)
        except evidence.BadEvidence:
            continue
        same = merkle.root(merkle.leaf_hash(one.text.encode()) for one in back).hex() == header["root"]
        assert not same or [one.opened and one.opened.name for one in back] == names, at


def test_evidence_of_another_root_is_not_written(tmp_path: Path) -> None:
    from petition.errors import CannotBuild

    with pytest.raises(CannotBuild, match="do not add up"):
        evidence.write(tmp_path / "e.bin", ledger(), statement="books", size=13, root="0" * 64)
    with pytest.raises(CannotBuild, match="cannot be written"):
        evidence.write(tmp_path / "none" / "e.bin", ledger(), statement="books", size=13, root="0" * 64)
    assert list(tmp_path.iterdir()) == []


# --- verify.py ------------------------------------------------------------------------------------


def test_verify_py_agrees_with_nothing_but_python(made: Made) -> None:
    both, one = alone(made.pdf, made.evidence), alone(made.pdf)
    assert both.returncode == one.returncode == 0, both.stderr
    assert "7 signatures follow" in both.stdout
    assert "evidence" not in one.stdout
    assert made.sealer.fingerprint in one.stdout.split("NOT checked here")[1]
    assert len((STATIC / "verify.py").read_text(encoding="utf-8").splitlines()) <= 200


def test_verify_py_checks_the_checkpoints_signature_after_rfc_8032() -> None:
    # RFC 8032, 7.1, test 2: key, message, signature.
    code = (
        f"import runpy; v = runpy.run_path({str(STATIC / 'verify.py')!r}); k = bytes.fromhex("
        "'3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'); s = bytes.fromhex("
        "'92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00'); print(v['signed'](k, b'\\x72', s), v['signed'](k, b'\\x73', s), "
        "v['signed'](k, b'\\x72', s[:32] + bytes(32)))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "False"]


def test_verify_py_calls_damaged_files_damaged(made: Made, tmp_path: Path) -> None:
    for name, data in (("empty", b""), ("part", made.pdf.read_bytes()[:2000])):
        (tmp_path / name).write_bytes(data)
        found = alone(tmp_path / name)
        assert found.returncode == 1
        assert "Traceback" not in found.stderr
    assert alone(tmp_path / "nowhere").returncode == 1
