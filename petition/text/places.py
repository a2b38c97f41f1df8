"""Places of the United States as the sign form offers them, and the check of postal codes.

The facts are data, in `states.toml`, with their sources. Names are English msgids: pages translate them.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from petition.text.characters import folded
from petition.text.faults import Fault, TextRefusal, refusal

STATES_FILE: Final = Path(__file__).with_name("states.toml")
ELSEWHERE: Final = "ZZ"
LONGEST_POSTAL_CODE: Final = 12
LONGEST_NORMALISED: Final = 200  # nothing longer can be a postal code, so it is not worth composing

_ZIP_CODE = re.compile(r"[0-9]{5}(-[0-9]{4})?")
_POSTAL_CODE = re.compile(rf"[^\W_](?:[^\W_]|[ -]){{0,{LONGEST_POSTAL_CODE - 1}}}")
_NINE_DIGITS = re.compile(r"([0-9]{5})[ -]*([0-9]{4})")
_DASHES = re.compile("[\u2010-\u2015\u2212]")


class PlaceKind(StrEnum):
    """What sort of place a code stands for."""

    STATE = "state"
    DISTRICT = "district"
    TERRITORY = "territory"
    ARMED_FORCES = "armed forces"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class State:
    """One entry of the form's list: a state, or what stands in its place.

    `population` counts residents on April 1, 2020, where the census counted them. `column` and `row` place
    the tile on the map, from 0 at the top left; only the states and the District of Columbia have one.
    """

    code: str
    name: str
    kind: PlaceKind
    population: int | None
    column: int | None
    row: int | None

    @property
    def on_map(self) -> bool:
        """Whether it has a tile: the fifty states and the District of Columbia."""
        return self.column is not None


def in_list_order() -> list[State]:
    """All places as the form lists them: by English name, with “Outside the United States” last."""
    return sorted(STATES.values(), key=lambda state: (state.kind is PlaceKind.ELSEWHERE, state.name))


def clean_postal_code(value: str) -> str:
    """A postal code as we keep it: capitals, plain digits and hyphens, nine digits parted as 80202-1234."""
    code = folded(value)
    if len(code) <= LONGEST_NORMALISED:
        code = folded(unicodedata.normalize("NFKC", code).upper())
    code = _DASHES.sub("-", code)
    nine = _NINE_DIGITS.fullmatch(code)
    return f"{nine[1]}-{nine[2]}" if nine else code


def refuse_postal_code(value: str, state: str) -> TextRefusal | None:
    """Why this cannot be a postal code of that place, or None. Empty is always fine.

    Places of the United States take five digits or nine; elsewhere, and while no known place is chosen, any
    12 letters, digits, spaces and hyphens will do. Whether the code exists is not checked.
    """
    code = clean_postal_code(value)
    if not code:
        return None
    if state in STATES and state != ELSEWHERE:
        return None if _ZIP_CODE.fullmatch(code) else refusal(Fault.ZIP_CODE)
    return None if _POSTAL_CODE.fullmatch(code) else refusal(Fault.POSTAL_CODE)


def _state(code: str, entry: Mapping[str, Any]) -> State:
    column, row = entry.get("tile", (None, None))
    return State(
        code=code,
        name=entry["name"],
        kind=PlaceKind(entry["kind"]),
        population=entry.get("population"),
        column=column,
        row=row,
    )


def _read() -> Mapping[str, State]:
    data = tomllib.loads(STATES_FILE.read_text(encoding="utf-8"))
    return MappingProxyType({code: _state(code, entry) for code, entry in data.items()})


STATES: Final[Mapping[str, State]] = _read()
