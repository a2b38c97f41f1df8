"""How much a request may send: a document, only to the addresses that take one and only by whoever may bring it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_cookie

from petition import clock
from petition.accounts import sessions
from petition.accounts.models import Role
from petition.accounts.permission import SCOPE
from petition.console import letterhead_views
from petition.db import reading
from petition.uploads.document import LIMITS, MEGABYTE

#: A document, what a form puts around it, and so much more that one which is a little too large is told so.
ROOM: Final = LIMITS.file_bytes + 2 * MEGABYTE
#: By endpoint of the chapters' desk: how many bytes more than a form it takes.
TAKES_MORE: Final = {
    "organize.take_upload": ROOM,
    "organize.replace_original": ROOM,
    "organize.add_pages": ROOM,
    "organize.keep_letterhead": letterhead_views.FORM_SIZE,
}


def allowance(app: Flask) -> Callable[[dict[str, Any]], int]:
    """What tells of a request, before its body is read, how much more than a form it may send."""

    def more(environ: dict[str, Any]) -> int:
        if not environ.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
            return 0
        most, chapter = _asked(app, environ)
        token = parse_cookie(environ).get(app.config["SESSION_COOKIE_NAME"], "")
        # A database that does not answer is the app's to speak of.
        with suppress(SQLAlchemyError):
            return most if most and chapter and token and _may_write(app, token, chapter) else 0
        return 0

    return more


def _asked(app: Flask, environ: dict[str, Any]) -> tuple[int, str | None]:
    """How much more the address takes, and to which chapter's desk it is sent."""
    try:
        endpoint, values = app.url_map.bind_to_environ(environ).match()
    except HTTPException:
        return 0, None
    return TAKES_MORE.get(endpoint, 0), values.get(SCOPE)


def _may_write(app: Flask, token: str, chapter: str) -> bool:
    with app.app_context(), reading() as session:
        found = sessions.find(session, token, clock.now())
        return found is not None and found.account.holds((Role.ORGANIZER, Role.EDITOR), chapter)
