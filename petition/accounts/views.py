"""Signing in, as pages: by a link or a code that comes by e-mail, or by a passkey. No GET signs anybody in."""

from typing import Final

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petition import clock, limits, tokens
from petition.accounts import asking, passkeys, permission
from petition.accounts.asking import Admission, DeadLink, WrongCode
from petition.accounts.forms import AskForm, PasskeyForm, SignInCodeForm
from petition.accounts.models import Role
from petition.accounts.passkeys import NoPasskey
from petition.accounts.permission import needs
from petition.accounts.standing import Standing
from petition.db import db
from petition.web.form import PressForm, SessionForm, keys, pressed, refuse_stale
from petition.web.language import _, current

bp = Blueprint("accounts", __name__)

#: Open also to somebody who has come only half the way.
ANY: Final = tuple(Standing)
#: What handles, tokens and challenges are for.
ASKED: Final = "sign-in asked"
BY_LINK: Final = "sign in by link"
BY_CODE: Final = "sign in by code"
ASKING: Final = "ask to sign in"
BY_PASSKEY: Final = "sign in by passkey"


@bp.get("/account/sign-in")
def sign_in() -> Response:
    """The address to send the link to, or a passkey."""
    return _sign_in_page(AskForm(ASKING))


def _sign_in_page(form: AskForm, status: int = 200, *, failed: bool = False) -> Response:
    site = permission.passkey_site()
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        passkey_form=PasskeyForm(BY_PASSKEY, formdata=None),
        options=passkeys.to_show(site, BY_PASSKEY, clock.now()) if site else None,
        next=permission.inside(request.values.get("next")),
        failed=failed,
    )
    return make_response(page, status)


@bp.post("/account/sign-in")
@limits.named("sign-in")
def ask() -> Response:
    """Owe the address its e-mail; answer alike whether it is known. Nothing is looked up here."""
    form = AskForm(ASKING)
    if not form.validate():
        return _sign_in_page(form, 422)
    wish = asking.ask(
        db.session(), keys(), keys().mailbox(form.email.mailbox), clock.now(),
        language=current(), leads_to=permission.inside(form.next.data),
    )  # fmt: skip
    return redirect(url_for("accounts.asked", handle=tokens.handle(keys(), ASKED, wish.id)), 303)


@bp.get("/account/asked/<handle>")
def asked(handle: str) -> Response:
    """Now look in your e-mail: the same page for everyone, and no address on it."""
    tokens.open_handle(keys(), ASKED, handle)
    return _asked_page(handle, SignInCodeForm(BY_CODE))


def _asked_page(handle: str, form: SignInCodeForm, status: int = 200, left: int | None = None) -> Response:
    page = render_template("accounts/asked.html", handle=handle, form=form, tries_left=left)
    return make_response(page, status)


@bp.post("/account/asked/<handle>")
@limits.named("sign-in")
def sign_in_by_code(handle: str) -> Response:
    """Sign in by the code, on the device that asked for it."""
    form = SignInCodeForm(BY_CODE)
    row = tokens.open_handle(keys(), ASKED, handle)
    if not form.validate():
        return _asked_page(handle, form, 422)
    try:
        result = asking.by_code(db.session(), keys(), row, form.code.data, clock.now())
    except DeadLink:
        result = WrongCode(0)
    if isinstance(result, Admission):
        return _admitted(result)
    form.code.errors = [
        _("That code does not fit. Check it against the newest e-mail.")
        if result.left
        else _("This code can be tried no more. Ask for a new e-mail.")
    ]
    return _asked_page(handle, form, 422, result.left)


@bp.get("/account/link/<token>")
def link(token: str) -> Response:
    """What the link in the e-mail opens: a button. Whoever only looks, as scanners do, changes nothing."""
    try:
        asking.open_link(db.session(), token, clock.now())
    except DeadLink:
        return _dead()
    return make_response(render_template("accounts/link.html", token=token, form=PressForm(BY_LINK)))


@bp.post("/account/link/<token>")
@limits.named("sign-in")
def sign_in_by_link(token: str) -> Response:
    """Sign in, once."""
    pressed(BY_LINK)
    try:
        return _admitted(asking.by_link(db.session(), token, clock.now()))
    except DeadLink:
        return _dead()


def _dead() -> Response:
    return make_response(render_template("accounts/dead_link.html"), 404)


def _admitted(admission: Admission) -> Response:
    permission.sign_in(admission.account, how=admission.how)
    return forward(admission.leads_to)


@bp.post("/account/passkey")
@limits.named("sign-in")
def sign_in_by_passkey() -> Response:
    """Sign in by a passkey: the device, and the finger, face or PIN that it asks for, are two factors."""
    form = PasskeyForm(BY_PASSKEY)
    refuse_stale(form)
    site = permission.passkey_site()
    try:
        if site is None:
            raise NoPasskey(BY_PASSKEY)
        account = passkeys.show(db.session(), site, BY_PASSKEY, form.answer.data or "", clock.now())
        if not account.grants:
            raise NoPasskey(BY_PASSKEY)
    except NoPasskey:
        return _sign_in_page(AskForm(ASKING, formdata=None), 422, failed=True)
    permission.sign_in(account, how="passkey", second=True)
    return forward(form.next.data)


@bp.post("/account/sign-out")
@needs(at=ANY)
def sign_out() -> Response:
    """End this session."""
    refuse_stale(SessionForm())
    permission.sign_out()
    return redirect(url_for("accounts.sign_in"), 303)


def forward(path: str | None) -> Response:
    """To the page that somebody wanted before they were asked who they are, else to their desk."""
    return redirect(permission.inside(path) or _desk(), 303)


def _desk() -> str:
    """The whole house's for organizers and auditors, a chapter's for its editor."""
    if permission.may(Role.ORGANIZER, Role.AUDITOR):
        return url_for("organize.index")
    mine = permission.current().chapters
    return url_for("organize.chapter", chapter=mine[0]) if mine else url_for("accounts.account")
