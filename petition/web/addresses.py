"""Addresses that leave the site, in e-mails and packets: always under the configured base URL."""

from typing import Any

from flask import Flask, current_app

from petition.config import Config


def outside(endpoint: str, **values: Any) -> str:
    """The full address of a page. It never depends on the Host of whoever asks (ASVS 5.0, 13.2.4)."""
    app: Flask = current_app
    config: Config = app.extensions["config"]
    return config.base_url + app.url_map.bind("").build(endpoint, values)
