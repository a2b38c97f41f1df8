"""The ledger in public: checkpoints once a day, told to the chapters, proofs for anybody, a receipt for a signatory.

What is downloaded is checked here with hashlib and cryptography alone, as a stranger would.
"""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from petition.chapters.models import Chapter
from petition.ledger import checkpoints, tiles
from petition.ledger.models import Checkpoint
from petition.statements.models import Statement
from petition.worker import steps
from tests.chapters import OFFICE
from tests.ground import SLUG, House
from tests.ledgers import signed_ledgers
from tests.witness import words

KEPT = "Keep this: checkpoints of our ledgers"


def take(house: House) -> int:
    with house.app.app_context():
        return steps.take_checkpoints(house.keys, house.config)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def checked(note: str, verifier: str) -> tuple[int, bytes]:
    """The size and the root that a signed note gives, by its specification alone. Raises InvalidSignature."""
    name, key_id, key = verifier.split("+", 2)
    raw = base64.b64decode(key)
    body, signatures = note.split("\n\n")
    origin, size, root, *_time = body.split("\n")
    assert signatures.startswith(f"\u2014 {name} ")
    assert origin == name
    signature = base64.b64decode(signatures.split(" ")[2])
    assert signature[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature[4:], (body + "\n").encode())
    return int(size), base64.b64decode(root)


