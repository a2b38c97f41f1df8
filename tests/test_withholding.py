"""A name that is withheld: what a packet left out stays out of its audits and copies, whatever is chosen later."""

import json

from petition.packets import disclosing, naming, thawing
from petition.packets.models import Packet
from petition.pdf.surroundings import workshop
from petition.signatures.models import Signature
from petition.web.language import speaking
from tests.ground import House
from tests.sample_audits import drawn, link, packet
from tests.witness import words


def choose(house: House, private: str, withheld: bool) -> None:
    """Press the button of the private page."""
    chosen = "1" if withheld else ""
    assert house.press(f"{private}/withhold", on=private, withhold=chosen).status_code == 303
    house.later(seconds=1)


def signed(house: House) -> tuple[str, str]:
    """Ada, who is to change her mind, and Bo: their private pages."""
    ada = house.signed("ada@patron.example", name="Ada Sample-Okafor")
    bo = house.signed("bo@patron.example", name="Bo Sample")
    house.later(seconds=1)
    return ada, bo


def opened(house: House, page: str) -> dict[int, bool]:
    """Which of the entries that were drawn are opened."""
    told = json.loads(house.client().get(f"{page}/entries.json").data)
    return {entry["number"]: entry["opened"] is not None for entry in told["entries"]}


def printed_again(house: House, number: int) -> tuple[set[str], list[str]]:
    """The names of a copy that is printed once more, and in which parts it differs."""
    with house.reading() as session, speaking("en"), workshop("packet") as folder:
        row = session.get_one(Packet, number)
        contents = thawing.thaw(session, row, folder)
        names = {entry.name for group in contents.roster for entry in group.entries}
        return names, naming.differences(row, contents)


def evidence(house: House, number: int) -> set[str]:
    """The names that the evidence of a copy would open."""
    with house.reading() as session:
        row = session.get_one(Packet, number)
        named = naming.in_roster(row)
        leaves = disclosing.leaves(session, row.statement_id, row.ledger_size, named, row.frozen_at)
        return {leaf.opened.name for leaf in leaves if leaf.opened is not None}


def test_what_a_packet_withheld_stays_closed_though_it_is_shown_again(house: House) -> None:
    ada, _bo = signed(house)
    choose(house, ada, True)
    number = packet(house)
    house.later(seconds=1)
    choose(house, ada, False)
    path = link(house, number)
    page = drawn(house, path)
    assert opened(house, page) == {1: False, 2: True}
    assert "Unknown: the name is withheld" in words(house.client().get(page).text)
    assert printed_again(house, number) == ({"Name withheld", "Bo Sample"}, [])
    assert evidence(house, number) == {"Bo Sample"}
    house.work()
    assert [mail.to for mail in house.mails() if mail.subject == "Did you sign this?"] == ["bo@patron.example"]
    later = packet(house)
    house.later(seconds=1)
    assert printed_again(house, later) == ({"Ada Sample-Okafor", "Bo Sample"}, [])
    assert opened(house, drawn(house, link(house, later), seed="another seed of ours")) == {1: True, 2: True}


def test_whoever_withholds_the_name_after_a_packet_and_takes_that_back_is_named_in_it_as_before(house: House) -> None:
    ada, _bo = signed(house)
    number = packet(house)
    house.later(seconds=1)
    choose(house, ada, True)
    assert printed_again(house, number) == ({"Name withheld", "Bo Sample"}, ["roster"])
    page = drawn(house, link(house, number))
    assert opened(house, page) == {1: False, 2: True}
    choose(house, ada, False)
    assert printed_again(house, number) == ({"Ada Sample-Okafor", "Bo Sample"}, [])
    assert opened(house, page) == {1: True, 2: True}


def test_a_choice_pressed_twice_is_one_choice(house: House) -> None:
    ada, _bo = signed(house)
    choose(house, ada, False)
    assert (house.signature(number=1).withheld_at, house.signature(number=1).shown_since) == (None, None)
    choose(house, ada, True)
    since = house.signature(number=1).withheld_at
    choose(house, ada, True)
    assert house.signature(number=1).withheld_at == since
    choose(house, ada, False)
    shown = house.signature(number=1).shown_since
    choose(house, ada, False)
    assert house.signature(number=1).shown_since == shown


def test_a_choice_from_before_its_moments_were_kept_counts_as_made_before_every_packet(house: House) -> None:
    ada, _bo = signed(house)
    choose(house, ada, True)
    number = packet(house)
    with house.writing() as session:
        session.query(Signature).filter_by(number=1).one().withheld_at = None
    choose(house, ada, False)
    assert opened(house, drawn(house, link(house, number))) == {1: False, 2: True}
