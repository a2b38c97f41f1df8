"""Places: what states and countries are called in the language spoken now, and in which order they stand."""

import unicodedata
from functools import cache
from typing import Final

from babel import Locale
from flask import Flask

from petition.text.places import STATES
from petition.web.language import _, spoken

#: Codes that CLDR lists beside countries, the United States, and what the list of states holds already.
_NO_COUNTRY: Final = frozenset("US PR GU VI AS MP UM EU EZ UN ZZ XA XB QO AC CP DG EA IC TA CQ".split())


def countries() -> list[tuple[str, str]]:
    """Every country but the United States, as (code, name) in the order of the spoken language."""
    return list(_countries(spoken().writing))


@cache
def _countries(writing: str) -> tuple[tuple[str, str], ...]:
    territories = Locale.parse(writing).territories
    named = [(c, n) for c, n in territories.items() if len(c) == 2 and c.isalpha() and c not in _NO_COUNTRY]
    return tuple(sorted(named, key=lambda pair: in_order(pair[1])))


def in_order(name: str) -> str:
    """What to sort a name by: Águeda stands beside Agueda, not behind Zamora."""
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return bare.casefold()


def state_name(code: str) -> str:
    """The name of a state in the language spoken now, by its two letters."""
    return _(STATES[code].name)


def country_name(code: str) -> str:
    """The country's name in the language spoken now."""
    return str(Locale.parse(spoken().writing).territories.get(code, code))


def attach(app: Flask) -> None:
    """Give templates the filter `state_name`."""
    app.jinja_env.filters["state_name"] = state_name
