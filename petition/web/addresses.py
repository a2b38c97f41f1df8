"""Addresses that leave the site, in e-mails and packets: always under the configured base URL."""

from typing import Any

from flask import Flask, current_app

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
