"""The ledger's public figures."""

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from petition import clock
from petition.db import db
from petition.ledger import counting
from petition.statements.reading import published
from petition.web.headers import counted
from petition.web.keeping import kept
from petition.web.language import current

bp = Blueprint("ledger", __name__)


@bp.get("/statements/<slug>/count.json")
@kept(0.5)
def count(slug: str) -> Response:
    """How many signatures are verified, and as of when."""
    found = counting.count(db.session(), published(db.session(), slug, current()).statement, clock.now())
    response = jsonify(verified=found.verified, as_of=found.as_of.isoformat(timespec="milliseconds"))
    response.headers["Access-Control-Allow-Origin"] = "*"  # public figures are for everyone to quote
    return counted(response)
