"""Signing and confirming, as pages. Nothing here needs a session, and no GET changes anything."""

from typing import Any, Final

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from petition import clock, limits, tokens
from petition.db import db, reading, writing_plainly
from petition.errors import Closed, TextChanged
from petition.signatures import confirmation, links, signing, wording
from petition.signatures.confirmation import Expired, Outcome, WrongCode
from petition.signatures.forms import AddressAndCodeForm, CodeForm, SignForm
from petition.signatures.judging import Judged, judge
from petition.signatures.links import UnknownLink
from petition.signatures.models import Signature, Status
from petition.signatures.showing import ShownText, refuse_unconfirmable
from petition.statements.reading import published, slug_of
from petition.web.addresses import outside
from petition.web.form import PressForm, keys, pressed
from petition.web.language import _, current, only_shown
from petition.web.problems import Problem, keeps_form

bp = Blueprint("signatures", __name__)

#: What a handle in a page's address is for. Whoever typed an address holds only the first kind.
SENT: Final = "sent"
CONFIRMED: Final = "confirmed"


@bp.post("/statements/<slug>/sign")
@limits.named("sign")
def sign(slug: str) -> Response:
    """Take a signature; answer alike whatever we know of the address."""
    sent = request.form.to_dict()
    if only_shown():
        judged = judge(slug, sent, sends=False)
        return refused(slug, _marked(slug, judged), 200 if judged.typed else 422)
    judged = judge(slug, sent)
    if judged.typed is None:
        return refused(slug, _marked(slug, judged), 422)
    refuse_unconfirmable(slug)
    shown, typed = sent.get("shown", ""), judged.typed
    try:
        with writing_plainly() as connection:
            signature = signing.sign(connection, keys(), slug, shown, typed, language=current(), now=clock.now())
    except TextChanged:
        form = _marked(slug, judged)
        form.form_errors.append(_("The text has changed since you opened this page. Read it again, then press Sign."))
        return refused(slug, form, 422)
    return redirect(url_for(".sent", slug=slug, handle=tokens.handle(keys(), SENT, signature.id)), 303)


def _marked(slug: str, judged: Judged) -> SignForm:
    form = SignForm(slug)
    form.mark(judged, request.form)
    return form


def refused(slug: str, form: SignForm, status: int, problem: Problem | None = None) -> FlaskResponse:
    """The form again with everything that was typed, and what to do about it."""
    with reading() as session:
        seen = published(session, slug, current())
        form.bind(seen.shown)
        page = render_template(
            "signatures/sign.html",
            form=form,
            form_action=url_for("signatures.sign", slug=slug),
            statement=ShownText.of(seen),
            revision=seen.revision,
            notice=seen.notice,
            problem=problem,
        )
    return make_response(page, status)


def _typed_again(problem: Problem) -> FlaskResponse:
    slug = (request.view_args or {})["slug"]
    return refused(slug, SignForm(slug), problem.status, problem)


keeps_form("signatures.sign", _typed_again)


@bp.get("/statements/<slug>/sign")
def sign_where(slug: str) -> Response:
    """Whoever loads the address of a sent form anew is shown the form."""
    return redirect(url_for("statements.statement", slug=slug, _anchor="sign"))


@bp.get("/statements/<slug>/sent/<handle>")
def sent(slug: str, handle: str) -> str:
    """Now look in your e-mail: the same page for everyone, and no address on it."""
    tokens.open_handle(keys(), SENT, handle)
    return _sent_page(slug, handle, CodeForm("code"))


def _sent_page(slug: str, handle: str, form: CodeForm, *, again: bool = False, left: int | None = None) -> str:
    return render_template(
        "signatures/sent.html",
        statement=ShownText.of(published(db.session(), slug, current())),
        handle=handle,
        code_form=form,
        again_form=PressForm("again", formdata=None),
        again=again,
        tries_left=left,
        sender=current_app.extensions["config"].mail_from,
    )


@bp.post("/statements/<slug>/sent/<handle>")
@limits.named("code")
def confirm_here(slug: str, handle: str) -> Response:
    """Confirm by the code, on the device the form was sent from."""
    form = CodeForm("code")
    row = tokens.open_handle(keys(), SENT, handle)
    if only_shown():
        return make_response(_sent_page(slug, handle, form))
    if not form.validate():
        return make_response(_sent_page(slug, handle, form), 422)
    signature = db.session().get(Signature, row)
    # A row that is gone answers like any other: by a mailbox that nobody has.
    mailbox = (signature.mailbox if signature else None) or keys().mac("mailbox", b"gone", handle.encode())
    result = _by_code(mailbox, form.code.data)
    if isinstance(result, WrongCode):
        _wrong(form, result)
        return make_response(_sent_page(slug, handle, form, left=result.left), 422)
    return _confirmed(*result)


def _by_code(mailbox: bytes, typed: str | None) -> tuple[Signature, Outcome] | WrongCode:
    return confirmation.confirm_by_code(db.session(), keys(), mailbox, typed or "", clock.now(), limits.asking())


def _wrong(form: CodeForm, wrong: WrongCode) -> None:
    if wrong.left:
        said = _("That code does not fit. Check it against the newest e-mail.")
    else:
        said = _("That was the last try today. Use the link in the e-mail: it still works.")
    form.code.errors = [said]


