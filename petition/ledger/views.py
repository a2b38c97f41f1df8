"""The ledger's public figures, and what others need to hold us to it: checkpoints, our key, proofs."""

import base64

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, request

from petition import clock
from petition.crypto import KeyRing
from petition.db import db
from petition.errors import NotFound
from petition.ledger import checkpoints, counting, publishing, tiles
from petition.statements.models import Statement
from petition.statements.reading import published
from petition.web.addresses import before
from petition.web.headers import cached, counted
from petition.web.keeping import kept
from petition.web.language import _, current

bp = Blueprint("ledger", __name__)

FRESH = 60  # seconds


@bp.get("/statements/<slug>/count.json")
@kept(0.5)
def count(slug: str) -> Response:
    """How many signatures are verified, and as of when."""
    found = counting.count(db.session(), published(db.session(), slug, current()).statement, clock.now())
    response = jsonify(verified=found.verified, as_of=found.as_of.isoformat(timespec="milliseconds"))
    return counted(_for_everyone(response))


@bp.get("/ledger/")
def index() -> Response:
    """What the ledgers are, the key that signs them, and the newest checkpoint of each."""
    page = render_template(
        "ledger/index.html",
        ledgers=publishing.ledgers(db.session(), current()),
        key=base64.b64encode(_public_key()).decode(),
        fingerprint=checkpoints.fingerprint(current_app.extensions["keys"]),
    )
    return cached(make_response(page), FRESH)


@bp.get("/ledger/<slug>")
def ledger(slug: str) -> Response:
    """One ledger's checkpoints, the newest first."""
    session = db.session()
    shown = published(session, slug, current())
    page = render_template(
        "ledger/ledger.html",
        title=shown.revision.title,
        language_of_title=shown.revision.language,
        slug=slug,
        count=counting.count(session, shown.statement, clock.now()),
        checkpoints=publishing.earlier(session, shown.statement, before(request.args)),
        most=publishing.MOST,
        verifier=checkpoints.verifier(_origin(shown.statement), _public_key()),
    )
    return cached(make_response(page), FRESH)


@bp.get("/ledger/<slug>/checkpoint")
def newest_checkpoint(slug: str) -> Response:
    """The newest checkpoint of a ledger, to the letter. Raises NotFound before there is one."""
    found = checkpoints.newest(db.session(), published(db.session(), slug, current()).statement)
    if found is None:
        raise NotFound(slug)
    return _note(found.note)


@bp.get("/ledger/<slug>/checkpoints/<int(max=2147483647):number>.txt")
def checkpoint(slug: str, number: int) -> Response:
    """One checkpoint, to the letter."""
    found = publishing.checkpoint(db.session(), published(db.session(), slug, current()).statement, number)
    return _note(found.note)


@bp.get("/ledger/<slug>/consistency/<int(max=2147483647):old>/<int(max=2147483647):new>.json")
def consistency(slug: str, old: int, new: int) -> Response:
    """The proof that the ledger of `new` entries begins with that of `old` (RFC 9162, 2.1.4.1)."""
    session = db.session()
    statement = published(session, slug, current()).statement
    size = publishing.size(session, statement)
    if old > new:
        return _refused(422, _("The first size must not be larger than the second."))
    if new > size:
        return _refused(404, _("There are not so many entries yet: the newest has number %(size)s.", size=size))
    response = jsonify(
        origin=_origin(statement),
        old={"size": old, "root": tiles.root(session, statement.id, old).hex()},
        new={"size": new, "root": tiles.root(session, statement.id, new).hex()},
        proof=[digest.hex() for digest in tiles.consistency(session, statement.id, old, new)],
    )
    return cached(_for_everyone(response), FRESH)


def _public_key() -> bytes:
    keys: KeyRing = current_app.extensions["keys"]
    return checkpoints.public_key(keys)


def _origin(statement: Statement) -> str:
    return checkpoints.origin(current_app.extensions["config"].base_url, statement.slug)


def _note(text: str) -> Response:
    response = make_response(text)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return cached(_for_everyone(response), FRESH)


def _refused(status: int, why: str) -> Response:
    response = jsonify(error=why)
    response.status_code = status
    return _for_everyone(response)


def _for_everyone(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"  # for other people's pages to quote and check
    return response
