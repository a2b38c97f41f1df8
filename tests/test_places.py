"""Places of the sign form and their postal codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition.text.faults import Fault
from petition.text.places import (
    STATES,
    PlaceKind,
    clean_postal_code,
    in_list_order,
    refuse_postal_code,
)

CODES = """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY
NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI AS MP AA AE AP ZZ"""


def test_the_list_holds_exactly_the_codes_of_the_sign_form() -> None:
    assert set(STATES) == set(CODES.split())
    assert all(state.code == code for code, state in STATES.items())


def test_the_fifty_one_together_have_the_counted_population() -> None:
    counted = [state.population or 0 for state in STATES.values() if state.on_map]
    assert len(counted) == 51
    assert sum(counted) == 331_449_281  # 2020 Census, resident population of the United States


@pytest.mark.parametrize(
    ("code", "population"),
    [("CA", 39_538_223), ("TX", 29_145_505), ("UT", 3_271_616), ("WY", 576_851), ("PR", 3_285_874)],
)
def test_a_published_population_stands_at_its_place(code: str, population: int) -> None:
    assert STATES[code].population == population


def test_every_kind_has_its_number() -> None:
    kinds = [state.kind for state in STATES.values()]
    assert {kind: kinds.count(kind) for kind in PlaceKind} == {
        PlaceKind.STATE: 50,
        PlaceKind.DISTRICT: 1,
        PlaceKind.TERRITORY: 5,
        PlaceKind.ARMED_FORCES: 3,
        PlaceKind.ELSEWHERE: 1,
    }


def test_only_the_fifty_one_lie_on_the_map_and_no_two_on_one_tile() -> None:
    tiles = [(state.column, state.row) for state in STATES.values() if state.on_map]
    assert len(set(tiles)) == len(tiles) == 51
    for column, row in tiles:
        assert column is not None
        assert row is not None
        assert 0 <= column <= 11
        assert 0 <= row <= 7
    on_map = {state.kind for state in STATES.values() if state.on_map}
    assert on_map == {PlaceKind.STATE, PlaceKind.DISTRICT}


@pytest.mark.parametrize(("code", "tile"), [("AK", (0, 6)), ("ME", (11, 0)), ("WI", (6, 1)), ("HI", (0, 7))])
def test_a_tile_lies_where_the_design_has_it(code: str, tile: tuple[int, int]) -> None:
    assert (STATES[code].column, STATES[code].row) == tile


def test_the_list_is_alphabetical_with_elsewhere_last() -> None:
    names = [state.name for state in in_list_order()]
    assert names[0] == "Alabama"
    assert names[-1] == "Outside the United States"
    assert names[:-1] == sorted(names[:-1])
    assert len(names) == len(STATES)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 80202 ", "80202"),
        ("80202-1234", "80202-1234"),
        ("802021234", "80202-1234"),
        ("80202 1234", "80202-1234"),
        ("80202–1234", "80202-1234"),
        ("８０２０２", "80202"),
        ("sw1a  1aa", "SW1A 1AA"),
        ("", ""),
    ],
)
def test_a_postal_code_gets_one_form(typed: str, kept: str) -> None:
    assert clean_postal_code(typed) == kept


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("", "NE"),
        ("  ", "ZZ"),
        ("68508", "NE"),
        ("68508-1234", "NE"),
        ("00901", "PR"),
        ("09012", "AE"),
        ("SW1A 1AA", "ZZ"),
        ("K1A-0B1", "ZZ"),
        ("110001", "ZZ"),
        ("SW1A 1AA", ""),  # no state chosen yet: the state's own field says so, this one stays quiet
    ],
)
def test_a_fitting_postal_code_passes(code: str, state: str) -> None:
    assert refuse_postal_code(code, state) is None


@pytest.mark.parametrize(
    ("code", "state", "fault"),
    [
        ("6850", "NE", Fault.ZIP_CODE),
        ("685081", "NE", Fault.ZIP_CODE),
        ("6850A", "NE", Fault.ZIP_CODE),
        ("68508-12", "NE", Fault.ZIP_CODE),
        ("SW1A 1AA", "GU", Fault.ZIP_CODE),
        ("1234567890123", "ZZ", Fault.POSTAL_CODE),
        ("=1+1", "ZZ", Fault.POSTAL_CODE),
        ("-1", "ZZ", Fault.POSTAL_CODE),
        ("12_34", "ZZ", Fault.POSTAL_CODE),
        ("9" * 5000, "ZZ", Fault.POSTAL_CODE),
    ],
)
def test_an_unfitting_postal_code_is_refused_with_its_reason(code: str, state: str, fault: Fault) -> None:
    refused = refuse_postal_code(code, state)
    assert refused is not None
    assert refused.fault is fault


@given(st.text(max_size=300), st.sampled_from([*sorted(STATES), "", "??"]))
def test_any_text_is_a_postal_code_or_refused(code: str, state: str) -> None:
    refused = refuse_postal_code(code, state)
    assert refused is None or refused.fault in (Fault.ZIP_CODE, Fault.POSTAL_CODE)
    if refused is None:
        assert len(clean_postal_code(code)) <= 12


@given(st.text(max_size=300))
def test_cleaning_a_postal_code_twice_changes_nothing(code: str) -> None:
    assert clean_postal_code(clean_postal_code(code)) == clean_postal_code(code)
