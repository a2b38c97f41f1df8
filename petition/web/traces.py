"""What operators see: health, and logs that hold no address, name, token or network."""

import logging
import secrets
import sys
import time
from contextlib import suppress
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, g, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from petition.db import db, reading

bp = Blueprint("traces", __name__)
log = structlog.get_logger("petition.web")


def set_up_logs(*, quiet: bool) -> None:
    """One JSON object a line on standard error: for `serve` and `work`. A demo says only what went wrong."""
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_frames_only),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _frames_only(exc_info: Any) -> list[str]:
    """Where a fault was, without its message, which may quote what a person typed."""
    trace = exc_info[2]
    frames = []
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno} {trace.tb_frame.f_code.co_name}")
        trace = trace.tb_next
    return frames[-12:]


def attach(app: Flask) -> None:
    """Give each request an id, and write one line about it that names its route, never its address."""

    @app.before_request
    def begin() -> None:
        g.request_id, g.began = secrets.token_hex(6), time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        # A log that cannot be written must not cost anyone the answer to what is done already.
        with suppress(OSError, ValueError):
            log.info(
                "request",
                request=g.get("request_id"),
                route=request.url_rule.rule if request.url_rule else None,
                method=request.method,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            )
        return response


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The database answers too."""
    try:
        with reading():
            db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="the database does not answer"), 503
    return jsonify(status="ready"), 200
