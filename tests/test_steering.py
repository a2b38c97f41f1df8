"""Who could steer a draw: what a publisher is told of each seed, and what nobody may get by pressing twice."""

import hashlib

import pytest
from flask.testing import FlaskClient

from petition import clock, tokens
from petition.accounts.models import AuditEntry
from petition.audits import asking
from petition.audits.forms import PURPOSE
from petition.audits.models import Audit
from petition.ledger import checkpoints
from petition.packets import nonces
from petition.packets.models import Packet
from tests.ground import SLUG, House
from tests.sample_audits import SEED, drawn, link, packet
from tests.signing_in import signed_in
from tests.witness import words


def desk(number: int) -> str:
    return f"/organize/packets/{number}/audits"


def by_letter(house: House, number: int, seed: str, client: FlaskClient | None = None) -> str:
    """Enter a seed at the desk; returns the path of the newest sample's page."""
    assert house.press(desk(number), client or signed_in(house), seed=seed, size="59").status_code == 303
    return f"/audits/{asking.page_token(house.keys, house.rows(Audit)[-1])}"


def test_the_result_says_who_entered_the_seed_and_lists_every_sample_before_and_after_it(house: House) -> None:
    number = packet(house, 3)
    own = drawn(house, link(house, number), seed="a seed that the publisher sent")
    letter = by_letter(house, number, "a seed that came by letter")
    client = house.client()
    assert "The seed, sent behind the link of a delivery" in words(client.get(own).text)
    said = words(client.get(letter).text)
    assert "Your seed" not in said
    assert "The seed, entered by the organizers, from a letter" in said
    assert "only if you asked for every sample before it" in said
    for page in (own, letter):
        said = words(client.get(page).text)
        first = said.index("Sample 1 a seed that the publisher sent")
        second = said.index("Sample 2 a seed that came by letter")
        assert first < said.index("Sent behind the link of a delivery", first) < second
        assert "Entered by the organizers, from a letter" in said[second:]


def test_neither_the_letter_nor_its_page_says_that_the_publisher_drew(house: House) -> None:
    by_letter(house, packet(house, 3), "a seed that came by letter")
    house.work()
    mail = next(mail for mail in house.mails() if mail.subject == "Did you sign this?")
    for said in (mail.text, mail.html, house.client().get(mail.link("/did-you-sign/")).text):
        assert "drew this entry" not in said
        assert "was drawn for a sample" in words(said)


def test_pressing_twice_draws_once(house: House) -> None:
    number = packet(house, 3)
    path = link(house, number)
    page = drawn(house, path)
    assert drawn(house, path) == page
    assert len(house.rows(Audit)) == 1
    assert drawn(house, path, size=149) != page
    organizer = signed_in(house)
    assert by_letter(house, number, "a seed that came by letter", organizer)
    assert by_letter(house, number, "a seed that came by letter", organizer)
    assert len(house.rows(Audit)) == 3
    assert [row.act for row in house.rows(AuditEntry, AuditEntry.act == "sample drawn")] == ["sample drawn"]


def test_pressing_twice_for_the_last_sample_leads_to_it(house: House) -> None:
    path = link(house, packet(house, 3))
    for each in range(nonces.NONCES):
        page = drawn(house, path, seed=f"seed number {each}")
    token = drawn_again(house, path, f"seed number {nonces.NONCES - 1}")
    assert token == page


def drawn_again(house: House, path: str, seed: str) -> str:
    """Press a page's button once more that was open before its last sample was drawn."""
    token = tokens.form(house.keys, PURPOSE, clock.now())
    return str(house.client().post(path, data={"csrf_token": token, "seed": seed, "size": "59"}).location)


def test_a_nul_in_a_seed_is_left_out_and_the_page_shows_the_seed_as_it_was_used(house: House) -> None:
    page = drawn(house, link(house, packet(house, 3)), seed="thirty\0 rolls of a die")
    assert house.rows(Audit)[0].seed == "thirty rolls of a die"
    assert "thirty rolls of a die" in words(house.client().get(page).text)


@pytest.mark.one_database("sqlite", "what is typed is judged before any database is asked")
@pytest.mark.parametrize("unseen", ["\x07", "\x1b", "\u202e", "\u200b", "\u00ad", "\ue000"])
def test_a_seed_that_no_page_could_show_as_it_is_used_is_refused(house: House, unseen: str) -> None:
    answer = house.press(link(house, packet(house, 3)), seed=f"thirty{unseen} rolls", size="59")
    assert answer.status_code == 422
    assert "Use characters that can be seen." in answer.text
    assert house.rows(Audit) == []


def test_a_copy_number_that_is_used_again_has_other_nonces(house: House) -> None:
    number = packet(house, 3)
    (first,) = house.rows(Packet)
    with house.writing() as session:
        session.delete(session.get_one(Packet, number))
    house.later(seconds=1)
    packet(house)
    (again,) = house.rows(Packet)
    assert (again.copy, again.ledger_root) == (first.copy, first.ledger_root)
    assert not set(first.nonces) & set(again.nonces)


def test_a_packet_from_before_its_nonces_were_bound_to_its_state_still_opens_them(house: House) -> None:
    origin = checkpoints.origin(house.config.base_url, SLUG)
    earlier = [house.keys.mac("seal", b"audit", origin.encode(), b"1", str(place).encode()) for place in range(10)]
    path = link(house, packet(house, 3, nonces=[hashlib.sha256(one).hexdigest() for one in earlier]))
    drawn(house, path)
    assert house.rows(Audit)[0].nonce == earlier[0].hex()


@pytest.mark.parametrize("bent", [{"nonces": ["00" * 32] * 10}, {"ledger_size": 500}, {"ledger_root": "00" * 32}])
def test_a_packet_that_our_ledger_or_key_does_not_fit_is_not_drawn_from_and_it_is_said(
    house: House, bent: dict[str, object]
) -> None:
    number = packet(house, 3, **bent)
    for path, client in ((link(house, number), house.client()), (desk(number), signed_in(house))):
        answer = house.press(path, client, seed=SEED, size="59")
        assert answer.status_code == 409
        assert "Our ledger or key does not fit this packet." in words(answer.text)
    assert house.rows(Audit) == []
