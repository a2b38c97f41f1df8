"""Signatures on paper at the desk: how many were counted by hand, by whom, and where the sheets are."""

from flask import make_response, redirect, url_for
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts.permission import current
from petition.console.desk import bp, deciders, page, published, readers
from petition.console.sheet_forms import SheetsForm
from petition.db import db
from petition.sheets import entering
from petition.sheets.entering import CorrectedAlready, EnteredAlready
from petition.sheets.models import PaperCount
from petition.web.language import _


@bp.get("/statements/<slug>/sheets")
@readers
def sheets(slug: str) -> Response:
    """Every count of a statement's signatures on paper, and the form for one more."""
    return _list(slug, SheetsForm(published(slug).statement.year, formdata=None))


def _list(slug: str, form: SheetsForm, status: int = 200) -> Response:
    at = published(slug)
    found = entering.entries(db.session(), at.statement.id)
    return make_response(page("sheets", at, found=found, form=form), status)


@bp.post("/statements/<slug>/sheets")
@deciders
def enter_sheets(slug: str) -> Response:
    """Note a count that packets give from now on."""
    at = published(slug)
    form = SheetsForm(at.statement.year)
    if not form.validate():
        return _list(slug, form, 422)
    try:
        entering.enter(db.session(), at.statement, form.counted, current(), clock.now())
    except EnteredAlready:
        form.form_errors.append(_stands_already())
        return _list(slug, form, 409)
    return redirect(url_for("organize.sheets", slug=slug), 303)


@bp.get("/sheets/<row:number>")
@readers
def sheets_counted(number: int) -> Response:
    """One count, to be corrected by a newer entry."""
    found = entering.paper_count(db.session(), number)
    typed = {name: getattr(found, name) for name in ("number", "collected_by", "counted_on", "kept_at")}
    typed["number"] = str(found.number)
    return _one(found, SheetsForm(found.statement.year, formdata=None, data=typed, corrects=True))


def _one(found: PaperCount, form: SheetsForm, status: int = 200) -> Response:
    made = page("sheets_counted", published(found.statement.slug), counted=found, form=form)
    return make_response(made, status)


@bp.post("/sheets/<row:number>")
@deciders
def correct_sheets(number: int) -> Response:
    """Put a newer entry in its place."""
    session = db.session()
    found = entering.paper_count(session, number)
    form = SheetsForm(found.statement.year, corrects=True)
    if not form.validate():
        return _one(found, form, 422)
    try:
        entering.correct(session, found, form.counted, form.correction.data, current(), clock.now())
    except CorrectedAlready:
        form.form_errors.append(_("A newer entry corrects this one already. Correct that one."))
        return _one(found, form, 409)
    except EnteredAlready:
        form.form_errors.append(_stands_already())
        return _one(found, form, 409)
    return redirect(url_for("organize.sheets", slug=found.statement.slug), 303)


def _stands_already() -> str:
    return _(
        "The same number, collected by the same and counted on the same day, stands here already. "
        "It was not entered twice. Where there are more sheets, correct that entry."
    )
