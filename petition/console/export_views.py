"""Exports at the desk: a file is a POST, since whoever takes one is recorded."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from flask import Response, current_app, redirect, send_file, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from petition import clock
from petition.accounts import auditing
from petition.accounts.permission import current
from petition.config import Config
from petition.console.desk import bp, deciders, page, published, readers
from petition.console.forms import CSV, NEWS, PUBLISHER, SHEET, ExportForm
from petition.crypto import KeyRing
from petition.db import db, reading
from petition.errors import NotFound
from petition.ledger import counting
from petition.signatures import exporting, spreadsheets
from petition.signatures.exporting import Table
from petition.statements.reading import Published
from petition.web.form import SessionForm, refuse_stale
from petition.web.language import current as language

SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/statements/<slug>/export")
@readers
def export(slug: str) -> str:
    """What a file of signatures holds, and the button for it."""
    return _page(published(slug), ExportForm(formdata=None, purpose=PUBLISHER, kind=CSV))


def _page(at: Published, form: ExportForm) -> str:
    session = db.session()
    return page(
        "export",
        at,
        form=form,
        verified=counting.count(session, at.statement, clock.now()).verified,
        sheet=(sheet := spreadsheets.newest(session, at.statement)),
        kept=sheet is not None and spreadsheets.kept(_config().data_dir, sheet),
        until=sheet.ended_at + spreadsheets.KEPT if sheet and sheet.ended_at else None,
    )


@bp.post("/statements/<slug>/export")
@deciders
def export_file(slug: str) -> ResponseReturnValue:
    """The verified signatures: as CSV or JSON at once, as a spreadsheet once a worker has written it."""
    form, at = ExportForm(), published(slug)
    if not form.validate():
        return _page(at, form), 422
    return _ask(slug, at) if form.kind.data == SHEET else _stream(slug, at, form.kind.data, form.purpose.data)


def _stream(slug: str, at: Published, kind: str, purpose: str) -> Response:
    """Recorded first; then read page by page, while others sign."""
    session, now, news = db.session(), clock.now(), purpose == NEWS
    _record(slug, at, kind, purpose)
    table = Table(session, _keys(), at.statement.id, news=news)
    names = exporting.columns(news=news)
    # Each page in a transaction of its own: however slow the line, no reader holds the database's log up.
    if kind == CSV:
        pieces: Iterator[str] = exporting.paged(table, reading, exporting.csv_lines)
        pieces = chain((exporting.csv_head(names),), pieces)
    else:
        pieces = exporting.as_json(exporting.paged(table, reading, list), names)
    name = f"{slug}-{purpose}-{now:%Y-%m-%d}.{kind}"
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    mimetype = "text/csv" if kind == CSV else "application/json"
    return Response(stream_with_context(pieces), mimetype=mimetype, headers=headers)


def _ask(slug: str, at: Published) -> ResponseReturnValue:
    session, now = db.session(), clock.now()
    sheet, fresh = spreadsheets.ask(session, at.statement, language(), now)
    if fresh:
        auditing.record(session, now, current(), "spreadsheet asked for", f"spreadsheet {sheet.id}", statement=slug)
    return redirect(url_for("organize.export", slug=slug, _anchor="sheet"), 303)


@bp.post("/statements/<slug>/export/spreadsheet")
@deciders
def spreadsheet_file(slug: str) -> Response:
    """The spreadsheet that a worker has written. Recorded, as every file is."""
    refuse_stale(SessionForm())
    session, at = db.session(), published(slug)
    sheet = spreadsheets.newest(session, at.statement)
    if sheet is None or not spreadsheets.kept(_config().data_dir, sheet):
        raise NotFound(slug)
    _record(slug, at, SHEET, PUBLISHER)
    path, name = spreadsheets.file_of(_config().data_dir, sheet.id), f"{slug}-{sheet.made_at:%Y-%m-%d}.xlsx"
    answer = send_file(path, mimetype=SHEET_TYPE, as_attachment=True, download_name=name, etag=False)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _record(slug: str, at: Published, kind: str, purpose: str) -> None:
    session, now = db.session(), clock.now()
    verified = counting.count(session, at.statement, now).verified
    auditing.record(
        session, now, current(), "signatures exported", f"statement {slug}",
        format=kind, purpose=purpose, verified=str(verified),
    )  # fmt: skip


def _config() -> Config:
    config: Config = current_app.extensions["config"]
    return config


def _keys() -> KeyRing:
    keys: KeyRing = current_app.extensions["keys"]
    return keys
