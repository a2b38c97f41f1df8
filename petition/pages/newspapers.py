"""The page for the newspapers of a state: a PDF that anybody may fetch, made at most once a minute."""

from typing import Final

import structlog
from flask import current_app, make_response
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.chapters import reading as chapters
from petition.db import db
from petition.pages.chapters import bp
from petition.papers import clipping, printing, setting
from petition.pdf.document import PressRefused
from petition.web import problems
from petition.web.headers import cached
from petition.web.keeping import kept
from petition.web.language import _, current, words
from petition.web.problems import Problem

log = structlog.get_logger("petition.papers")

KEPT: Final = 60  # seconds


@bp.get("/chapters/<state:chapter>/newspaper.pdf")
@kept(KEPT)
@limits.named("print")
def newspaper(chapter: str) -> Response:
    """One page: the count of the state with its time, what the chapter says, a sentence to quote."""
    session = db.session()
    found = chapters.chapter(session, chapter)
    sample = bool(current_app.extensions["demo"])
    page = clipping.freeze(session, found, current(), sample=sample, now=clock.now())
    # Printed in no transaction: it takes two seconds, and holds up nobody.
    db.session.remove()
    try:
        pdf = printing.printed(setting.clipping(page, words()))
    except PressRefused as refused:
        if refused.kind != "busy":
            log.error("paper.refused", kind=refused.kind)
        return _busy()
    answer = make_response(pdf)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{chapter.lower()}-newspaper.pdf"'
    return cached(answer, KEPT)


def _busy() -> Response:
    title = _("This could not be printed just now.")
    return problems.page(Problem(503, title, _("Another document is being printed. Try again in a minute.")))
