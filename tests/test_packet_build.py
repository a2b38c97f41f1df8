"""`petition packet build`: from confirmed signatures to a PDF whose roster is the ledger's."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from petition import clock
from petition.ledger.models import Entry
from petition.packets import issuing, rendering
from petition.packets.edition import edition
from petition.packets.models import Packet
from petition.paths import COMMAND
from petition.pdf.document import PressRefused
from petition.review import holding, invalidating, restoring
from petition.signatures.models import Reason, Signature, Status
from tests.ground import SLUG, House
from tests.prepared import attempt, environment

Needs = Callable[[str], str]


def build(house: House, out: Path, *more: str) -> Result:
    """The command, run in this process."""
    return attempt(house.config, "packet", "build", SLUG, "--out", str(out), *more)


def words(needs: Needs, out: Path) -> str:
    """The packet's text, in the order in which it stands in the file."""
    command = [needs("pdftotext"), "-raw", str(out), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_the_packets_roster_is_the_ledgers(house: House, tmp_path: Path, needs: Needs) -> None:
    people = [
        ("Zoë Whitehorse", "Lincoln", "NE", ""),
        ("Ada Lovelace", "Omaha", "NE", ""),
        ("Łukasz Wiśniewski", "Anchorage", "AK", ""),
        ("Тарас Коваль", "Lviv", "ZZ", "UA"),
        ("渡辺 さくら", "Kyoto", "ZZ", "JP"),
        ("Withdrawn Person", "Lincoln", "NE", ""),
        ("Hidden Person", "Lincoln", "NE", ""),
    ]
    pages = {
        name: house.signed(f"p{i}@patron.example", name=name, city=city, state=state, country=country)
        for i, (name, city, state, country) in enumerate(people)
    }
    house.press(f"{pages['Withdrawn Person']}/withdraw")
    house.press(f"{pages['Hidden Person']}/withhold", on=pages["Hidden Person"])
    assert house.sign(email="never@patron.example", name="Never Confirmed").status_code == 303

    done = build(house, tmp_path / "packet.pdf")

    assert done.exit_code == 0, done.output
    assert "copy 1, 6 verified signatures" in done.output
    assert "No font here" not in done.output
    text = words(needs, tmp_path / "packet.pdf")
    expected = [
        f"{signature.number} {signature.name} {signature.city}"
        for signature in house.rows(Signature, Signature.status == Status.VERIFIED)
        if signature.name != "Hidden Person"
    ]
    assert all(text.count(line) == 1 for line in expected), [line for line in expected if text.count(line) != 1]
    assert "7 Name withheld" in text
    for absent in ("Withdrawn Person", "Hidden Person", "Never Confirmed", "@patron.example"):
        assert absent not in text
    assert "6 signatures from 6 confirmed mailboxes" in text.replace("\n", " ")
    with house.reading() as session:
        size = session.scalar(select(func.count()).select_from(Entry))
    assert f"Ledger entries {size}" in re.sub(r"\s+", " ", text)


def decide(house: House, address: str, act: Callable[..., None], *how: object) -> None:
    """An organizer's decision about the signature of a mailbox, entered at once."""
    with house.writing() as session:
        signature = session.query(Signature).filter_by(mailbox=house.mailbox(address)).one()
        act(session, clock.now(), signature, *how, "", None)
    house.register()


def test_a_packet_says_for_which_reasons_signatures_do_not_count_and_its_figures_add_up(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    names = ("counts", "withdrawn", "undone", "held", "twice", "name", "restored", "left")
    mailboxes = {name: f"{name}@patron.example" for name in names}
    pages = {name: house.signed(address, name=f"Ada {name.title()}") for name, address in mailboxes.items()}
    for name in ("withdrawn", "undone"):
        house.press(f"{pages[name]}/withdraw")
    house.press(f"{pages['undone']}/undo", on=pages["undone"])
    for name in ("held", "twice"):
        decide(house, mailboxes[name], holding.hold)
    decide(house, mailboxes["twice"], invalidating.invalidate, Reason.DUPLICATE)
    for name in ("name", "restored", "left"):
        decide(house, mailboxes[name], invalidating.invalidate, Reason.NAME)
    decide(house, mailboxes["restored"], restoring.restore)
    house.press(f"{pages['left']}/withdraw")
    house.sign(email="never@patron.example", name="Never Confirmed")

    assert build(house, tmp_path / "packet.pdf").exit_code == 0
    (packet,) = house.rows(Packet)
    kept = packet.counts
    assert kept["by_reason"] == {"held": 1, "duplicate": 1, "name": 2}
    assert kept["entered"] - kept["withdrawn"] - kept["invalidated"] + kept["restored"] == kept["verified"] == 3
    taken_back = kept["entered"] - kept["verified"] - sum(kept["by_reason"].values())
    assert taken_back == 1
    received = kept["verified"] + taken_back + sum(kept["by_reason"].values())
    received += kept["never_confirmed"] + kept["waiting"] + kept["held"]
    assert f"Forms received {received}\n" in words(needs, tmp_path / "packet.pdf")
    assert received == len(house.rows(Signature)) == 9
    printed = words(needs, tmp_path / "packet.pdf")
    assert (
        "Entered and not counted now 5\nWithdrawn by signatory 1\nHeld until somebody has looked 1\n"
        "Same person twice 1\nNot a real name 2\nConfirmed mailboxes 3\n"
    ) in printed


def test_each_packet_is_a_numbered_copy_frozen_in_a_row(house: House, tmp_path: Path, needs: Needs) -> None:
    needs("pdftotext")
    house.signed()
    assert "copy 1" in build(house, tmp_path / "one.pdf").output
    assert "copy 2" in build(house, tmp_path / "two.pdf").output
    first, second = house.rows(Packet)
    assert (first.copy, second.copy) == (1, 2)
    assert first.ledger_root == second.ledger_root
    assert first.ledger_size == 1
    assert first.counts["verified"] == 1
    assert first.sample
    assert first.template_version == edition()
    assert re.fullmatch(r"[0-9.]+\+[0-9a-f]{8}", edition())


def test_a_packet_that_cannot_be_printed_gives_its_number_back_and_says_why(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PressRefused("disk", "The disk is full. Make room and build again.")

    monkeypatch.setattr(rendering, "render", refuse)
    done = build(house, tmp_path / "packet.pdf")
    assert isinstance(done.exception, PressRefused)
    assert not house.rows(Packet)
    assert not (tmp_path / "packet.pdf").exists()


@pytest.mark.parametrize(
    ("where", "fault"),
    [("print_files", KeyboardInterrupt), ("print_files", RuntimeError), ("kept", MemoryError), ("issue", ValueError)],
)
def test_whatever_ends_a_build_gives_its_number_back(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, fault: type[BaseException]
) -> None:
    def end(*_: object) -> None:
        raise fault

    monkeypatch.setattr(issuing, where, end)
    assert build(house, tmp_path / "packet.pdf").exit_code != 0
    assert house.rows(Packet) == []
    assert list(tmp_path.iterdir()) == []


def test_what_comes_after_the_packet_is_issued_takes_nothing_back(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "rename", _interrupted(Path.rename, after=1))
    assert build(house, tmp_path / "packet.pdf").exit_code != 0
    (packet,) = house.rows(Packet)
    assert packet.issued_at is not None


def _interrupted(act: Callable[..., Path], after: int) -> Callable[..., Path]:
    left = [after]

    def act_or_end(*given: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return act(*given)

    return act_or_end


@pytest.mark.one_database("sqlite", "what a process does when it is told to end")
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_build_that_is_told_to_end_while_it_prints_leaves_nothing(
    house: House, tmp_path: Path, told: signal.Signals
) -> None:
    out = tmp_path / "out" / "packet.pdf"
    out.parent.mkdir()
    started = [sys.executable, "-m", "petition", "packet", "build", SLUG, "--out", str(out)]
    around = {key: value for key, value in os.environ.items() if not key.startswith("PETITION_")}
    building = subprocess.Popen(started, env={**around, **environment(house.config)}, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not house.rows(Packet):
        assert building.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    building.send_signal(told)
    assert building.wait(30) != 0
    assert house.rows(Packet) == []
    assert list(out.parent.iterdir()) == []


def test_two_builds_at_once_are_two_copies(house: House, tmp_path: Path) -> None:
    house.signed()
    around = {**os.environ, **environment(house.config), "TMPDIR": str(tmp_path)}  # no other test holds their press
    builds = [
        subprocess.Popen(
            [*COMMAND, "packet", "build", SLUG, "--out", str(tmp_path / name)], env=around,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for name in ("one.pdf", "two.pdf")
    ]  # fmt: skip
    said = [build.communicate(timeout=240)[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0]
    assert {1, 2} == {packet.copy for packet in house.rows(Packet) if packet.issued_at is not None}
    assert sorted(re.findall(r"copy (\d)", " ".join(said))) == ["1", "2"]
    for name in ("one", "two"):
        assert (tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert (tmp_path / f"{name}-evidence.bin").is_file()
    assert [each.name for each in tmp_path.glob(".petition-*")] == []


def test_people_sign_while_a_packet_is_printed(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printing, printed = threading.Event(), threading.Event()

    def print_slowly(*_: object) -> None:
        printing.set()
        assert printed.wait(30)
        raise PressRefused("time", "It took too long.")

    monkeypatch.setattr(rendering, "render", print_slowly)
    builder = threading.Thread(target=build, args=(house, tmp_path / "packet.pdf"))
    builder.start()
    assert printing.wait(30)
    began = time.monotonic()
    answer = house.sign()
    printed.set()
    builder.join()
    assert answer.status_code == 303
    assert time.monotonic() - began < 20  # and not the 30 for which it prints


def test_an_unknown_statement_or_folder_is_one_line_of_reason(house: House, tmp_path: Path) -> None:
    done = build(house, tmp_path / "nowhere" / "packet.pdf")
    assert done.exit_code == 1
    assert "there is no folder" in done.output
