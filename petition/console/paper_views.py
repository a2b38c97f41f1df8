"""A chapter's statement as a PDF on its letterhead, printed while whoever asked waits: a POST, since it is recorded."""

import time
from typing import Final

import structlog
from flask import current_app, make_response
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.accounts import auditing
from petition.accounts.models import Role
from petition.accounts.permission import current, needs
from petition.chapters import reading as chapters
from petition.console.desk import bp
from petition.db import db, reading, writing
from petition.errors import CannotBuild, NotFound
from petition.papers import freezing, printing, setting
from petition.papers.contents import StatementPaper
from petition.papers.freezing import LedgerMoves
from petition.pdf.document import PressRefused
from petition.statements import reading as statements
from petition.web import problems
from petition.web.form import SessionForm, refuse_stale
from petition.web.language import _, speaking, words
from petition.web.language import current as language
from petition.web.problems import Problem

log = structlog.get_logger("petition.papers")

#: The registrar enters a change within half a second; whoever waits for a PDF can wait for that.
TRIES: Final = 20
PAUSE: Final = 0.1  # seconds


@bp.post("/chapters/<state:chapter>/statements/<slug>/pdf")
@needs(Role.ORGANIZER, Role.EDITOR)
@limits.named("print")
def statement_pdf(chapter: str, slug: str) -> Response:
    """The text in force on the chapter's letterhead, with the names of whoever has signed it. Recorded."""
    refuse_stale(SessionForm())
    text_language = _language_of(chapter, slug)
    # Frozen in transactions of their own and printed in none: nobody waits in the writers' queue meanwhile.
    db.session.remove()
    try:
        with speaking(text_language):
            paper = _frozen(slug, text_language)
            pdf = printing.printed(setting.statement(paper, words()))
    except CannotBuild as refused:
        return refusal(refused)
    with writing() as session:
        verified = str(paper.signatures.verified) if paper.signatures else "0"
        auditing.record(
            session, clock.now(), current(), "statement printed", f"statement {slug}",
            chapter=chapter, revision=str(paper.number), verified=verified,
        )  # fmt: skip
    return _file(pdf, f"{slug}-r{paper.number}.pdf")


def _language_of(chapter: str, slug: str) -> str:
    """The language of the text in force for whoever sits here. Raises NotFound for another chapter's statement."""
    session = db.session()
    found = statements.published(session, slug, language())
    if found.statement.chapter_id != chapters.chapter(session, chapter).id:
        raise NotFound(slug)
    return found.revision.language


def _frozen(slug: str, text_language: str) -> StatementPaper:
    """Text and names of one moment in which the ledger has entered every change."""
    for left in reversed(range(TRIES)):
        with reading() as session:
            revision = statements.published(session, slug, text_language).revision
            sample, now = bool(current_app.extensions["demo"]), clock.now()
            try:
                return freezing.freeze(session, revision, sample=sample, most=printing.MOST_NAMES, now=now)
            except LedgerMoves:
                if not left:
                    raise
        time.sleep(PAUSE)
    raise AssertionError


def _file(pdf: bytes, name: str) -> Response:
    answer = make_response(pdf)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def refusal(refused: CannotBuild) -> Response:
    """The page for what could not be printed now: 503, and when to try again."""
    if isinstance(refused, PressRefused) and refused.kind not in ("busy", "time"):
        log.error("paper.refused", kind=refused.kind)
    return problems.page(
        Problem(
            503,
            _("This could not be printed just now."),
            _("Another document is being printed, or the ledger is being written. Try again in a minute."),
        )
    )
