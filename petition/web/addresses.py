"""Addresses: those that leave the site, in e-mails and packets, and the numbers of rows in those that come in."""

from typing import Any

from flask import Flask, current_app
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from petition.config import Config
from petition.web.language import DEFAULT, current


def outside(endpoint: str, **values: Any) -> str:
    """The full address of a page, in the language spoken now.

    It never depends on the Host of whoever asks (ASVS 5.0, 13.2.4).
    """
    app: Flask = current_app
    config: Config = app.extensions["config"]
    if current() != DEFAULT:
        values.setdefault("lang", current())
    return config.base_url + app.url_map.bind("").build(endpoint, values)


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
    """`<row:number>`: a row's key. No row has a number that 64 bits cannot hold, and SQLite cannot be asked for one."""

    def __init__(self, map: Map) -> None:  # noqa: A002  (Werkzeug's name)
        super().__init__(map, max=2**63 - 1)
