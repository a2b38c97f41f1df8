"""Drawing a sample: fair, without repetition, and the same for whoever calculates again. And what a sample bounds."""

import hashlib
import math
from collections import Counter
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petition.audits import bounds, drawing
from petition.audits.bounds import Result

NONCE: Final = bytes(range(32))
ROOT: Final = bytes(32)
pytestmark = pytest.mark.one_database("sqlite", "arithmetic")


@given(
    st.binary(min_size=32, max_size=32), st.text(min_size=8, max_size=200).filter(lambda s: s.isprintable()),
    st.sets(st.integers(1, 10**7), max_size=80), st.sampled_from(drawing.SIZES),
)  # fmt: skip
def test_the_printed_program_draws_the_same_and_nothing_twice(nonce: bytes, seed: str, some: set[int], n: int) -> None:
    numbers = sorted(some)
    drawn = drawing.draw(nonce, seed, ROOT, numbers, n)
    printed: dict[str, Any] = {}
    exec(drawing.PROGRAM, printed)
    assert printed["draw"](nonce, seed, ROOT, numbers, n) == drawn
    assert len(set(drawn)) == len(drawn) == min(n, len(numbers))
    assert set(drawn) <= some


def test_nonce_seed_and_root_each_change_what_is_drawn() -> None:
    numbers = range(1, 100_001)
    samples = {
        tuple(drawing.draw(nonce, seed, root, numbers, 59))
        for nonce in (NONCE, bytes(32)) for seed in ("12345678", "123456789") for root in (ROOT, NONCE)
    }  # fmt: skip
    assert len(samples) == 8


def _biased(key: bytes, turn: int, numbers: range) -> int:
    """A planted fault: one byte of the hash for more numbers than go into it evenly."""
    return numbers[hashlib.sha256(key + turn.to_bytes(8, "big")).digest()[0] % len(numbers)]


def _chi_square(found: Counter[int], numbers: range) -> float:
    expected = found.total() / len(numbers)
    return sum((found[number] - expected) ** 2 / expected for number in numbers)


def test_every_number_is_as_likely_and_a_planted_bias_is_seen() -> None:
    numbers = range(1, 101)
    fair = Counter(
        number for turn in range(600) for number in drawing.draw(NONCE, f"seed {turn:05}", ROOT, numbers, 59)[:20]
    )
    biased = Counter(_biased(NONCE, turn, numbers) for turn in range(12_000))
    # 99 degrees of freedom: more than 149 comes once in a thousand (NIST/SEMATECH e-Handbook, 1.3.6.7.4).
    assert _chi_square(fair, numbers) < 149
    assert _chi_square(biased, numbers) > 149


@pytest.mark.parametrize(("drawn", "share"), [(59, 0.05), (149, 0.02), (299, 0.01)])
def test_clean_samples_bound_the_bad_ones_below_five_two_and_one_percent(drawn: int, share: float) -> None:
    assert bounds.upper(0, drawn) < share
    assert bounds.upper(0, drawn - 1) >= share
    assert bounds.upper(0, drawn) == pytest.approx(1 - 0.05 ** (1 / drawn), abs=1e-12)


@pytest.mark.parametrize(("bad", "drawn"), [(1, 59), (7, 59), (3, 149), (150, 299), (298, 299)])
def test_at_the_bound_so_few_bad_ones_come_once_in_twenty_samples(bad: int, drawn: int) -> None:
    share = Fraction(bounds.upper(bad, drawn))
    ways = (math.comb(drawn, k) * share**k * (1 - share) ** (drawn - k) for k in range(bad + 1))
    assert float(sum(ways)) == pytest.approx(0.05, abs=1e-9)


def test_a_sample_of_bad_ones_bounds_nothing() -> None:
    assert bounds.upper(59, 59) == 1.0
    with pytest.raises(ValueError, match="60 of 59"):
        bounds.upper(60, 59)


@given(st.integers(1, 299), st.data())
def test_a_bound_grows_with_each_bad_one_and_holds_what_was_seen(drawn: int, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, drawn - 1))
    assert bad / drawn < bounds.upper(bad, drawn) <= bounds.upper(bad + 1, drawn) <= 1.0


def _kept(upper: Any, population: int, drawn: int) -> bool:
    """Whether for every number of bad ones the bound holds in at least 95 % of all samples without repetition."""
    ways = math.comb(population, drawn)
    limits = [upper(k, drawn) for k in range(drawn + 1)]
    for bad in range(population + 1):
        chances = (
            math.comb(bad, k) * math.comb(population - bad, drawn - k) for k in range(drawn + 1)
            if bad / population <= limits[k]
        )  # fmt: skip
        if sum(chances) / ways < 1 - bounds.RISK:
            return False
    return True


@pytest.mark.parametrize(("population", "drawn"), [(60, 59), (80, 59), (100, 20), (300, 59)])
def test_the_bound_holds_for_lists_drawn_from_without_repetition_and_one_too_small_is_caught(
    population: int, drawn: int
) -> None:
    assert _kept(bounds.upper, population, drawn)
    assert not _kept(lambda bad, of: bad / of, population, drawn)


def test_what_is_unknown_counts_once_as_good_and_once_as_bad() -> None:
    result = Result(yes=50, no=1, unknown=8)
    assert result.drawn == 59
    assert result.if_good == bounds.upper(1, 59)
    assert result.if_bad == bounds.upper(9, 59)
