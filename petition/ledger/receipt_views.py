"""The receipt on a signatory's private pages: what it is good for, and the file."""

from flask import current_app, make_response, render_template
from werkzeug.wrappers import Response

from petition import clock
from petition.crypto import KeyRing
from petition.db import db
from petition.errors import NotFound
from petition.ledger import checkpoints, daily, receipts
from petition.ledger.views import bp
from petition.signatures import links


@bp.get("/signature/<token>/receipt")
def receipt(token: str) -> str:
    """What the receipt shows and what not, and where it is, or when it will be."""
    found = links.open_signature(db.session(), links.PAGE, token)
    return render_template(
        "ledger/receipt.html",
        token=token,
        number=found.number,
        erased=found.erased_at is not None,
        checkpoint=receipts.covering(db.session(), found),
        next_at=daily.next_at(clock.now()),
        proves=receipts.proves(),
        does_not_prove=receipts.does_not_prove(),
    )


@bp.get("/signature/<token>/receipt.json")
def receipt_file(token: str) -> Response:
    """The receipt, to be kept."""
    session = db.session()
    found = links.open_signature(session, links.PAGE, token)
    keys: KeyRing = current_app.extensions["keys"]
    covering = receipts.covering(session, found)
    contents = receipts.receipt(session, found, covering, checkpoints.public_key(keys)) if covering else None
    if contents is None:
        raise NotFound(token)
    response = make_response(receipts.written(contents))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    name = f"petition-receipt-{found.statement.slug}-{found.number}.json"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
