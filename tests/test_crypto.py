"""Keys, sealed addresses and the keyed hash of a mailbox."""

import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from petition.crypto import PURPOSES, KeyRing
from petition.errors import BadConfiguration

KEYS = KeyRing({purpose: (f"{purpose}-1", bytes([place]) * 32) for place, purpose in enumerate(PURPOSES)})


def test_made_keys_are_read_back_and_only_their_owner_can(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.json"
    made = KeyRing.make(path)
    assert KeyRing.read(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len({made.key(purpose) for purpose in PURPOSES}) == len(PURPOSES)


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    made = KeyRing.make(tmp_path / "keys.json")
    with pytest.raises(FileExistsError):
        KeyRing.make(tmp_path / "keys.json")
    assert KeyRing.read(tmp_path / "keys.json") == made


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"keys": {"cookies": {"id": "a"}}}', "kein Schlüssel"])
def test_a_file_that_holds_no_keys_is_named_and_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(content, encoding="utf-8")
    with pytest.raises(BadConfiguration, match=r"PETITION_KEY_FILE.*keys\.json"):
        KeyRing.read(tmp_path / "keys.json")


def test_a_missing_key_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="petition init"):
        KeyRing.read(tmp_path / "keys.json")


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyRing.make(path)
    kept = path.read_text()
    key = kept.split('"key": "')[1].split('"')[0]
    path.write_text(kept.replace(key, "c2hvcnQ="))
    with pytest.raises(BadConfiguration, match="32 bytes"):
        KeyRing.read(path)


@given(st.text(max_size=80))
def test_a_sealed_address_opens_to_itself_and_shows_nothing(address: str) -> None:
    sealed = KEYS.seal_address(address)
    assert KEYS.open_address(sealed) == address
    assert len(address) < 6 or address.encode() not in sealed


def test_the_same_address_is_sealed_anew_each_time() -> None:
    assert KEYS.seal_address("ada@patron.example") != KEYS.seal_address("ada@patron.example")


@pytest.mark.parametrize("place", [0, 5, 14, 30, -1])
def test_a_sealed_address_that_was_touched_does_not_open(place: int) -> None:
    sealed = bytearray(KEYS.seal_address("ada@patron.example"))
    sealed[place] ^= 1
    with pytest.raises((InvalidTag, UnicodeDecodeError)):
        KEYS.open_address(bytes(sealed))


def test_a_mailbox_is_known_by_a_hash_that_needs_the_key() -> None:
    others = KeyRing({**KEYS.keys, "mailbox": ("mailbox-1", b"x" * 32)})
    assert KEYS.mailbox("ada@patron.example") == KEYS.mailbox("ada@patron.example")
    assert KEYS.mailbox("ada@patron.example") != others.mailbox("ada@patron.example")
    assert len(KEYS.mailbox("ada@patron.example")) == 32


def test_parts_under_a_mac_cannot_run_into_each_other() -> None:
    assert KEYS.mac("links", b"ab", b"c") != KEYS.mac("links", b"a", b"bc")
    assert KEYS.mac("links", b"ab") != KEYS.mac("links", b"ab", b"")


def test_a_hidden_number_that_was_touched_is_refused() -> None:
    hidden = bytearray(KEYS.hide("sent", 7))
    hidden[3] ^= 1
    with pytest.raises(InvalidTag):
        KEYS.unhide("sent", bytes(hidden))


def test_keys_are_not_printed() -> None:
    assert repr(KEYS.key("addresses"))[2:20] not in repr(KEYS)
