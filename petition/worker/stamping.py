"""Asking for a timestamp over an issued file: in a thread of the worker, outside of any transaction."""

import structlog
from flask import Flask

from petition.config import Config
from petition.db import reading, writing
from petition.packets import stamping

log = structlog.get_logger("petition.packets")


class Stamper:
    """Asks the operator's timestamp server, for one file at a time."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def stamp(self, number: int) -> None:
        """Keep a token beside the file of that number, if one comes. Who asks again, and when, `Pace` decides."""
        # A second of loading, for those only who have set a server.
        from petition.packets import timestamps

        config: Config = self._app.extensions["config"]
        with self._app.app_context():
            with reading() as session:
                digest = stamping.digest(session, number)
            if digest is None or config.timestamp_url is None:
                return
            try:
                token = timestamps.ask(config.timestamp_url, digest)
            except timestamps.NoTimestamp as none:
                log.warning("timestamp.none", file=number, why=str(none))
                return
            with writing() as session:
                kept = stamping.keep(session, number, token.der, token.at)
            log.info("timestamp.kept", file=number, first=kept)