def root_from(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    at, last, digest = index, size - 1, leaf
    for sibling in proof:
        assert last
        if at % 2 or at == last:
            digest = sha256(b"\x01", sibling, digest)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = sha256(b"\x01", digest, sibling)
        at, last = at >> 1, last >> 1
    assert last == 0
    return digest


def shown(receipt: dict[str, Any]) -> dict[str, str]:
    """What a receipt proves, by the four steps that it names itself. Raises when it proves nothing."""
    leaf = receipt["entry"]["leaf"]
    said = json.loads(leaf)
    for field, opened in receipt["opened"].items():
        salt, value = bytes.fromhex(opened["salt"]), opened["value"].encode()
        assert sha256(field.encode(), b"\x00", salt, value).hex() == said["commitments"][field]
    size, root = checked(receipt["checkpoint"], receipt["verifier"])
    inclusion = receipt["inclusion"]
    assert (inclusion["size"], inclusion["root"]) == (size, root.hex())
    proof = [bytes.fromhex(digest) for digest in inclusion["proof"]]
    assert root_from(sha256(b"\x00", leaf.encode()), said["seq"] - 1, size, proof) == root
    assert said["revision"] == receipt["revision_sha256"]
    return {field: opened["value"] for field, opened in receipt["opened"].items()}


# --- Once a day -----------------------------------------------------------------------------------


def test_a_ledger_is_signed_once_a_day_after_midnight_if_it_has_grown(house: House) -> None:
    house.later(hours=(24 - house.clock.now().astimezone(UTC).hour) % 24)
    house.signed()
    assert take(house) == 0
    house.later(days=1)
    assert take(house) == 1
    assert take(house) == 0
    house.later(days=1)
    assert take(house) == 0
    house.signed("grace@patron.example")
    assert take(house) == 0
    house.later(days=1)
    assert take(house) == 1
    assert [(row.size, row.told_at == row.made_at) for row in house.rows(Checkpoint)] == [(1, True), (2, True)]


def test_every_chapter_is_told_once_and_to_the_letter(house: House) -> None:
    house.signed()
    assert signed_ledgers(house) == 1
    house.work()
    assert len([mail for mail in house.mails() if mail.subject.strip() == KEPT]) == 1
    house.later(minutes=20)
    house.work()
    (checkpoint,) = house.rows(Checkpoint)
    told = [mail for mail in house.mails() if mail.subject.strip() == KEPT]
    assert len(told) == len(house.rows(Chapter)) == len({mail.to for mail in told})
    (mail,) = (mail for mail in told if mail.to == OFFICE)
    assert checkpoint.note in mail.text.replace("\r\n", "\n")
    assert checkpoint.note.splitlines()[2] in mail.html
    assert "Ada" not in mail.text
    fingerprint = hashlib.sha256(checkpoints.public_key(house.keys)).hexdigest()
    for said in (mail.text, mail.html, house.client().get("/ledger/").text):
        assert fingerprint[:8] in said


def test_a_packets_checkpoint_is_told_the_next_day_though_nothing_has_grown(house: House) -> None:
    house.signed()
    signed_ledgers(house)
    with house.writing() as session:
        (row,) = session.query(Checkpoint).all()
        row.told_at, row.made_at = None, house.clock.now() - timedelta(days=1)
    assert take(house) == 1
    assert take(house) == 0
    assert len(house.rows(Checkpoint)) == 1


# --- In public ------------------------------------------------------------------------------------


def test_anybody_can_check_that_the_ledger_was_only_added_to(house: House) -> None:
    house.signed()
    signed_ledgers(house)
    for number in range(5):
        house.signed(f"reader-{number}@patron.example")
    signed_ledgers(house)
    client = house.client()
    page = client.get(f"/ledger/{SLUG}").text
    old, new = (row.id for row in house.rows(Checkpoint))
    assert page.index(f"/checkpoints/{new}.txt") < page.index(f"/checkpoints/{old}.txt")
    verifier = next(word for word in page.replace(">", " ").replace("<", " ").split() if word.count("+") >= 2)
    notes = [client.get(f"/ledger/{SLUG}/checkpoints/{each}.txt") for each in (old, new)]
    assert notes[1].text == client.get(f"/ledger/{SLUG}/checkpoint").text
    assert notes[0].mimetype == "text/plain"
    (size, root), (larger, its_root) = (checked(note.text, verifier) for note in notes)
    assert (size, larger) == (1, 6)
    proof = client.get(f"/ledger/{SLUG}/consistency/1/6.json").get_json()
    assert proof["old"] == {"size": 1, "root": root.hex()}
    assert proof["new"] == {"size": 6, "root": its_root.hex()}
    # A tree of one leaf is that leaf, and the proof that the other begins with it is the leaf's own path.
    assert root_from(root, 0, 6, [bytes.fromhex(each) for each in proof["proof"]]) == its_root
    with pytest.raises(InvalidSignature):
        checked(notes[0].text.replace("\n1\n", "\n2\n"), verifier)


def test_a_checkpoint_that_is_filed_late_does_not_make_the_ledger_run_backwards(house: House) -> None:
    for number in range(3):
        house.signed(f"reader-{number}@patron.example")
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=SLUG).one()
        # A packet was frozen at two entries; the day's round came between that and its filing.
        for size in (1, 3, 2):
            root = tiles.root(session, statement.id, size)
            checkpoints.take(
                session, house.keys, house.config.base_url, statement, size=size, root=root, now=house.clock.now()
            )
    client = house.client()
    assert client.get(f"/ledger/{SLUG}/checkpoint").text.split("\n")[1] == "3"
    page = client.get(f"/ledger/{SLUG}").text
    proofs = re.findall(rf'href="(/ledger/{SLUG}/consistency/[^"]+)"', page)
    assert proofs == [f"/ledger/{SLUG}/consistency/{old}/{new}.json" for old, new in ((2, 3), (1, 2))]
    assert [client.get(proof).status_code for proof in proofs] == [200, 200]
    assert "3 entries, " in words(client.get("/ledger/").text)
    late = max(row.id for row in house.rows(Checkpoint))
    older = client.get(f"/ledger/{SLUG}?before={late}").text
    assert re.findall(r"/checkpoints/(\d+)\.txt", older) == ["1"]


def test_the_list_names_each_ledger_its_newest_checkpoint_and_our_key(house: House) -> None:
    assert "Nothing has been entered yet." in house.client().get("/ledger/").text
    house.signed()
    assert "none yet: after midnight UTC" in house.client().get("/ledger/").text
    assert "There is none yet." in house.client().get(f"/ledger/{SLUG}").text
    assert house.client().get(f"/ledger/{SLUG}/checkpoint").status_code == 404
    signed_ledgers(house)
    page = house.client().get("/ledger/").text
    assert f'href="/ledger/{SLUG}"' in page
    assert "1 entry, " in page


