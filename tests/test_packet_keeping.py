"""What is kept of a packet, and what may not stay behind of one that came to nothing."""

import errno
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from gettext import NullTranslations
from pathlib import Path

import pytest

from petition import clock
from petition.deliveries.models import Proofread
from petition.errors import CannotBuild
from petition.jobs import State
from petition.packets import building, issuing, keeping, rendering, sweeping
from petition.packets.issuing import Made
from petition.packets.models import Build, Packet, PacketFile
from petition.packets.options import Options
from petition.paths import STATEMENTS
from petition.pdf.document import PressRefused, Report
from petition.pdf.surroundings import workshop
from petition.statements.models import Statement
from petition.worker import steps
from tests.delivering import issued
from tests.ground import SLUG, House
from tests.prepared import attempt
from tests.test_packet_pages import contents, entry, group

DAY = timedelta(days=1)
HOLDING = """
import sys, time
from pathlib import Path
from petition.pdf.surroundings import workshop
with workshop("packet", beside=Path(sys.argv[1])) as folder:
    print(folder, flush=True)
    time.sleep(600)
"""


def printed(folder: Path, *names: str) -> list[Made]:
    """Files as the press leaves them."""
    made = []
    for name in names:
        (folder / name).write_bytes(name.encode() * 100)
        made.append(Made(name, folder / name, Report(folder / name, 1, len(name) * 100, 0.1, 0.1)))
    return made


def keep(data_dir: Path, made: list[Made], evidence: Path | None = None) -> list[PacketFile]:
    """Files are kept, and the process is killed before they are entered."""
    return issuing.kept(data_dir, made, evidence).__enter__()


def kept_in(data_dir: Path) -> list[str]:
    return sorted(path.name for path in (data_dir / "packets" / "files").rglob("*") if path.is_file())


def full(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """A disk that is full after so many copies."""
    left = [after]
    copy = shutil.copyfile

    def copyfile(source: Path, out: Path) -> Path:
        if not left[0]:
            out.write_bytes(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(out))
        left[0] -= 1
        return copy(source, out)

    monkeypatch.setattr(issuing.shutil, "copyfile", copyfile)


@pytest.mark.one_database("sqlite", "no database is asked")
def test_a_disk_that_is_full_is_a_sentence_and_nothing_of_the_packet_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(monkeypatch, after=1)
    with pytest.raises(CannotBuild, match=r"The disk is full\. Make room"):
        keep(tmp_path, printed(tmp_path, "brief", "roster"), tmp_path / "brief")
    assert kept_in(tmp_path) == []
    assert list((tmp_path / "packets").rglob("*.*")) == []


@pytest.mark.one_database("sqlite", "no database is asked")
def test_an_issued_file_and_its_folder_are_on_the_disk_before_it_is_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(issuing.os, "fsync", lambda handle: synced.append(str(path_of(handle))))
    [row] = keep(tmp_path, printed(tmp_path, "brief"))
    path = keeping.path_of(tmp_path, row)
    assert Path(synced[0]).name.startswith(f".{path.name}")
    assert synced[1:] == [str(path.parent), str(path.parents[1]), str(path.parents[2])]


def path_of(handle: int) -> Path:
    return Path(f"/proc/self/fd/{handle}").readlink()


def asked(house: House) -> int:
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=SLUG).one()
        return building.ask(session, statement, Options(), clock.now())[0].id


