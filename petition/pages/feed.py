"""The campaign's list as an Atom feed (RFC 4287): every revision of its statements, and whatever came of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from flask import make_response, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session, load_only
from werkzeug.wrappers import Response

from petition import clock
from petition.campaigns.models import Campaign
from petition.db import db
from petition.deliveries import responding
from petition.deliveries.responding import Delivered, Standing
from petition.pages import entries
from petition.pages.entries import Entry
from petition.pages.statements import bp
from petition.statements import reading
from petition.statements.models import TEXT, Revision, Statement, Submission
from petition.web.addresses import outside
from petition.web.headers import cached
from petition.web.keeping import kept
from petition.web.language import DEFAULT, asked, speaking

ENTRIES: Final = 50
FRESH: Final = 60  # seconds
#: What a text may hold and XML 1.0 may not, not even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a statement. What was there before it was listed is news when it is listed."""

    at: datetime
    statement: Statement
    text: Revision  # the one that is meant or, for what came of it, the newest
    what: Literal["text", "end"] | Delivered | Standing


@bp.get("/statements/feed.atom")
@kept(FRESH)
def feed() -> Response:
    """The newest of the list, in the language that the address asks for."""
    # A feed is fetched by programs: what it says must not depend on whose.
    language = asked() or DEFAULT
    with speaking(language):
        newest = _newest(db.session(), language)
        page = render_template(
            "statements/feed.xml",
            entries=newest,
            updated=max((each.updated for each in newest), default=_begun(db.session())),
            language=language,
            address=outside("statements.feed", lang=language),
            index=outside("statements.index", lang=language),
        )
    response = make_response(_NOT_XML.sub("\ufffd", page))
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    return cached(response, FRESH)


def _begun(session: Session) -> datetime:
    """What an empty feed was updated at: nothing has happened since the campaign began."""
    return session.scalar(select(Campaign.opens_at).order_by(Campaign.id).limit(1)) or clock.now()


def _newest(session: Session, language: str) -> list[Entry]:
    """At most so many entries, the newest first."""
    happened = sorted(
        _happened(session, language), key=lambda each: (each.at, each.text.id, each.what != "text"), reverse=True
    )[:ENTRIES]
    shown = {each.text.id for each in happened}
    whole = select(Revision).where(Revision.id.in_(shown)).execution_options(populate_existing=True)
    session.scalars(whole).all()
    of_these = select(Submission).where(Submission.revision_id.in_(shown))
    submissions = {each.revision_id: each for each in session.scalars(of_these)}
    return [_entry(each, submissions.get(each.text.id)) for each in happened]


def _entry(happened: Happened, submission: Submission | None) -> Entry:
    of = happened.statement, happened.text
    match happened.what:
        case "text":
            return entries.of_revision(*of, submission, happened.at)
        case "end":
            return entries.of_end(*of, happened.at)
        case Delivered() as given:
            return entries.of_delivery(*of, given, happened.at)
        case answer:
            return entries.of_answer(*of, answer, happened.at)


def _happened(session: Session, language: str) -> Iterator[Happened]:
    listed = {statement.id: (statement, revisions) for statement, revisions in _listed(session, language)}
    for statement, revisions in listed.values():
        since, newest = statement.listed_at or clock.now(), revisions[-1]
        for each in revisions:
            yield Happened(max(each.published_at, since), statement, each, "text")
        if statement.ended and statement.ended_at:
            yield Happened(max(statement.ended_at, since), statement, newest, "end")
    came: list[tuple[int, datetime, Delivered | Standing]] = [
        *((each.statement_id, each.at, each) for each in responding.given(session)),
        *((each.answer.statement_id, each.answer.published_at, each) for each in responding.standing(session)),
    ]
    for of, at, what in came:
        if of in listed:
            statement, revisions = listed[of]
            yield Happened(max(at, statement.listed_at or at), statement, revisions[-1], what)


def _listed(session: Session, language: str) -> Iterator[tuple[Statement, list[Revision]]]:
    """Each statement of the list with its revisions, the oldest first, in the language in which its page shows it."""
    of_list = Statement.listed_at.is_not(None)
    dated = load_only(Revision.statement_id, Revision.language, Revision.number, Revision.published_at)
    texts = select(Revision).options(dated).join(Statement).where(of_list, Revision.role == TEXT)
    revisions: dict[int, list[Revision]] = {}
    for each in session.scalars(texts.order_by(Revision.number)):
        revisions.setdefault(each.statement_id, []).append(each)
    for statement in session.scalars(select(Statement).where(of_list)).all():
        of_it = revisions.get(statement.id, [])
        shown = reading.shown_language(of_it, language)
        if shown:
            yield statement, [each for each in of_it if each.language == shown]
