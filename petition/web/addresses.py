"""Addresses: those that leave the site, in e-mails and packets, and the numbers of rows in those that come in."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, current_app
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from petition.config import Config
from petition.web.language import DEFAULT, current

#: The largest key that is looked for. Most tables of PostgreSQL have keys of 32 bits and refuse to be asked for more.
LARGEST: Final = 2**31 - 1


def outside(endpoint: str, **values: Any) -> str:
    """The full address of a page, in the language spoken now.

    It never depends on the Host of whoever asks (ASVS 5.0, 13.2.4).
    """
    app: Flask = current_app
    config: Config = app.extensions["config"]
    if current() != DEFAULT:
        values.setdefault("lang", current())
    return config.base_url + app.url_map.bind("").build(endpoint, values)


def before(arguments: Mapping[str, str]) -> int | None:
    """The key below which a list goes on, as its address has it; None for its beginning."""
    raw = arguments.get("before", "")
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= len(str(LARGEST)) else 0
    return number if 0 < number <= LARGEST else None


class StateCode(BaseConverter):
    """`<state:chapter>`: a state's two letters, small in an address and capital everywhere else."""

    regex = "[a-z]{2}"

    def to_python(self, value: str) -> str:
        """NE for ne."""
        return value.upper()

    def to_url(self, value: str) -> str:
        """The small letters again."""
        return value.lower()


class RowNumber(IntegerConverter):
    """`<row:number>`: a row's key, as far as every table can be asked for it."""

    def __init__(self, map: Map) -> None:  # noqa: A002  (Werkzeug's name)
        super().__init__(map, max=LARGEST)
