"""From how many confirmations one network is known: by keyed sums, and by nothing that stands beside a signature."""

import hashlib
import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from petition import clock, limits
from petition.campaigns.models import Campaign
from petition.crypto import KeyRing
from petition.ledger import adding_up, registering, writing_down
from petition.ledger.models import Arrival, Entry
from petition.packets.counts import Networks
from petition.packets.models import Packet
from petition.packets.rendering import render
from petition.signatures.models import Change, Signature
from petition.statements.models import Statement
from tests.ground import House, hidden
from tests.leaks import leaks
from tests.test_packet_build import build, words
from tests.test_packet_pages import contents, entry, flowing, group, page_texts

Needs = Callable[[str], str]
LIBRARY, HOME = "198.51.100.77", "203.0.113.9"
NONE_WAS_COUNTED = (
    "How many of these confirmations came from one network address is not on record: it was not counted, or was erased "
    "since."
)


def at(house: House, network: str) -> FlaskClient:
    """A browser behind that address."""
    client = house.client()
    client.environ_base["REMOTE_ADDR"] = network
    return client


def confirmed(house: House, *networks: str) -> list[str]:
    """One signature for each network named, confirmed from there by its link; returns the mailboxes."""
    mailboxes = [f"reader-{number}@patron.example" for number in range(len(networks))]
    for address in mailboxes:
        house.sign(email=address)
    house.work()
    for address, network in zip(mailboxes, networks, strict=True):
        assert house.confirm(address, at(house, network)).status_code == 303
    return mailboxes


def sums(house: House) -> dict[bytes, int]:
    return {row.network: row.confirmed for row in house.rows(Arrival)}


def mark(house: House, network: str) -> bytes:
    (statement_id,) = {row.statement_id for row in house.rows(Signature)}
    return house.keys.network(statement_id, network)


def test_confirmations_are_added_up_by_network_whether_by_link_or_by_code(house: House) -> None:
    confirmed(house, LIBRARY, LIBRARY, HOME)
    here, there = at(house, LIBRARY), at(house, HOME)
    sent = house.sign(here, email="here@patron.example").headers["Location"]
    house.sign(email="there@patron.example")
    house.work()
    (code,) = house.mails("here@patron.example")[-1].codes
    assert here.post(sent, data={**hidden(here.get(sent), sent), "code": code}).status_code == 303
    (code,) = house.mails("there@patron.example")[-1].codes
    typed = {**hidden(there.get("/confirm"), "/confirm"), "email": "there@patron.example", "code": code}
    assert there.post("/confirm", data=typed).status_code == 303
    house.register()
    assert [row.method for row in house.rows(Change)] == ["link", "link", "link", "code", "code"]
    assert sums(house) == {mark(house, LIBRARY): 3, mark(house, HOME): 2}


def test_the_addresses_of_one_household_are_one_network(house: House) -> None:
    confirmed(house, "2001:db8:1:2::3", "2001:db8:1:2:ffff::4", "2001:db8:1:3::3")
    house.register()
    assert sorted(sums(house).values()) == [1, 2]


def test_signing_leaves_no_mark_only_confirming_does(house: House) -> None:
    house.sign(at(house, LIBRARY))
    house.work()
    house.confirm(client=at(house, HOME))
    house.register()
    assert sums(house) == {mark(house, HOME): 1}


def test_a_mark_stands_beside_its_signature_until_that_has_its_number(house: House) -> None:
    confirmed(house, LIBRARY)
    assert [change.network for change in house.rows(Change)] == [mark(house, LIBRARY)]
    assert sums(house) == {}
    house.register()
    assert [(change.seq, change.network) for change in house.rows(Change)] == [(1, None)]
    assert mark(house, LIBRARY).hex() not in repr(house.rows(Entry)[0].leaf)


def test_who_comes_from_nowhere_that_is_known_leaves_no_mark(house: House) -> None:
    confirmed(house, "")
    house.register()
    assert sums(house) == {}
    assert house.count() == 1


