"""Chapters as pages: the list, each one's own with its count and its link, and the way to get access."""

from io import BytesIO
from typing import Any, Final

import segno
from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.accounts import offering
from petition.accounts.asking import DeadLink
from petition.accounts.forms import NameEditorForm
from petition.chapters import reading as chapters
from petition.chapters.linking import own_address
from petition.db import db
from petition.ledger import counting
from petition.pages import figures
from petition.signatures.showing import ShownText
from petition.statements import reading, wording
from petition.statements.reading import Published
from petition.web.form import PressForm, keys, refuse_stale
from petition.web.headers import cached, counted
from petition.web.keeping import kept
from petition.web.language import current
from petition.web.places import in_order, state_name

bp = Blueprint("chapters", __name__)

KEPT: Final = 1  # seconds we keep a page with a count ourselves
QR_KEPT: Final = 3600  # seconds
NAMING: Final = "name an editor"


@bp.get("/chapters/")
@kept(KEPT)
def index() -> Response:
    """Every chapter with the count of its state, and the map of all."""
    session, now = db.session(), clock.now()
    petition = reading.petition(session, current())
    by_state, classes, _elsewhere = figures.by_state(session, petition.statement) if petition else ((), None, 0)
    verified = {figure.code: figure.verified for figure in by_state}
    listed = [
        {"state": each.state, "name": each.name, "verified": verified.get(each.state, 0)}
        for each in chapters.listed(session)
    ]
    page = render_template(
        "chapters/index.html",
        chapters=sorted(listed, key=lambda each: in_order(state_name(str(each["state"])))),
        by_state=by_state,
        classes=classes,
        some=any(figure.verified for figure in by_state),
        count=counting.count(session, petition.statement, now) if petition else None,
    )
    return counted(make_response(page))


@bp.get("/chapters/<state:chapter>")
@kept(KEPT)
def chapter(chapter: str) -> Response:
    """One chapter: the count of its state, its statements, its link, and the button that asks for access."""
    session = db.session()
    found = chapters.chapter(session, chapter)
    petition = reading.petition(session, current())
    page = render_template(
        "chapters/chapter.html",
        chapter=found,
        address=own_address(chapter),
        petition=ShownText.of(petition) if petition else None,
        count=counting.of_state(session, petition.statement, chapter, clock.now()) if petition else None,
        statements=[_listed(each) for each in reading.of_chapter(session, found.id, current())],
        form=PressForm(_asking(chapter), formdata=None),
    )
    return counted(make_response(page))


def _listed(published: Published) -> dict[str, Any]:
    session, statement, revision = db.session(), published.statement, published.revision
    count = counting.count(session, statement, clock.now())
    return {
        **ShownText.of(published).facts(),
        "adoption": wording.adoption(reading.submission(session, revision.id)),
        "changed_at": revision.published_at if revision.number > 1 else None,
        "ended_words": wording.ended(statement),
        "listed": statement.listed_at is not None,
        "takes_signatures": statement.takes_signatures,
        "verified": count.verified,
        "as_of": count.as_of,
    }


@bp.get("/chapters/<state:chapter>/qr.svg")
def qr_code(chapter: str) -> Response:
    """The chapter's own link as a picture for flyers: dark on white, readable when a quarter of it is lost."""
    chapters.chapter(db.session(), chapter)
    picture = BytesIO()
    segno.make_qr(own_address(chapter), error="q").save(
        picture, kind="svg", scale=10, border=4, dark="#000", light="#fff", omitsize=False
    )
    response = make_response(picture.getvalue())
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    return cached(response, QR_KEPT)


# --- Getting access -------------------------------------------------------------------------------


def _asking(chapter: str) -> str:
    return f"ask for access {chapter}"


@bp.post("/chapters/<state:chapter>/access")
@limits.named("access")
def ask(chapter: str) -> Response:
    """Owe the office its link. Whoever asks types nothing, and is answered alike whatever becomes of it."""
    found = chapters.chapter(db.session(), chapter)
    refuse_stale(PressForm(_asking(chapter)))
    offering.offer(db.session(), keys(), found, clock.now(), language=current())
    return redirect(url_for("chapters.asked", chapter=chapter), 303)


@bp.get("/chapters/<state:chapter>/access")
def asked(chapter: str) -> str:
    """An e-mail is on its way to the office: the same page for everyone."""
    return render_template("chapters/asked.html", chapter=chapters.chapter(db.session(), chapter))


@bp.get("/chapters/access/<token>")
def access(token: str) -> Response:
    """What the office's link opens: a form that asks for its editor. Whoever only looks changes nothing."""
    return _access_page(token, NameEditorForm(NAMING))


def _access_page(token: str, form: NameEditorForm, status: int = 200) -> Response:
    try:
        _offer, chapter = offering.open_link(db.session(), token, clock.now())
    except DeadLink:
        return _dead()
    return make_response(render_template("chapters/access.html", chapter=chapter, token=token, form=form), status)


def _dead() -> Response:
    return make_response(render_template("chapters/dead_link.html"), 404)


@bp.post("/chapters/access/<token>")
@limits.named("access")
def name_editor(token: str) -> Response:
    """The office names its editor, who is invited by e-mail. The link works once."""
    form = NameEditorForm(NAMING)
    if not form.validate():
        return _access_page(token, form, 422)
    session, now = db.session(), clock.now()
    try:
        chapter = offering.open_link(session, token, now)[1].state
        offering.take_up(session, keys(), token, now, address=form.email.data, canonical=form.email.mailbox)
    except DeadLink:
        return _dead()
    return redirect(url_for("chapters.named", chapter=chapter), 303)


@bp.get("/chapters/<state:chapter>/named")
def named(chapter: str) -> str:
    """The editor has been invited: what happens next."""
    return render_template("chapters/named.html", chapter=chapters.chapter(db.session(), chapter))
