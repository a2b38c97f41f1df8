"""Exports at the desk: a file is a POST, since whoever takes one is recorded."""

from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, stream_with_context
from flask.typing import ResponseReturnValue

from petition import clock
from petition.accounts import auditing
from petition.accounts.permission import current
from petition.console.desk import bp, deciders, page, published, readers
from petition.console.forms import NEWS, ExportForm
from petition.crypto import KeyRing
from petition.db import db, reading
from petition.ledger import counting
from petition.signatures import exporting
from petition.signatures.exporting import Line
from petition.web.form import refuse_stale


@bp.get("/statements/<slug>/export")
@readers
def export(slug: str) -> str:
    """What a file of signatures holds, and the button for it."""
    at = published(slug)
    return page(
        "export",
        at,
        form=ExportForm(formdata=None),
        verified=counting.count(db.session(), at.statement, clock.now()).verified,
    )


@bp.post("/statements/<slug>/export")
@deciders
def export_file(slug: str) -> ResponseReturnValue:
    """The verified signatures as CSV. Recorded first; then read page by page, while others sign."""
    form = ExportForm()
    refuse_stale(form)
    session, at, now = db.session(), published(slug), clock.now()
    purpose = form.purpose.data
    verified = counting.count(session, at.statement, now).verified
    auditing.record(
        session, now, current(), "signatures exported", f"statement {slug}",
        format="csv", purpose=purpose, verified=str(verified),
    )  # fmt: skip
    names = exporting.columns(news=purpose == NEWS)
    pieces = exporting.as_csv(_lines(at.statement.id, news=purpose == NEWS), names)
    name = f"{slug}-{purpose}-{now:%Y-%m-%d}.csv"
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(stream_with_context(pieces), mimetype="text/csv", headers=headers)


def _lines(statement_id: int, *, news: bool) -> Iterator[Line]:
    """Each page in a transaction of its own: however slow the line, no reader holds the database's log up."""
    keys: KeyRing = current_app.extensions["keys"]
    after = 0
    while True:
        with reading() as session:
            rows = exporting.read(session, statement_id, after)
        if not rows:
            return
        yield from (exporting.line(row, keys, news=news) for row in rows)
        after = rows[-1].id
