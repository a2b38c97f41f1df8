"""The machine that holds the house to its rules is tested itself: it must notice every fault that is planted."""

import pytest

from tests import review_mutants
from tests.ground import House
from tests.mutants import MUTANTS
from tests.stories import tell
from tests.test_rules import LONG, MANY, machine, search, widened, wider

# The first is there for what it plants.
__all__ = ["review_mutants", "widened", "wider"]


@pytest.fixture(params=MUTANTS)
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fault, planted."""
    name = str(request.param)
    MUTANTS[name][0](monkeypatch)
    return name


@pytest.mark.one_database("sqlite", "what is tried is the machine, and no fault hides from it on the other one only")
def test_a_planted_fault_is_noticed(fault: str, wider: House) -> None:
    _, story = MUTANTS[fault]
    with pytest.raises(AssertionError):
        tell(machine(wider), story)


if LONG:

    def test_a_planted_fault_is_found_by_chance(fault: str, wider: House) -> None:
        with pytest.raises((AssertionError, ExceptionGroup)):
            search(wider, MANY)
