"""Review at the desk: what is held, comments nobody has read, and every decision about a signature as a form."""

from collections.abc import Callable
from typing import Final

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts.permission import current
from petition.console.desk import ROWS, bp, deciders, page, published, readers
from petition.console.forms import HoldForm, InvalidateForm, NoteForm
from petition.console.signature_views import find, show
from petition.db import db
from petition.review import comments, holding, invalidating, restoring, withdrawing
from petition.review.deciding import StandsOtherwise
from petition.review.history import newest_notes
from petition.signatures import finding
from petition.signatures.finding import Sought
from petition.signatures.models import Reason, Signature, Status
from petition.web.addresses import before
from petition.web.form import SessionForm, refuse_stale

Answer = Response | tuple[str, int]


@bp.get("/statements/<slug>/review")
@readers
def review(slug: str) -> str:
    """What is held, and why, the newest first."""
    session, at = db.session(), published(slug)
    held = finding.page(session, at.statement, Sought(status=Status.HELD), before(request.args), ROWS)
    ids = [signature.id for signature in held.signatures]
    return page("review", at, held=held.signatures, next=held.next, notes=newest_notes(session, ids))


@bp.get("/statements/<slug>/comments")
@readers
def comments_unread(slug: str) -> str:
    """Comments that nobody has looked at, the oldest first."""
    at = published(slug)
    unread = select(Signature).where(comments.waiting(at.statement)).order_by(Signature.id).limit(ROWS + 1)
    found = db.session().scalars(unread).all()
    return page("comments", at, found=found[:ROWS], more=len(found) > ROWS)


@bp.post("/signatures/<row:number>/comment/<any(approve, refuse):verdict>")
@deciders
def comment(number: int, verdict: str) -> Answer:
    """Approve a comment, or do not; then on to where the button was."""
    refuse_stale(SessionForm())
    signature = find(number)
    decide = comments.approve if verdict == "approve" else comments.disapprove
    try:
        decide(db.session(), clock.now(), signature, current())
    except StandsOtherwise:
        return show(signature, lost=True), 409
    if request.form.get("from") == "queue":
        return redirect(url_for("organize.comments_unread", slug=signature.statement.slug), 303)
    return redirect(url_for("organize.signature", number=number), 303)


@bp.post("/signatures/<row:number>/invalidate")
@deciders
def invalidate(number: int) -> Answer:
    """Take a signature out of the count, for a reason that its signatory is told."""
    signature, form = find(number), InvalidateForm()
    if not form.validate():
        return show(signature, form, "invalidate"), 422
    return _decided(
        signature,
        lambda: invalidating.invalidate(
            db.session(), clock.now(), signature, Reason(form.reason.data), form.note.data, current()
        ),
    )


#: What is decided with a note and no more: its form, and the act.
_ACTS: Final[dict[str, tuple[type[NoteForm], Callable[..., None]]]] = {
    "hold": (HoldForm, holding.hold),
    "release": (NoteForm, holding.release),
    "restore": (NoteForm, restoring.restore),
    "withdraw": (NoteForm, withdrawing.withdraw),
}


@bp.post("/signatures/<row:number>/<any(hold, release, restore, withdraw):act>")
@deciders
def decide(number: int, act: str) -> Answer:
    """Hold, release, restore or withdraw a signature."""
    kind, does = _ACTS[act]
    signature, form = find(number), kind()
    if not form.validate():
        return show(signature, form, act), 422
    return _decided(signature, lambda: does(db.session(), clock.now(), signature, form.note.data, current()))


def _decided(signature: Signature, act: Callable[[], None]) -> Answer:
    try:
        act()
    except StandsOtherwise:
        return show(signature, lost=True), 409
    return redirect(url_for("organize.signature", number=signature.id), 303)
