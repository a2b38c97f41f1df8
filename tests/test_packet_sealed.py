"""From signatures to a sealed packet with its evidence: by the commands, as a publisher checks it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from petition import clock
from petition.ledger.models import Head
from petition.packets import certificates, disclosing, evidence, keeping
from petition.packets.models import Packet, PacketFile
from petition.paths import STATIC
from petition.signatures.models import Signature, Status
from petition.statements.models import Statement
from tests import delivering
from tests.ground import SLUG, House
from tests.prepared import attempt
from tests.sealing import NOW, PASSWORD, issued, p12
from tests.sealing import packet as sealed_packet


def test_a_packet_is_built_sealed_and_checked_with_its_evidence(house: House, tmp_path: Path) -> None:
    pages = {
        name: house.signed(f"p{at}@patron.example", name=name, city="Łódź" if at else "Omaha", state="NE")
        for at, name in enumerate(("Ada Lovelace", "Zoë Whitehorse", "Withdrawn Person", "Hidden Person"))
    }
    house.press(f"{pages['Withdrawn Person']}/withdraw")
    house.press(f"{pages['Hidden Person']}/withhold", on=pages["Hidden Person"])
    folder = tmp_path / "out"
    folder.mkdir()
    pdf, bound = folder / "packet.pdf", folder / "packet-evidence.bin"

    done = attempt(house.config, "packet", "build", SLUG, "--out", str(pdf))

    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in folder.iterdir()) == [bound.name, pdf.name]
    checked = attempt(house.config, "packet", "verify", str(pdf), "--evidence", str(bound))
    assert checked.exit_code == 0, checked.output
    assert "3 signatures follow from them: 4 entered, 1 withdrawn" in checked.output
    assert "2 rows of the roster say what their entries committed to; 1 stand in the ledger" in checked.output
    alone = subprocess.run(
        [sys.executable, "-I", "-S", STATIC / "verify.py", pdf, bound], capture_output=True, text=True, check=False
    )
    assert alone.returncode == 0, alone.stderr
    for hidden in (b"Hidden Person", b"Withdrawn Person", b"@patron.example"):
        assert hidden not in bound.read_bytes()
    [packet] = house.rows(Packet)
    assert packet.sealer in done.output
    assert packet.sealed_at is not None
    assert [file.part for file in house.rows(PacketFile)] == ["brief", "evidence"]


def test_a_packet_that_a_former_certificate_sealed_is_known_where_it_was_issued(house: House, tmp_path: Path) -> None:
    former = issued("State Library Association")
    (tmp_path / "seal.p12").write_bytes(p12(former))
    made = sealed_packet(tmp_path, certificates.read(tmp_path / "seal.p12", PASSWORD, NOW))
    assert attempt(house.config, "packet", "verify", str(made.pdf)).exit_code == 2
    packet = delivering.issued(house)
    with house.writing() as session:
        session.get_one(Packet, packet).sealer = made.sealer.fingerprint
    known = attempt(house.config, "packet", "verify", str(made.pdf))
    assert known.exit_code == 0, known.output
    assert "that of packets that were issued here" in known.output
    with house.writing() as session:
        session.get_one(Packet, packet).issued_at = None
    assert attempt(house.config, "packet", "verify", str(made.pdf)).exit_code == 2


@pytest.mark.one_database("sqlite", "what stands at the file's place has nothing to do with the database")
def test_a_copy_that_is_issued_and_cannot_be_put_in_its_place_is_said_to_be_issued(
    house: House, tmp_path: Path
) -> None:
    house.signed()
    (tmp_path / "packet-evidence.bin").mkdir()
    done = attempt(house.config, "packet", "build", SLUG, "--out", str(tmp_path / "packet.pdf"))
    assert done.exit_code == 1
    assert "Copy 1 is issued and its files are kept" in done.output
    assert "desk" in done.output
    [packet] = house.rows(Packet)
    assert packet.issued_at is not None
    for file in house.rows(PacketFile):
        assert keeping.sound(house.config.data_dir, file)


@pytest.mark.one_database("sqlite", "it ends before any row is written")
def test_a_certificate_that_does_not_open_stops_the_build_before_anything_is_made(
    house: House, tmp_path: Path
) -> None:
    house.signed()
    folder = tmp_path / "out"
    folder.mkdir()
    broken = folder / "seal.p12"
    broken.write_bytes(p12(issued("State Library Association")))
    set_so = {"PETITION_SEAL_CERTIFICATE": str(broken), "PETITION_SEAL_PASSWORD": PASSWORD + "x"}
    for command in (("packet", "build", SLUG, "--out", str(folder / "packet.pdf")), ("doctor",)):
        done = attempt(house.config, *command, **set_so)
        assert done.exit_code != 0
        said = f"{done.output}{done.exception}"
        assert "PETITION_SEAL_PASSWORD" in said
        assert PASSWORD not in said
    assert [path.name for path in folder.iterdir()] == ["seal.p12"]
    assert house.rows(Packet) == []


def test_the_evidence_has_at_most_a_hundred_bytes_an_entry(house: House, tmp_path: Path) -> None:
    sampled = attempt(house.config, "signatures", "sample", SLUG, "2000")
    assert sampled.exit_code == 0, sampled.output
    with house.reading() as session:
        statement = session.scalars(select(Statement).where(Statement.slug == SLUG)).one()
        head = session.get_one(Head, statement.id)
        from petition.ledger import adding_up

        root = adding_up.root_at(session, statement.id, head.size)
        for named, most in ((Signature.status == Status.VERIFIED, 80), (None, 100)):
            entries = disclosing.leaves(session, statement.id, head.size, named, clock.now())
            out = tmp_path / "evidence.bin"
            written = evidence.write(out, entries, statement=SLUG, size=head.size, root=root)
            assert written.opened == (2000 if named is not None else 0)
            assert written.size_bytes / written.entries <= most
