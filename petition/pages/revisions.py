"""Each revision of a text at an address for good: as a page, as the very bytes of its check sum, and for programs."""

from flask import jsonify, make_response, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from petition import clock
from petition.db import db
from petition.drafts import facsimile
from petition.errors import NotFound
from petition.ledger import counting
from petition.officers import showing as officers
from petition.pages import standing
from petition.pages.statements import KEPT, bp
from petition.signatures.showing import ShownText
from petition.statements import clauses, reading
from petition.statements.models import Revision
from petition.web.headers import cached, counted, kept_for_good
from petition.web.keeping import kept
from petition.web.language import DEFAULT, asked

UNSIGNED = 60  # seconds a text may be kept that can still be replaced


def published(session: Session, slug: str, number: int) -> tuple[Revision, Revision]:
    """One numbered revision of the text, and the one in force in its language. Raises NotFound."""
    # An address for good must not depend on whose browser opens it.
    found = reading.revision(session, slug, number, asked() or DEFAULT)
    now_in_force = reading.published(session, slug, found.language).revision
    if found.number > now_in_force.number:
        raise NotFound(slug, number)
    return found, now_in_force


@bp.get("/statements/<slug>/revisions/<int(max=9999):number>")
@kept(KEPT)
def revision(slug: str, number: int) -> Response:
    """One numbered revision of the text, for good at this address."""
    session = db.session()
    found, now_in_force = published(session, slug, number)
    earlier = [
        each.number
        for each in reading.texts(session, found.statement)
        if each.language == found.language and each.number < found.number
    ]
    page = render_template(
        "statements/revision.html",
        statement=ShownText.of_revision(found.statement, found),
        revision=found,
        text=clauses.html(found, linked=True),
        standing=standing.of(session, found.statement, found),
        pages=facsimile.of_revision(session, found.id),
        officers=officers.signed(session, found.id),
        earlier=earlier,
        current=found.id == now_in_force.id,
        verified=counting.by_revision(session, found.statement).get(found.id, 0),
        count=counting.count(session, found.statement, clock.now()),
    )
    return counted(make_response(page))


@bp.get("/statements/<slug>/revisions/<int(max=9999):number>.md")
def revision_file(slug: str, number: int) -> Response:
    """The very bytes that the SHA-256 of a revision is taken of."""
    found = reading.revision(db.session(), slug, number, asked() or DEFAULT)
    response = make_response(found.text)
    response.headers["Content-Type"] = "text/markdown; charset=utf-8"
    # A text that has been signed is never replaced under its number.
    signed = counting.by_revision(db.session(), found.statement).get(found.id, 0) > 0
    return kept_for_good(response) if signed else cached(response, UNSIGNED)


@bp.get("/statements/<slug>/revisions/<int(max=9999):number>.json")
@kept(KEPT)
def revision_data(slug: str, number: int) -> Response:
    """One numbered revision for programs: its text, its adoption, and how many have signed it."""
    found, _in_force = published(db.session(), slug, number)
    return _data(found)


@bp.get("/statements/<slug>.json")
@kept(KEPT)
def statement_data(slug: str) -> Response:
    """The text in force, for programs."""
    return _data(reading.published(db.session(), slug, asked() or DEFAULT).revision)


def _data(found: Revision) -> Response:
    session, statement = db.session(), found.statement
    count = counting.count(session, statement, clock.now())
    submission = standing.handed_in(session, statement, [found]).get(found.id)
    facts = standing.facts(statement, found, submission)
    facts |= {
        "verified": count.verified,
        "verified_on_this_revision": counting.by_revision(session, statement).get(found.id, 0),
        "as_of": count.as_of.isoformat(),
    }
    return counted(jsonify(facts))
