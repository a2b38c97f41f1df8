"""Institutions at the desk: those that wait for somebody to find out who they are, and what came of the others."""

from collections.abc import Callable
from typing import Any, Final

from flask import make_response, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts.permission import current
from petition.console.desk import bp, deciders, page, published, readers
from petition.db import db
from petition.errors import NotFound
from petition.institutions import deciding, showing
from petition.institutions.deciding import StandsOtherwise
from petition.institutions.forms import ConfirmForm, RefuseForm
from petition.institutions.models import Institution, Stand
from petition.web.form import keys

#: In which order they stand: what waits for a decision first.
STANDS: Final = (Stand.ANSWERED, Stand.CONFIRMED, Stand.REFUSED, Stand.WITHDRAWN)
MOST: Final = 200  # of each on one page


@bp.get("/statements/<slug>/institutions")
@readers
def institutions(slug: str) -> str:
    """All that have answered, by how they stand; what nobody has answered is nobody's to read."""
    at, session = published(slug), db.session()
    found: dict[str, list[dict[str, Any]]] = {}
    for stand in STANDS:
        which = (Institution.statement_id == at.statement.id, Institution.stand == stand)
        rows = session.scalars(select(Institution).where(*which).order_by(Institution.id.desc()).limit(MOST))
        found[stand] = [_facts(each) for each in rows]
    return page("institutions", at, found=found)


def _facts(institution: Institution) -> dict[str, Any]:
    address = keys().open_address(institution.address) if institution.address is not None else ""
    return {
        "id": institution.id,
        "name": institution.name,
        "place": showing.place(institution) if institution.name else "",
        "domain": institution.domain,
        "mailbox_domain": address.rpartition("@")[2],
        "address": address,
        "officer": institution.officer,
        "title": institution.title,
        "authority": institution.authority,
        "stand": institution.stand,
        "basis": institution.basis,
        "note": institution.note,
        "answered_at": institution.answered_at,
        "settled_at": institution.settled_at,
        "revision": institution.revision,
    }


def _find(slug: str, number: int) -> Institution:
    institution = db.session().get(Institution, number)
    shown = institution is not None and institution.stand in STANDS
    if institution is None or not shown or institution.statement_id != published(slug).statement.id:
        raise NotFound("institution")
    return institution


@bp.get("/statements/<slug>/institutions/<row:number>")
@readers
def institution(slug: str, number: int) -> Response:
    """One institution: what was typed, and the decision about it."""
    return _one(slug, _find(slug, number), ConfirmForm(formdata=None), RefuseForm(formdata=None))


def _one(
    slug: str, found: Institution, confirm: ConfirmForm, refuse: RefuseForm, status: int = 200, *, lost: bool = False
) -> Response:
    refused = "confirm" if confirm.errors else "refuse" if refuse.errors else ""
    said = page(
        "institution",
        published(slug),
        institution=_facts(found),
        forms={"confirm": confirm, "refuse": refuse},
        refused=refused,
        lost=lost,
    )
    return make_response(said, status)


@bp.post("/statements/<slug>/institutions/<row:number>/confirm")
@deciders
def confirm_institution(slug: str, number: int) -> Response:
    """It is who it says, for the reason that the note gives."""
    found, form = _find(slug, number), ConfirmForm()
    if not form.validate():
        return _one(slug, found, form, RefuseForm(formdata=None), 422)
    note = form.note.data or ""
    return _done(slug, found, lambda: deciding.confirm(db.session(), found, current(), note, clock.now()))


@bp.post("/statements/<slug>/institutions/<row:number>/refuse")
@deciders
def refuse_institution(slug: str, number: int) -> Response:
    """It is not counted, for a reason that it is told."""
    found, form = _find(slug, number), RefuseForm()
    if not form.validate():
        return _one(slug, found, ConfirmForm(formdata=None), form, 422)
    reason = form.note.data or ""
    return _done(slug, found, lambda: deciding.refuse(db.session(), found, current(), reason, clock.now()))


def _done(slug: str, found: Institution, act: Callable[[], None]) -> Response:
    try:
        act()
    except StandsOtherwise:
        return _one(slug, found, ConfirmForm(formdata=None), RefuseForm(formdata=None), 409, lost=True)
    return redirect(url_for("organize.institutions", slug=slug), 303)