@pytest.mark.one_database("sqlite", "what a page says")
@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("consistency/2/1.json", 422, "The first size must not be larger than the second."),
        ("consistency/1/3.json", 404, "There are not so many entries yet: the newest has number 2."),
        ("consistency/1/99999999999.json", 404, "not"),
        ("consistency/-1/1.json", 404, "not"),
        ("checkpoints/99.txt", 404, "not"),
        ("checkpoints/x.txt", 404, "not"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(house: House, path: str, status: int, said: str) -> None:
    house.signed()
    house.signed("grace@patron.example")
    signed_ledgers(house)
    answer = house.client().get(f"/ledger/{SLUG}/{path}")
    assert answer.status_code == status
    assert said in answer.text
    assert house.client().get(f"/ledger/nobodys/{path}").status_code == 404


def test_a_checkpoint_stands_under_its_own_ledger_alone(house: House) -> None:
    house.signed()
    signed_ledgers(house)
    (row,) = house.rows(Checkpoint)
    assert house.client().get(f"/ledger/{SLUG}/checkpoints/{row.id}.txt").status_code == 200
    assert house.client().get(f"/ledger/letter/checkpoints/{row.id}.txt").status_code == 404


# --- The receipt ----------------------------------------------------------------------------------


def test_a_receipt_shows_name_and_place_to_a_stranger_and_nothing_else(house: House) -> None:
    private = house.signed(name="Žofie Sample", city="Lincoln", state="NE")
    for number in range(6):
        house.signed(f"reader-{number}@patron.example")
    client = house.client()
    assert "the next time is soon after" in client.get(f"{private}/receipt").text
    assert client.get(f"{private}/receipt.json").status_code == 404
    signed_ledgers(house)
    assert f"{private}/receipt" in client.get(private).text
    assert f"{private}/receipt.json" in client.get(f"{private}/receipt").text
    answer = client.get(f"{private}/receipt.json")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=petition-receipt-{SLUG}-1.json"
    assert shown(answer.get_json()) == {"name": "Žofie Sample", "place": '["Lincoln","NE",""]'}
    assert "mailbox" not in answer.get_json()["opened"]
    assert house.mailbox().hex() not in answer.text


@pytest.mark.one_database("sqlite", "what the link holds is judged before any database is asked")
@pytest.mark.parametrize(
    "bend",
    [
        lambda receipt: receipt["opened"]["name"].update(value="Somebody Else"),
        lambda receipt: receipt["entry"].update(leaf=receipt["entry"]["leaf"].replace("2", "3", 1)),
        lambda receipt: receipt["inclusion"]["proof"].reverse(),
        lambda receipt: receipt["inclusion"].update(root="00" * 32),
        lambda receipt: receipt.update(checkpoint=receipt["checkpoint"].replace("\n3\n", "\n4\n")),
        lambda receipt: receipt.update(revision_sha256="00" * 32),
    ],
)
def test_a_bent_receipt_shows_nothing(house: House, bend: Any) -> None:
    house.signed()
    house.signed("grace@patron.example")
    private = house.signed("mary@patron.example")
    house.signed("last@patron.example")
    signed_ledgers(house)
    receipt = house.client().get(f"{private}/receipt.json").get_json()
    assert shown(receipt)
    before = json.dumps(receipt)
    bend(receipt)
    if json.dumps(receipt) == before:
        receipt["inclusion"]["proof"].append("00" * 32)
    with pytest.raises((AssertionError, InvalidSignature)):
        shown(receipt)


def test_a_withdrawn_signature_keeps_its_receipt_until_its_details_are_erased(house: House) -> None:
    private = house.signed()
    signed_ledgers(house)
    house.press(f"{private}/withdraw")
    house.work()
    receipt = house.client().get(f"{private}/receipt.json").get_json()
    assert receipt["standing"] == "withdrawn"
    assert shown(receipt)["name"]
    house.later(days=7, minutes=1)
    house.sweep()
    assert house.client().get(f"{private}/receipt.json").status_code == 404
    page = house.client().get(f"{private}/receipt").text
    assert "Your details are erased" in page
    assert "receipt.json" not in page


def test_a_receipt_needs_its_own_link(house: House) -> None:
    house.signed()
    assert house.client().get("/signature/nobodys/receipt.json").status_code == 404
    assert house.client().get("/signature/nobodys/receipt").status_code == 404


def test_the_time_of_the_next_checkpoint_is_said_before_there_is_one(house: House) -> None:
    private = house.signed()
    midnight = datetime.combine(house.clock.now().astimezone(UTC).date() + timedelta(days=1), datetime.min.time())
    assert f"{midnight:%Y}" in house.client().get(f"{private}/receipt").text