def test_a_full_disk_is_what_the_desk_is_told_of_a_build(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    number = asked(house)
    monkeypatch.setattr(issuing, "print_files", refuse)
    monkeypatch.setattr("petition.cli.packets.end_when_told", lambda: None)
    done = attempt(house.config, "packet", "make", str(number))
    assert done.exception is None, done.output
    [build] = house.rows(Build)
    assert (build.state, build.error) == (State.DEAD, "The disk is full. Make room and build again.")
    told = attempt(house.config, "packet", "build", SLUG, "--out", str(house.config.data_dir / "p.pdf"))
    assert isinstance(told.exception, CannotBuild)


def sweep(house: House, later: timedelta = timedelta(0)) -> int:
    house.later(seconds=later.total_seconds())
    with house.app.app_context():
        return steps.clear_packets(house.config)


def test_what_was_kept_for_a_packet_that_never_came_goes_after_a_day_and_nothing_else(
    house: House, tmp_path: Path
) -> None:
    evidence = tmp_path / "evidence"
    evidence.write_bytes(b"the same ledger")
    files = keep(house.config.data_dir, printed(tmp_path, "brief"), evidence)
    gone = keeping.path_of(house.config.data_dir, files[0])
    gone.with_name(f".{gone.name}.4194399.part").write_bytes(b"half")
    packet = issued(house)
    with house.writing() as session:
        session.query(PacketFile).filter_by(packet_id=packet, part="brief").update({"sha256": files[1].sha256})
    other = keeping.path_of(house.config.data_dir, files[0]).with_name("ab" * 32)
    other.write_bytes(b"of a row that is in the backup alone")
    assert sweep(house) == 0
    assert sweep(house, later=DAY) == 2
    left = kept_in(house.config.data_dir)
    assert not any(gone.name in name for name in left)
    assert {files[1].sha256, other.name} <= set(left)
    assert sweep(house) == 0


def test_what_was_issued_stays_though_a_restored_database_knows_nothing_of_it(house: House, tmp_path: Path) -> None:
    with issuing.kept(house.config.data_dir, printed(tmp_path, "brief")) as files:
        pass
    assert sweep(house, later=DAY) == 0
    assert kept_in(house.config.data_dir) == [files[0].sha256]


def test_an_earlier_try_of_the_same_evidence_does_not_take_what_was_issued(house: House, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.write_bytes(b"the same ledger")
    [killed, _same] = keep(house.config.data_dir, printed(tmp_path, "roster"), evidence)
    with issuing.kept(house.config.data_dir, printed(tmp_path, "brief"), evidence) as files:
        pass
    assert sweep(house, later=DAY) == 1
    assert set(kept_in(house.config.data_dir)) == {each.sha256 for each in files}
    assert killed.sha256 not in kept_in(house.config.data_dir)


def test_a_fault_behind_the_issue_takes_nothing_back(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(sweeping, "forget", refuse)
    done = attempt(house.config, "packet", "build", SLUG, "--out", str(tmp_path / "p.pdf"))
    assert done.exit_code == 0, done.output
    [packet] = house.rows(Packet)
    assert packet.issued_at is not None


def test_a_build_that_is_finished_is_not_refused_any_more(house: House) -> None:
    number, packet = asked(house), issued(house)
    with house.writing() as session:
        session.query(Build).filter_by(id=number).update({"packet_id": packet, "state": State.DONE})
    with house.writing() as session:
        building.refused(session, number, "The disk is full.", clock.now())
    assert [(build.state, build.error) for build in house.rows(Build)] == [(State.DONE, None)]
    assert len(house.rows(Packet)) == 1


def test_what_is_being_kept_anew_stays_though_an_older_try_came_to_nothing(house: House, tmp_path: Path) -> None:
    [row] = keep(house.config.data_dir, printed(tmp_path, "brief"))
    [note] = (house.config.data_dir / "packets" / "keeping").glob("*-*")
    os.utime(note, (0, 0))
    keep(house.config.data_dir, printed(tmp_path, "brief"))
    assert sweep(house) == 0
    assert kept_in(house.config.data_dir) == [row.sha256]


def test_the_folder_of_a_build_goes_with_the_build_and_not_before(house: House) -> None:
    number = asked(house)
    places = [building.folder(house.config.data_dir) / f"making-{at}" for at in (number, number + 1)]
    for place in places:
        place.mkdir(parents=True)
        (place / "roster.csv").write_text("1,Ada", encoding="utf-8")
    assert sweep(house) == 1
    assert [place.exists() for place in places] == [True, False]
    with house.writing() as session:
        building.stop(session, number, clock.now())
    assert sweep(house) == 1
    assert not places[0].exists()


def test_a_copy_that_a_killed_command_never_issued_gives_its_number_back_after_a_day(house: House) -> None:
    kept, being_made, gone = (issued(house, copy=copy) for copy in (1, 2, 3))
    number = asked(house)
    with house.writing() as session:
        session.query(PacketFile).filter(PacketFile.packet_id != kept).delete()
        session.query(Proofread).filter(Proofread.packet_id != kept).delete()
        session.query(Packet).filter(Packet.id != kept).update({"issued_at": None})
        session.query(Packet).update({"checkpoint": "signed"})
        session.query(Build).filter_by(id=number).update({"packet_id": being_made})
    assert sweep(house) == 0
    assert sweep(house, later=DAY) == 1
    assert [each.id for each in house.rows(Packet)] == [kept, being_made]
    assert gone not in {kept, being_made}


@pytest.mark.one_database("sqlite", "no database is asked")
def test_the_hidden_folder_of_a_killed_command_goes_with_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".petition-packet-xyz"
    left.mkdir()
    (left / "roster.csv").write_text("1,Ada", encoding="utf-8")
    with workshop("packet", beside=tmp_path / "p.pdf") as folder:
        assert folder.parent == tmp_path
        assert [each for each in tmp_path.iterdir() if not each.name.startswith(".")] == []
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.one_database("sqlite", "no database is asked")
def test_the_folder_of_a_living_command_stays_whatever_number_its_process_has(tmp_path: Path) -> None:
    """As in another container, where numbers of processes say nothing here."""
    (tmp_path / "hold.py").write_text(HOLDING, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "hold.py"), str(tmp_path / "p.pdf")]
    around = {**os.environ, "PYTHONPATH": str(STATEMENTS.parent)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=around) as other:
        assert other.stdout is not None
        living = Path(other.stdout.readline().strip())
        with workshop("packet", beside=tmp_path / "p.pdf"):
            assert living.is_dir()
        other.kill()
        other.wait()
        with workshop("packet", beside=tmp_path / "p.pdf"):
            assert not living.exists()


@pytest.mark.one_database("sqlite", "no database is asked")
def test_a_roster_that_a_killed_build_left_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    def refuse(*_: object) -> None:
        raise PressRefused("time", "It took too long.")

    monkeypatch.setattr(rendering, "render", refuse)
    left = temporary / "petition-attached-xyz"
    left.mkdir()
    (left / "roster.csv").write_text("1,Ada", encoding="utf-8")
    with pytest.raises(PressRefused):
        issuing.print_files(
            contents(group([entry(1)])), tmp_path / "p.pdf", lambda _step: None, "en", NullTranslations()
        )
    assert not left.exists()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that is nobody else's."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place
