"""The public page of publishers and the claims about their terms."""

from typing import Any

from flask import Blueprint, make_response, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from petition.db import db
from petition.publishers.models import LendingTerm, Publisher
from petition.web.headers import cached
from petition.web.language import _

bp = Blueprint("publishers", __name__)


@bp.get("/publishers/")
def index() -> Response:
    """Every publisher with what is said of its terms, contested claims side by side."""
    found = db.session.scalars(select(Publisher).order_by(Publisher.place)).all()
    page = render_template("publishers/index.html", publishers=[_shown(publisher) for publisher in found])
    return cached(make_response(page), 60, stale=600)


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
