"""A sample audit as a publisher goes through it, and as those who are drawn do: drawn, asked, answered, bounded."""

import hashlib
import json
import struct
from itertools import count

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from petition import clock, merkle, tokens
from petition.audits import asking
from petition.audits.models import Audit, Sampled, Stand
from petition.audits.views import QUESTION
from petition.ledger import committing
from petition.mail.outbox import Email
from petition.packets import nonces, standing, thawing
from petition.packets.models import Packet
from petition.packets.options import Options, Redaction, Roster
from petition.pdf.surroundings import workshop
from petition.signatures.models import Signature, Status
from petition.web.language import speaking
from tests.ground import House
from tests.sample_audits import SEED, drawn, link, packet
from tests.signing_in import signed_in
from tests.witness import Page, words


def fresh_button(house: House) -> dict[str, str]:
    """The token of a question's button, as a page of this minute has it."""
    return {"csrf_token": tokens.form(house.keys, QUESTION, clock.now())}


def recomputed(nonce: bytes, seed: str, root: bytes, numbers: list[int], size: int) -> list[int]:
    """The drawing from its description in docs/audit.md alone."""
    of_seed = hashlib.sha256(seed.encode()).digest()
    key = hashlib.sha256(b"petition sample audit" + b"\0" + nonce + of_seed + root).digest()
    found: list[int] = []
    for i in count():
        if len(found) == size:
            return found
        x = int(hashlib.sha256(key + struct.pack(">Q", i)).hexdigest(), 16)
        if x // len(numbers) < (1 << 256) // len(numbers) and numbers[x % len(numbers)] not in found:
            found.append(numbers[x % len(numbers)])
    raise AssertionError


def test_a_publisher_draws_and_calculates_again_and_every_proof_holds(house: House) -> None:
    path = link(house, packet(house, 80))
    with house.writing() as session:
        session.execute(update(Signature).where(Signature.id == 5).values(withhold=True))
    page = drawn(house, path)
    (row,) = house.rows(Packet)
    (audit,) = house.rows(Audit)
    told = json.loads(house.client().get(f"{page}/entries.json").data)
    nonce, root = bytes.fromhex(told["nonce"]["value"]), bytes.fromhex(row.ledger_root)
    assert hashlib.sha256(nonce).hexdigest() == row.nonces[0] == told["nonce"]["sha256"]
    assert told["drawn"] == recomputed(nonce, SEED, root, list(range(1, 81)), 59)
    assert (audit.population, len(told["entries"])) == (80, 59)
    for entry in told["entries"]:
        leaf = merkle.leaf_hash(entry["leaf"].encode())
        proof = [bytes.fromhex(digest) for digest in entry["proof"]]
        assert merkle.includes(leaf, entry["number"] - 1, row.ledger_size, proof, root)
        committed = json.loads(entry["leaf"])["commitments"]
        assert (entry["opened"] is None) == (entry["number"] == 5)
        for field, opened in (entry["opened"] or {}).items():
            assert committing.commitment(field, bytes.fromhex(opened["salt"]), opened["value"]) == committed[field]
    shown = house.client().get(page)
    assert Page(shown.text).faults == []
    assert nonce.hex()[:8] in shown.text.replace("\u202f", "").replace(" ", "")
    for said in (shown.text, json.dumps(told)):
        assert "@" not in said.replace("@context", "")


def test_whoever_is_drawn_is_asked_once_answers_by_a_button_and_the_bounds_follow(house: House) -> None:
    path = link(house, packet(house, 60))
    page = drawn(house, path)
    house.work()
    mails = [mail for mail in house.mails() if mail.subject == "Did you sign this?"]
    assert len(mails) == 59
    client = house.client()
    for mail in mails[:50]:
        question = mail.link("/did-you-sign/")
        before = house.dump()
        assert client.get(question).status_code == 200
        assert house.dump() == before
        assert house.press(f"{question}/yes", on=question).status_code == 303
    question = mails[50].link("/did-you-sign/")
    house.press(f"{question}/no", on=question)
    assert client.post(f"{question}/yes", data=fresh_button(house)).status_code == 303
    assert "You answered that you did not sign this." in client.get(question).text
    said = words(client.get(page).text)
    assert "Yes, signed 50 No, did not sign 1 Unknown 8" in said
    assert "no more than 7.8% of the list’s entries are bad" in said
    assert "If none of them did: no more than 25.2%." in said
    held = house.rows(Signature, Signature.status == Status.HELD)
    assert len(held) == 1
    assert "did not sign this" in words(signed_in(house).get(f"/organize/signatures/{held[0].id}").text)
    assert house.rows(Packet)[0].counts["verified"] == 60
    house.later(days=21, minutes=1)
    late = mails[55].link("/did-you-sign/")
    assert "The time for answers is over" in client.get(late).text
    assert client.post(f"{late}/yes", data=fresh_button(house)).status_code == 410
    assert "The result is final." in client.get(page).text


def test_nobody_is_asked_twice_and_an_earlier_answer_is_used_and_named(house: House) -> None:
    path = link(house, packet(house, 30))
    first = drawn(house, path)
    house.work()
    mails = [mail for mail in house.mails() if mail.subject == "Did you sign this?"]
    assert len(mails) == 30
    question = mails[0].link("/did-you-sign/")
    house.press(f"{question}/yes", on=question)
    second = drawn(house, path, seed="another seed of ours")
    assert first != second
    house.work()
    assert len(house.rows(Email, Email.kind == asking.LETTER)) == 30
    said = words(house.client().get(second).text)
    assert "Yes, signed 1 No, did not sign 0 Unknown 29" in said
    assert "Yes, signed (answered for an earlier sample)" in said
    assert {row.stand for row in house.rows(Sampled, Sampled.audit_id == 2)} == {Stand.BEFORE}


