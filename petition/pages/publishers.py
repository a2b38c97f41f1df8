"""The public page of publishers: the claims about their terms, what was delivered to each, and what it answered."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, make_response, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from petition.db import db
from petition.deliveries import responding
from petition.deliveries.news_views import kinds
from petition.deliveries.responding import Delivered, Standing
from petition.publishers.models import LendingTerm, Publisher
from petition.statements import reading
from petition.statements.models import Revision
from petition.web.headers import cached
from petition.web.keeping import kept
from petition.web.language import _, current

KEPT: Final = 10  # seconds; it reads every answer in full, and they are few and change seldom

bp = Blueprint("publishers", __name__)


@bp.get("/publishers/")
@kept(KEPT)
def index() -> Response:
    """Every publisher with what is said of its terms, contested claims side by side, and what came of the asking."""
    session = db.session()
    answers, deliveries = responding.standing(session), responding.given(session)
    asked = {each.answer.statement_id for each in answers} | {each.statement_id for each in deliveries}
    texts = reading.in_force(session, asked, current())
    shown = [
        _shown(publisher)
        | {
            "answers": [_answer(each, texts) for each in answers if each.answer.publisher_id == publisher.id],
            "deliveries": [_delivery(each, texts) for each in deliveries if each.publisher_id == publisher.id],
        }
        for publisher in session.scalars(select(Publisher).order_by(Publisher.place))
    ]
    page = render_template("publishers/index.html", publishers=shown, kinds=kinds())
    return cached(make_response(page), 60, stale=600)


def _answer(said: Standing, texts: Mapping[int, Revision]) -> dict[str, Any]:
    answer = said.answer
    return {"row": answer, "slug": answer.statement.slug, "text": texts[answer.statement_id]}


def _delivery(given: Delivered, texts: Mapping[int, Revision]) -> dict[str, Any]:
    text = texts[given.statement_id]
    return {"row": given, "slug": text.statement.slug, "text": text}


def _shown(publisher: Publisher) -> dict[str, Any]:
    return {
        "slug": publisher.slug,
        "name": publisher.name,
        "address_lines": publisher.address_lines,
        "note": publisher.note and _(publisher.note),
        "terms": [_term(term) for term in publisher.terms],
    }


def _term(term: LendingTerm) -> dict[str, Any]:
    said = ("format", "model", "claim", "note", "as_of", "announced", "effective", "ended", "sources")
    translated = {name: _(value) for name in ("format", "model", "claim", "note") if (value := getattr(term, name))}
    return {name: getattr(term, name) for name in said} | translated | {"conflict": bool(term.conflicts_with)}