@bp.post("/statements/<slug>/sent/<handle>/again")
@limits.named("again")
def again(slug: str, handle: str) -> Response:
    """Ask for the e-mail once more; whether one is due, and when, the mailbox's caps decide."""
    pressed("again")
    signature = db.session().get(Signature, tokens.open_handle(keys(), SENT, handle))
    if signature is not None and signature.mailbox is not None:
        signing.owe_letter_again(db.session(), signature, now=clock.now())
    return redirect(url_for(".sent_again", slug=slug, handle=handle), 303)


@bp.get("/statements/<slug>/sent/<handle>/again")
def sent_again(slug: str, handle: str) -> str:
    """The same page, saying that another e-mail comes if it may."""
    tokens.open_handle(keys(), SENT, handle)
    return _sent_page(slug, handle, CodeForm("code"), again=True)


@bp.get("/confirm/<token>")
def confirm(token: str) -> Response:
    """Show what waits to be confirmed. A mail scanner may look as often as it likes."""
    signature = links.open_signature(db.session(), links.CONFIRM, token)
    if confirmation.standing(signature, clock.now()) is Outcome.ALREADY:
        page = "held" if signature.status == Status.HELD else "already"
        return make_response(render_template(f"signatures/{page}.html", status=signature.status))
    return make_response(
        render_template(
            "signatures/confirm.html",
            token=token,
            form=PressForm("confirm", formdata=None),
            signature=_as_typed(signature),
            statement=ShownText.of_signature(signature),
            text_url=url_for(
                "statements.revision",
                slug=signature.statement.slug,
                number=signature.revision.number,
                lang=signature.revision.language,
            ),
        )
    )


def _as_typed(signature: Signature) -> dict[str, Any]:
    return {
        "name": signature.name,
        "place": wording.place(signature),
        "affiliation": signature.affiliation,
        "comment": signature.comment,
        "statement_title": signature.revision.title,
        "addressee": signature.statement.addressee.name,
        "kind_words": wording.kind(signature.statement.kind),
    }


@bp.post("/confirm/<token>")
@limits.named("confirm")
def confirm_link(token: str) -> Response:
    """Yes, this is my signature."""
    pressed("confirm")
    with writing_plainly() as connection:
        opened, outcome = confirmation.confirm_by_link(connection, keys(), token, clock.now(), limits.asking())
    if outcome is Outcome.ALREADY:
        return redirect(url_for(".confirm", token=token), 303)
    return _thanks(opened.slug, opened.id)


def _thanks(slug: str, row: int) -> Response:
    return redirect(url_for(".confirmed", slug=slug, handle=tokens.handle(keys(), CONFIRMED, row)), 303)


def _confirmed(signature: Signature, outcome: Outcome) -> Response:
    if outcome is Outcome.ALREADY:
        return redirect(url_for(".already"), 303)
    return _thanks(slug_of(db.session(), signature.statement_id), signature.id)


@bp.get("/statements/<slug>/confirmed/<handle>")
def confirmed(slug: str, handle: str) -> str:
    """Thank you; with the number once the registrar has been, and never a name."""
    signature = db.session().get(Signature, tokens.open_handle(keys(), CONFIRMED, handle))
    if signature is None or signature.status not in (Status.VERIFIED, Status.HELD):
        return render_template("signatures/already.html", status=signature and signature.status)
    return render_template(
        "signatures/confirmed.html",
        number=signature.number,
        held=signature.status == Status.HELD,
        statement=ShownText.of_signature(signature),
        share_url=outside("statements.statement", slug=slug),
    )


@bp.get("/already-confirmed")
def already() -> str:
    """Confirmed before: it counts once."""
    return render_template("signatures/already.html")


@bp.get("/confirm")
def confirm_code() -> str:
    """For whoever reads their e-mail on another device: the address and the code."""
    return render_template("signatures/confirm_code.html", form=AddressAndCodeForm("code", formdata=None))


@bp.post("/confirm")
@limits.named("code")
def confirm_by_code() -> Response:
    """Confirm by address and code, on any device."""
    form = AddressAndCodeForm("code")
    if only_shown():
        return make_response(render_template("signatures/confirm_code.html", form=form))
    if not form.validate():
        return make_response(render_template("signatures/confirm_code.html", form=form), 422)
    mailbox = keys().mailbox(form.email.mailbox)
    result = _by_code(mailbox, form.code.data)
    if isinstance(result, WrongCode):
        _wrong(form, result)
        page = render_template("signatures/confirm_code.html", form=form, tries_left=result.left)
        return make_response(page, 422)
    return _confirmed(*result)


@bp.get("/finished")
def finished() -> Response:
    """A clean screen for the next person at this computer."""
    response = make_response(render_template("signatures/finished.html"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.errorhandler(Expired)
def expired(_error: Expired) -> tuple[str, int]:
    """Its seven days are over."""
    return render_template("signatures/expired.html"), 410


@bp.errorhandler(Closed)
def closed(error: Closed) -> tuple[str, int]:
    """Signing has ended, or has not begun."""
    with reading() as session:
        statement = ShownText.of(published(session, str(error), current()))
        return render_template("signatures/closed.html", statement=statement), 409


@bp.errorhandler(UnknownLink)
def unknown(_error: UnknownLink) -> tuple[str, int]:
    """Cut off, mistyped, or what it opened has been erased."""
    return render_template("signatures/unknown.html"), 404