def test_one_network_has_another_mark_under_every_statement_and_key(house: House, tmp_path: Path) -> None:
    marks = {house.keys.network(statement, LIBRARY) for statement in (1, 2, 11)}
    assert len(marks) == 3
    assert {len(each) for each in marks} == {16}
    assert house.keys.network(1, LIBRARY) == house.keys.network(1, LIBRARY)
    assert KeyRing.make(tmp_path / "keys.json").network(1, LIBRARY) not in marks


def test_batches_of_the_registrar_add_to_one_sum(house: House) -> None:
    confirmed(house, *[LIBRARY, LIBRARY, HOME, LIBRARY] * 3)
    for size in (5, 5, 5):
        with house.writing() as session:
            registering.register(session, clock.now(), most=size)
    assert sums(house) == {mark(house, LIBRARY): 9, mark(house, HOME): 3}
    assert {change.network for change in house.rows(Change)} == {None}
    with house.reading() as session:
        assert list(adding_up.faults(session)) == []


def test_a_registrar_that_breaks_off_has_counted_nothing_and_counts_all_the_next_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(house, LIBRARY, HOME)
    count = writing_down.count_networks

    def break_off(*given: Any) -> None:
        count(*given)
        raise ZeroDivisionError

    with monkeypatch.context() as breaking:
        breaking.setattr(writing_down, "count_networks", break_off)
        with pytest.raises(ZeroDivisionError):
            house.register()
    assert sums(house) == {}
    assert [change.seq for change in house.rows(Change)] == [None, None]
    assert {change.network for change in house.rows(Change)} == {mark(house, LIBRARY), mark(house, HOME)}
    assert house.register() == 2
    assert sums(house) == {mark(house, LIBRARY): 1, mark(house, HOME): 1}


def test_a_packet_says_the_largest_share_and_goes_on_counting_who_withdrew(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    first, *_ = confirmed(house, LIBRARY, LIBRARY, HOME, "")
    house.work()
    private = house.mails(first)[-1].link("/signature/")
    house.press(f"{private}/withdraw")
    assert build(house, tmp_path / "p.pdf").exit_code == 0
    said = flowing(words(needs, tmp_path / "p.pdf"))
    assert (
        "Of the confirmations whose network was counted (3 of 4), the most that came from one network address are "
        "2, or 66.7%. Signatures that were withdrawn or removed since are among them."
    ) in said
    assert "3 signatures from 3 confirmed mailboxes" in said
    (packet,) = house.rows(Packet)
    assert packet.counts["by_network"] == {"largest": 2, "networks": 2, "counted": 3, "entered": 4}


@pytest.mark.one_database("sqlite", "what is printed; the rows are read on both elsewhere")
def test_a_copy_of_before_networks_were_counted_is_printed_again_as_it_was(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    confirmed(house, LIBRARY)
    assert build(house, tmp_path / "p.pdf").exit_code == 0
    with house.writing() as session:
        packet = session.query(Packet).one()
        packet.counts = {name: kept for name, kept in packet.counts.items() if name != "by_network"}
    assert build(house, tmp_path / "again.pdf", "--again", "1").exit_code == 0
    said = flowing(words(needs, tmp_path / "again.pdf"))
    assert "the network a form came from is not stored with it. So no share of one network can be given." in said
    assert "198.51" not in said


@pytest.mark.one_database("sqlite", "no database is asked")
@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (Networks(0, 0, 0, 9), NONE_WAS_COUNTED),
        (Networks(1, 9, 9, 9), "counted (9 of 9), no two came from one network address."),
        (Networks(412, 9, 160_000, 160_412), "(160,000 of 160,412), the most that came from one network address are"),
        (Networks(412, 9, 160_000, 160_412), "address are 412, or 0.3%."),
        (Networks(3, 159_998, 160_000, 160_000), "are 3, or less than 0.1%."),
        (Networks(159_990, 2, 160_000, 160_000), "are 159,990, or more than 99.9%."),
        (Networks(5, 1, 5, 5), "are 5, or 100%."),
    ],
)  # fmt: skip
def test_the_largest_share_is_said_as_plainly_as_it_can_be(tmp_path: Path, counted: Networks, sentence: str) -> None:
    render(replace(contents(group([entry(1)])), by_network=counted), tmp_path / "p.pdf")
    assert sentence in flowing(" ".join(page_texts(tmp_path / "p.pdf")))


