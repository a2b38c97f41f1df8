"""The campaign's list as an Atom feed (RFC 4287): every revision of its statements, and every end of one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import make_response, render_template
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, load_only
from werkzeug.wrappers import Response

from petition import clock
from petition.campaigns.models import Campaign
from petition.db import db
from petition.pages.standing import permalink
from petition.pages.statements import bp
from petition.signatures.showing import kind_words
from petition.statements import clauses, reading, wording
from petition.statements.models import TEXT, End, Revision, Statement, Submission
from petition.web.addresses import outside
from petition.web.headers import cached
from petition.web.keeping import kept
from petition.web.language import DEFAULT, _, asked, speaking

ENTRIES: Final = 50
FRESH: Final = 60  # seconds
#: What a text may hold and XML 1.0 may not, not even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: a revision was published, or a statement ended."""

    id: str  # an address that never changes and is nothing else's
    address: str
    title: str
    language: str
    issuer: str
    kind: str
    updated: datetime
    published: datetime
    html: str


@bp.get("/statements/feed.atom")
@kept(FRESH)
def feed() -> Response:
    """The newest of the list, in the language that the address asks for."""
    # A feed is fetched by programs: what it says must not depend on whose.
    language = asked() or DEFAULT
    with speaking(language):
        entries = _newest(db.session(), language)
        page = render_template(
            "statements/feed.xml",
            entries=entries,
            updated=max((each.updated for each in entries), default=_begun(db.session())),
            language=language,
            address=outside("statements.feed", lang=language),
            index=outside("statements.index", lang=language),
        )
    response = make_response(page)
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    return cached(response, FRESH)


def _begun(session: Session) -> datetime:
    """What an empty feed was updated at: nothing has happened since the campaign began."""
    return session.scalar(select(Campaign.opens_at).order_by(Campaign.id).limit(1)) or clock.now()


def _newest(session: Session, language: str) -> list[Entry]:
    """At most so many entries, the newest first. What was published before it was listed is news when it is listed."""
    happened = []
    for statement, revisions in _listed(session, language):
        since, last = statement.listed_at or clock.now(), revisions[-1]
        happened += [(max(each.published_at, since), each.id, statement, False) for each in revisions]
        if statement.ended and statement.ended_at:
            happened.append((max(statement.ended_at, since), last.id, statement, True))
    happened.sort(key=lambda each: (each[0], each[1], each[3]), reverse=True)
    shown = {id_ for _updated, id_, _statement, _over in happened[:ENTRIES]}
    whole = select(Revision).where(Revision.id.in_(shown)).execution_options(populate_existing=True)
    revisions_shown = {each.id: each for each in session.scalars(whole)}
    of_these = select(Submission).where(Submission.revision_id.in_(shown))
    submissions = {each.revision_id: each for each in session.scalars(of_these)}
    return [
        _end(statement, revisions_shown[id_], updated)
        if over
        else _revision(statement, revisions_shown[id_], submissions.get(id_), updated)
        for updated, id_, statement, over in happened[:ENTRIES]
    ]


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


def _revision(statement: Statement, revision: Revision, submission: Submission | None, updated: datetime) -> Entry:
    title = revision.title
    if revision.number > 1:
        title = _("%(title)s (revision %(number)s)", title=title, number=revision.number)
    address = permalink(statement, revision)
    text = clauses.html(revision)
    return _entry(statement, revision, address, address, title, updated, _told(statement, revision, submission) + text)


def _told(statement: Statement, revision: Revision, submission: Submission | None) -> Markup:
    """What stands above a text: who says it to whom, how it was adopted, what is new in it, and what it asks."""
    of_whom = {"kind": kind_words(statement.kind), "issuer": statement.issuer, "addressee": statement.addressee.name}
    lines = [
        _("%(kind)s of %(issuer)s to %(addressee)s", **of_whom),
        wording.adoption(submission),
        submission.note if submission else "",
        revision.ask,
    ]
    return Markup("").join(Markup("<p>{}</p>\n").format(line) for line in lines if line)


def _end(statement: Statement, revision: Revision, updated: datetime) -> Entry:
    told = {End.RETRACTED: _("Retracted: %(title)s"), End.SUPERSEDED: _("Superseded: %(title)s")}
    title = told[End(statement.ended or "")] % {"title": revision.title}
    address = outside("statements.statement", slug=statement.slug, lang=revision.language)
    because = Markup("<p>{}</p>").format(statement.ended_because or "")
    return _entry(statement, revision, f"{address}#{statement.ended}", address, title, updated, because)


def _entry(
    statement: Statement, revision: Revision, id_: str, address: str, title: str, updated: datetime, html: Markup
) -> Entry:
    return Entry(
        id=id_,
        address=address,
        title=_NOT_XML.sub("\ufffd", title),
        language=revision.language,
        issuer=_NOT_XML.sub("\ufffd", statement.issuer),
        kind=statement.kind,
        updated=updated,
        published=revision.published_at,
        html=_NOT_XML.sub("\ufffd", str(html)),
    )
