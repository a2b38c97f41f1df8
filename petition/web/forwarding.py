"""Forwarding: notices a proxy that says for whom it asks while we are told to trust none.

Then every patron has the proxy's address, and one flood limit holds for all of them. Nobody would see why
signing answers 429, so the fact is kept, and no address with it, for `petition doctor` to name.
"""

import ipaddress
from datetime import datetime, timedelta
from typing import Final

import structlog
from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError

from petition import clock, occurrences
from petition.config import Config
from petition.db import writing
from petition.errors import Refusal

log = structlog.get_logger("petition.web")

EVERY: Final = timedelta(days=1)


def attach(app: Flask, config: Config) -> None:
    """Look out for such a proxy, unless proxies are trusted. Notes it once a day in each process."""
    if config.trusted_proxies:
        return
    noted: datetime | None = None

    @app.before_request
    def look() -> None:
        nonlocal noted
        if "X-Forwarded-For" not in request.headers or not _near(request.remote_addr or ""):
            return
        now = clock.now()
        if noted is not None and now - noted < EVERY:
            return
        noted = now
        log.warning("proxy.untrusted", mend="PETITION_TRUSTED_PROXIES is 0, and a proxy passes X-Forwarded-For")
        try:
            # In a transaction of its own: the request's may be one that only reads.
            with writing() as session:
                occurrences.note(session, occurrences.FORWARDED, now)
        except (Refusal, SQLAlchemyError):
            noted = None  # whoever asks comes first; the next request will do


def _near(address: str) -> bool:
    """Whether this can be our own proxy. Anybody out there may send the header, to be ignored as it should be."""
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return True  # a socket file has no address
