"""Tokens: links, codes, handles and the tokens of forms."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition import tokens
from petition.crypto import PURPOSES, KeyRing
from petition.errors import NotFound, StaleForm

KEYS = KeyRing({purpose: (f"{purpose}-1", bytes([place]) * 32) for place, purpose in enumerate(PURPOSES)})
OTHERS = KeyRing({purpose: (f"{purpose}-1", bytes([place + 9]) * 32) for place, purpose in enumerate(PURPOSES)})
NOON = datetime(2019, 10, 14, 12, 0, 30, tzinfo=UTC)


def test_a_link_is_the_same_each_time_and_holds_256_bits() -> None:
    token = tokens.link(KEYS, "confirm", 7)
    assert token == tokens.link(KEYS, "confirm", 7)
    assert len(token) == 43
    assert len(tokens.fingerprint(token)) == 32
    assert token.encode() not in tokens.fingerprint(token)


def test_a_link_differs_by_purpose_row_generation_and_key() -> None:
    made = {
        tokens.link(KEYS, "confirm", 7),
        tokens.link(KEYS, "page", 7),
        tokens.link(KEYS, "confirm", 8),
        tokens.link(KEYS, "confirm", 7, generation=1),
        tokens.link(OTHERS, "confirm", 7),
        tokens.link(KEYS, "confirm", b"7 0"),
    }
    assert len(made) == 6


def test_parts_of_a_link_cannot_run_into_each_other() -> None:
    assert tokens.link(KEYS, "page", 11, 1) != tokens.link(KEYS, "page", 1, 11)
    assert tokens.link(KEYS, "page1", 1) != tokens.link(KEYS, "page", 11)


@given(st.integers(1, 2**40), st.integers(0, 3))
def test_a_code_is_eight_letters_that_are_not_misread(row: int, generation: int) -> None:
    code = tokens.code(KEYS, row, generation)
    assert len(code) == 8
    assert set(code) <= set(tokens.CROCKFORD)
    assert not set(code) & set("ILOU")
    assert tokens.as_typed(tokens.written(code)) == code


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("K7MQ-42XD", "K7MQ42XD"),
        ("k7mq42xd", "K7MQ42XD"),
        (" k7mq 42xd ", "K7MQ42XD"),
        ("K7MQ\u201042XD", "K7MQ42XD"),
        ("K7MQ–42XD", "K7MQ42XD"),
        ("O0Oo-IiLl", "00001111"),
        ("", ""),
    ],
)
def test_a_typed_code_is_read_as_it_was_meant(typed: str, read: str) -> None:
    assert tokens.as_typed(typed) == read


@given(st.integers(0, 2**62))
def test_a_handle_opens_to_its_row(row: int) -> None:
    assert tokens.open_handle(KEYS, "sent", tokens.handle(KEYS, "sent", row)) == row


def test_handles_of_neighbours_are_of_one_length_and_look_unlike() -> None:
    one, two = tokens.handle(KEYS, "sent", 1), tokens.handle(KEYS, "sent", 2)
    assert len(one) == len(two)
    assert sum(a == b for a, b in zip(one, two, strict=True)) < len(one) // 2


@given(st.text(max_size=50))
def test_a_made_up_handle_opens_nothing(text: str) -> None:
    with pytest.raises(NotFound):
        tokens.open_handle(KEYS, "sent", text)


def test_a_handle_of_another_house_opens_nothing() -> None:
    with pytest.raises(NotFound):
        tokens.open_handle(KEYS, "sent", tokens.handle(OTHERS, "sent", 1))


def test_the_token_of_a_form_is_the_same_for_everyone_within_a_minute() -> None:
    token = tokens.form(KEYS, "sign", NOON)
    assert token == tokens.form(KEYS, "sign", NOON.replace(second=59))
    assert token != tokens.form(KEYS, "sign", NOON + timedelta(minutes=1))


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=23, minutes=59), timedelta(hours=24)])
def test_a_form_may_be_sent_for_a_day(age: timedelta) -> None:
    token = tokens.form(KEYS, "sign", NOON)
    tokens.check_form(KEYS, "sign", token, NOON + age)
    with pytest.raises(StaleForm):
        tokens.check_form(KEYS, "sign", token, NOON + age + timedelta(hours=24, minutes=2))


def test_a_form_from_the_future_is_refused_but_for_clocks_a_little_ahead() -> None:
    token = tokens.form(KEYS, "sign", NOON)
    tokens.check_form(KEYS, "sign", token, NOON - timedelta(minutes=1))
    with pytest.raises(StaleForm):
        tokens.check_form(KEYS, "sign", token, NOON - timedelta(minutes=5))


def test_the_token_of_a_form_holds_for_one_purpose_and_one_house() -> None:
    token = tokens.form(KEYS, "sign", NOON)
    with pytest.raises(StaleForm):
        tokens.check_form(KEYS, "withdraw", token, NOON)
    with pytest.raises(StaleForm):
        tokens.check_form(OTHERS, "sign", token, NOON)


@given(st.text(max_size=40))
def test_a_made_up_form_token_is_refused(token: str) -> None:
    with pytest.raises(StaleForm):
        tokens.check_form(KEYS, "sign", token, NOON)


def test_a_form_token_with_its_time_pushed_on_is_refused() -> None:
    minute, _, mac = tokens.form(KEYS, "sign", NOON).partition(".")
    with pytest.raises(StaleForm):
        tokens.check_form(KEYS, "sign", f"{int(minute) + 1}.{mac}", NOON)


def test_the_keys_of_two_houses_differ(tmp_path: Path) -> None:
    one, two = KeyRing.make(tmp_path / "one.json"), KeyRing.make(tmp_path / "two.json")
    assert tokens.link(one, "confirm", 1) != tokens.link(two, "confirm", 1)
    assert json.loads((tmp_path / "one.json").read_text())["format"] == 1


def test_a_handle_for_one_page_opens_no_other() -> None:
    with pytest.raises(NotFound):
        tokens.open_handle(KEYS, "confirmed", tokens.handle(KEYS, "sent", 1))