def plain(network: str) -> list[bytes]:
    """The ways in which an address, or an unkeyed hash of it, could stand somewhere."""
    digests = [hashlib.new(name, network.encode()) for name in ("sha256", "sha1", "md5")]
    return [network.encode(), *(d.digest()[:16] for d in digests), *(d.hexdigest()[:16].encode() for d in digests)]


def test_no_row_and_no_file_says_from_which_network_anybody_confirmed(
    house: House, tmp_path: Path, needs: Needs
) -> None:
    for tool in ("qpdf", "pdftotext"):
        needs(tool)
    confirmed(house, LIBRARY, HOME)
    dumps = [repr(house.dump()).encode()]
    house.work()
    dumps.append(repr(house.dump()).encode())
    assert build(house, tmp_path / "p.pdf").exit_code == 0
    files = [file for file in house.config.data_dir.rglob("*") if file.is_file()]
    for network in (LIBRARY, HOME):
        assert repr(ipaddress.ip_address(network).packed)[2:-1].encode() not in dumps[0] + dumps[1]
        for form in plain(network):
            assert repr(form)[2:-1].encode() not in dumps[0] + dumps[1]
            assert [file for file in files if form in file.read_bytes()] == []
    # The marks themselves stand nowhere but in the sums, once everybody has a number.
    by_table = {name: rows for name, rows in house.dump().items() if name != "arrival"}
    for network in (LIBRARY, HOME):
        assert repr(mark(house, network))[2:-1] not in repr(by_table)
    secrets = [LIBRARY, HOME, mark(house, LIBRARY).hex(), mark(house, HOME).hex()]
    assert leaks(tmp_path / "p.pdf", secrets) == set()


def test_the_doctor_finds_a_mark_that_stayed_and_sums_that_are_too_large(house: House) -> None:
    confirmed(house, LIBRARY)
    house.register()
    with house.writing() as session:
        session.execute(update(Change).values(network=bytes(16)))
        session.execute(update(Arrival).values(confirmed=2))
    with house.reading() as session:
        said = " ".join(adding_up.faults(session))
    assert "2 confirmations of ebooksforall are counted by network; its leaves make 1." in said
    assert "1 changes of ebooksforall have a number and the mark of a network still." in said


@pytest.mark.parametrize("ends", ["campaign", "statement"])
def test_sums_are_erased_90_days_after_signing_has_ended(house: House, ends: str, tmp_path: Path, needs: Needs) -> None:
    confirmed(house, LIBRARY, LIBRARY)
    house.register()
    with house.writing() as session:
        if ends == "campaign":
            session.execute(update(Campaign).values(closes_at=clock.now()))
        else:
            session.execute(update(Campaign).values(closes_at=None))
            session.execute(update(Statement).values(ended="retracted", ended_at=clock.now(), ended_because="It is."))
    house.later(days=89)
    house.sweep()
    assert sums(house) == {mark(house, LIBRARY): 2}
    house.later(days=1, minutes=1)
    house.sweep()
    assert sums(house) == {}
    assert Counter(change.network for change in house.rows(Change)) == {None: 2}


def test_sums_of_a_campaign_without_an_end_are_kept(house: House) -> None:
    confirmed(house, LIBRARY)
    house.register()
    with house.writing() as session:
        session.execute(update(Campaign).values(closes_at=None))
    house.later(days=400)
    house.sweep()
    assert sums(house) == {mark(house, LIBRARY): 1}


def test_a_network_is_what_a_limit_counts() -> None:
    assert limits.network(LIBRARY) == LIBRARY
    assert limits.network("::ffff:198.51.100.77") == LIBRARY
    assert limits.network("nowhere") == limits.UNKNOWN
