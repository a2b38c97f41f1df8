"""Checkpoints: signed notes about a ledger, in the form that other people's programs read."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from petition.crypto import PURPOSES, KeyRing
from petition.ledger import checkpoints
from petition.ledger.checkpoints import BadCheckpoint, Signed

KEYS = KeyRing({purpose: (f"{purpose}-1", purpose.encode().ljust(32, b".")) for purpose in PURPOSES})
SAID = Signed(
    "petition.example.org/ledger/ebooksforall", 87204, bytes(range(32)), datetime(2019, 10, 9, 15, 4, 5, tzinfo=UTC)
)
PUBLIC = checkpoints.public_key(KEYS)


def test_a_checkpoint_says_origin_size_root_and_time_in_lines() -> None:
    body, _, signature = checkpoints.note(KEYS, SAID).partition("\n\n")
    assert body.split("\n") == [
        "petition.example.org/ledger/ebooksforall",
        "87204",
        base64.b64encode(bytes(range(32))).decode(),
        "time 2019-10-09T15:04:05Z",
    ]
    assert signature.startswith("\u2014 petition.example.org/ledger/ebooksforall ")
    assert signature.endswith("\n")


def test_its_signature_is_ed25519_over_the_body_under_the_key_of_the_verifier() -> None:
    """By the specification alone (c2sp.org/signed-note), without the code under test."""
    text = checkpoints.note(KEYS, SAID)
    name, key_id, key = checkpoints.verifier(SAID.origin, PUBLIC).split("+", 2)
    raw_key = base64.b64decode(key)
    assert raw_key[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + raw_key).digest()[:4].hex() == key_id
    body, signature = text.split("\n\n")
    raw = base64.b64decode(signature.split(" ")[2])
    assert raw[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(raw_key[1:]).verify(raw[4:], (body + "\n").encode())


def test_what_was_signed_is_read_back() -> None:
    assert checkpoints.read(checkpoints.note(KEYS, SAID), PUBLIC) == SAID


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda note: note.replace("87204", "87205", 1), "does not fit the key"),
        (lambda note: note.replace("15:04:05", "15:04:06"), "does not fit the key"),
        (lambda note: note.replace("87204\n", "+87204\n", 1), "not those of a checkpoint"),
        (lambda note: note.replace("87204\n", "087204\n", 1), "not those of a checkpoint"),
        (lambda note: note.replace("87204\n", f"{'9' * 5000}\n", 1), "not those of a checkpoint"),
        (lambda note: note.split("\n\n")[0], "no signature"),
        (lambda note: note.split("\n\n")[0] + "\n\n", "does not fit the key"),
        (lambda note: note.replace("time ", "Time "), "not those of a checkpoint"),
        (lambda _: "", "no signature"),
    ],
)
def test_a_note_that_was_changed_is_refused(damage: Callable[[str], str], why: str) -> None:
    with pytest.raises(BadCheckpoint, match=why):
        checkpoints.read(damage(checkpoints.note(KEYS, SAID)), PUBLIC)


def test_a_note_under_another_key_is_refused() -> None:
    other = KeyRing({**KEYS.keys, "seal": ("seal-2", bytes(32))})
    with pytest.raises(BadCheckpoint, match="does not fit"):
        checkpoints.read(checkpoints.note(KEYS, SAID), checkpoints.public_key(other))
