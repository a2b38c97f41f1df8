"""Institutions that co-sign, as pages: the form, those confirmed, and each one's own page behind its link."""

from typing import Final

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.db import db, reading
from petition.errors import AlreadySigned, TextChanged
from petition.institutions import answering, cosigning, showing
from petition.institutions.answering import Expired, Outcome, UnknownLink
from petition.institutions.forms import InstitutionForm
from petition.institutions.models import Institution, Stand
from petition.signatures import links
from petition.signatures.showing import ShownText, refuse_unconfirmable
from petition.statements.reading import published
from petition.web.form import PressForm, keys, pressed
from petition.web.headers import counted
from petition.web.language import _, current, only_shown
from petition.web.problems import Problem, keeps_form, page

bp = Blueprint("institutions", __name__)

PURPOSE: Final = "institution"


@bp.get("/statements/<slug>/institutions")
def institutions(slug: str) -> Response:
    """Those confirmed, and the form while the statement is open."""
    return counted(_page(slug, InstitutionForm(slug, formdata=None), 200))


def _page(slug: str, form: InstitutionForm, status: int, problem: Problem | None = None) -> FlaskResponse:
    session = db.session()
    seen = published(session, slug, current())
    form.bind(seen.revision.sha256)
    text = ShownText.of(seen)
    said = render_template(
        "institutions/institutions.html",
        statement=text,
        revision=seen.revision,
        shown=showing.shown(session, seen.statement, clock.now(), showing.MOST),
        form=form if text.open else None,
        sent=request.method == "POST",
        problem=problem,
    )
    return make_response(said, status)


@bp.post("/statements/<slug>/institutions")
@limits.named("sign")
def cosign(slug: str) -> Response:
    """Take what was typed; answer alike whatever we know of the address or the institution."""
    form = InstitutionForm(slug)
    if only_shown():
        return _page(slug, form, 200)
    if not form.validate():
        return _page(slug, form, 422)
    refuse_unconfirmable(slug)
    try:
        shown = form.shown.data or ""
        cosigning.cosign(db.session(), keys(), slug, shown, form.typed, language=current(), now=clock.now())
    except TextChanged:
        form.form_errors.append(_("The text has changed since you opened this page. Read it again, then send this."))
        return _page(slug, form, 422)
    return redirect(url_for(".sent", slug=slug), 303)


def _typed_again(problem: Problem) -> FlaskResponse:
    slug = (request.view_args or {})["slug"]
    with reading():
        return _page(slug, InstitutionForm(slug), problem.status, problem)


keeps_form("institutions.cosign", _typed_again)


@bp.get("/statements/<slug>/institutions/sent")
def sent(slug: str) -> str:
    """Now look in your e-mail: the same page for everyone."""
    text = ShownText.of(published(db.session(), slug, current()))
    return render_template("institutions/sent.html", statement=text, sender=current_app.extensions["config"].mail_from)


@bp.get("/institution/<token>")
def institution(token: str) -> Response:
    """What waits for an answer; afterwards how it stands, and how to take it back."""
    found, now = answering.open_link(db.session(), token), clock.now()
    if answering.expired(found, now):
        raise Expired(found.id)
    until = answering.undo_until(found)
    said = render_template(
        f"institutions/{'answer' if found.stand == Stand.PENDING else 'own'}.html",
        token=token,
        form=PressForm(PURPOSE, formdata=None),
        institution=found,
        place=showing.place(found),
        statement=ShownText.of_revision(found.statement, found.revision),
        revision=found.revision,
        undo_until=until if until is not None and until > now else None,
    )
    return make_response(said)


def _pressed(token: str) -> Institution:
    pressed(PURPOSE)
    return answering.open_link(db.session(), token)


@bp.post("/institution/<token>")
@limits.named("private")
def answer(token: str) -> Response:
    """Yes, we sign."""
    outcome = answering.answer(db.session(), keys(), _pressed(token), clock.now())
    if outcome is Outcome.ALREADY and answering.open_link(db.session(), token).stand == Stand.PENDING:
        return _signed_already()
    return redirect(url_for(".institution", token=token), 303)


def _signed_already() -> Response:
    title = _("This address has signed for an institution already.")
    return page(Problem(409, title, _("It counts once. The page of that signature is in its own e-mail.")))


@bp.post("/institution/<token>/not-us")
@limits.named("private")
def not_us(token: str) -> Response:
    """Somebody else typed this address."""
    mailbox = answering.disown(db.session(), _pressed(token), clock.now())
    if mailbox is None:
        return redirect(url_for(".institution", token=token), 303)
    lift = links.to_mailbox(db.session(), keys(), links.LIFT, mailbox, clock.now())
    return redirect(url_for("signatures.disowned", token=lift), 303)


@bp.post("/institution/<token>/withdraw")
@limits.named("private")
def withdraw(token: str) -> Response:
    """Take it back."""
    answering.withdraw(db.session(), _pressed(token), clock.now())
    return redirect(url_for(".institution", token=token), 303)


@bp.post("/institution/<token>/undo")
@limits.named("private")
def undo(token: str) -> Response:
    """Let it stand again."""
    try:
        answering.undo(db.session(), _pressed(token), clock.now())
    except AlreadySigned:
        return _signed_already()
    return redirect(url_for(".institution", token=token), 303)


@bp.errorhandler(Expired)
def expired(_error: Expired) -> tuple[str, int]:
    """Its seven days are over."""
    return render_template("institutions/dead.html", expired=True), 410


@bp.errorhandler(UnknownLink)
def unknown(_error: UnknownLink) -> tuple[str, int]:
    """Cut off, or what it opened has been erased."""
    return render_template("institutions/dead.html", expired=False), 404