def test_what_stands_at_the_checkpoint_is_drawn_from_whatever_came_later(house: House) -> None:
    pages = [house.signed(f"p{each}@patron.example") for each in range(3)]
    house.press(f"{pages[0]}/withdraw")
    house.register()
    with house.reading() as session:
        assert standing.numbers(session, 1, 3) == [1, 2, 3]
        assert standing.numbers(session, 1, 4) == [2, 3]
    house.press(f"{pages[0]}/undo", on=pages[0])
    house.register()
    with house.reading() as session:
        assert standing.numbers(session, 1, 5) == [1, 2, 3]


def test_ten_samples_at_most_until_the_last_day_and_none_of_what_names_nobody(house: House) -> None:
    number = packet(house, 3)
    path = link(house, number)
    client = house.client()
    for each in range(nonces.NONCES):
        drawn(house, path, seed=f"seed number {each}")
    assert "All ten samples of this packet have been drawn." in client.get(path).text
    assert [audit.place for audit in house.rows(Audit)] == list(range(10))
    other = packet(house, 1, options={"redaction": "initials"})
    changed = packet(house, 1, nonces=["00" * 32] * 10)
    with house.reading() as session:
        assert asking.hindrance(session, session.get_one(Packet, other), clock.now()) is asking.Why.NAMES_NOBODY
    with pytest.raises(asking.CannotDraw, match="changed"), house.writing() as session:
        asking.draw(session, house.keys, session.get_one(Packet, changed), SEED, 59, clock.now())
    assert len(house.rows(Audit)) == 10
    house.later(days=31)
    with house.reading() as session:
        assert asking.hindrance(session, session.get_one(Packet, changed), clock.now()) is asking.Why.TOO_LATE


def test_a_packet_of_which_no_sample_is_drawn_has_no_nonces_and_says_so_rather_than_ask_for_one(house: House) -> None:
    packet(house)  # of nobody
    packet(house, 2)
    nameless = [Options(redaction=one) for one in (Redaction.INITIALS, Redaction.COUNTS)] + [Options(Roster.NONE)]
    for chosen in (*nameless, Options(since=2)):
        packet(house, 1, chosen)
    whys = (asking.Why.EMPTY, None, *[asking.Why.NAMES_NOBODY] * 3, asking.Why.SUPPLEMENT)
    with house.reading() as session, speaking("en"):
        for why, row in zip(whys, session.scalars(select(Packet).order_by(Packet.copy)), strict=True):
            assert asking.hindrance(session, row, clock.now()) is why
            assert len(row.nonces) == (0 if why else nonces.NONCES)
            with workshop("packet") as folder:
                assert (thawing.thaw(session, row, folder).ask_until is None) == (why is not None)


@pytest.mark.parametrize("options", [{"roster": "none"}, {"redaction": "initials"}], ids=str)
def test_a_sample_that_was_drawn_of_a_packet_without_names_opens_none(house: House, options: dict[str, str]) -> None:
    number = packet(house, 2)
    file = f"{drawn(house, link(house, number))}/entries.json"
    assert all(entry["opened"] for entry in json.loads(house.client().get(file).text)["entries"])
    with house.writing() as session:
        session.get_one(Packet, number).options = options
    told = json.loads(house.client().get(file).text)["entries"]
    assert len(told) == 2
    assert not any(entry["opened"] for entry in told)


def test_a_packet_that_printed_nonces_before_prints_them_again(house: House) -> None:
    earlier = ["ab" * 32] * nonces.NONCES
    number = packet(house, 1, Options(redaction=Redaction.INITIALS), nonces=earlier)
    with house.reading() as session, speaking("en"), workshop("packet") as folder:
        row = session.get_one(Packet, number)
        again = thawing.thaw(session, row, folder)
    assert (list(again.nonces), again.ask_until) == (earlier, nonces.last_day(row.frozen_at))


@pytest.mark.one_database("sqlite", "what is typed is judged before any database is asked")
def test_a_seed_too_short_and_a_size_not_offered_come_back_as_typed(house: House) -> None:
    path = link(house, packet(house, 3))
    before = house.dump()
    short = house.press(path, seed="1234567", size="59")
    assert short.status_code == 422
    assert 'value="1234567"' in short.text
    assert "Use 8 to 200 characters." in short.text
    assert house.press(path, seed=SEED, size="60").status_code == 422
    assert house.client().get("/did-you-sign/nobody").status_code == 404
    assert house.client().get("/audits/nobody").status_code == 404
    assert house.dump() == before


def test_an_organizer_draws_for_a_seed_that_came_by_letter_and_is_recorded(house: House) -> None:
    number = packet(house, 3)
    client: FlaskClient = signed_in(house)
    path = f"/organize/packets/{number}/audits"
    assert house.press(path, client, seed=SEED, size="59").status_code == 303
    said = words(client.get(path).text)
    assert "Sample 1 59" in said
    assert "here, by letter" in said
    (audit,) = house.rows(Audit)
    assert audit.account_id is not None
    assert audit.delivery_id is None
