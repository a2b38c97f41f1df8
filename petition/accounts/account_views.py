"""The account's own pages: where it is signed in, its passkeys, its name."""

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts import admitting, passkeys, permission, recovering, sessions, standing
from petition.accounts.forms import LONGEST_NAME, AnswerForm, NameForm
from petition.accounts.models import Role
from petition.accounts.passkeys import NoPasskey
from petition.accounts.permission import needs
from petition.accounts.second_views import SETTING_UP, here
from petition.accounts.standing import Standing
from petition.accounts.views import bp
from petition.db import db
from petition.errors import NotFound
from petition.text import names
from petition.web.form import SessionForm, keys, refuse_stale
from petition.web.language import _


@bp.get("/account/")
@needs()
def account() -> Response:
    """Who is signed in, where, and by what."""
    return _page(NameForm(data={"name": permission.current().name}))


def _page(form: NameForm, status: int = 200) -> Response:
    session, mine, now = db.session(), permission.current(), clock.now()
    page = render_template(
        "accounts/account.html",
        form=form,
        press=SessionForm(formdata=None),
        address=keys().open_address(mine.address),
        roles=sorted(mine.roles - {Role.EDITOR}),
        chapters=mine.chapters,
        sessions=sessions.of(session, mine, now),
        here=here(),
        passkeys=passkeys.of(session, mine),
        passkeys_work=permission.passkey_site() is not None,
        has_app=standing.has_app(session, mine),
        codes_left=recovering.left(session, mine),
    )
    return make_response(page, status)


@bp.post("/account/name")
@needs()
def rename() -> Response:
    """What the others call this account."""
    form = NameForm()
    if not form.validate():
        return _page(form, 422)
    admitting.rename(db.session(), permission.current(), form.name.data, clock.now())
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/sessions/<row:number>/end")
@needs()
def end_session(number: int) -> Response:
    """End one session, on whichever device."""
    refuse_stale(SessionForm())
    if number == here().id:
        permission.sign_out()
        return redirect(url_for("accounts.sign_in"), 303)
    if not sessions.end(db.session(), permission.current(), number, clock.now()):
        raise NotFound("session")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/sessions/end-others")
@needs()
def end_other_sessions() -> Response:
    """End every session but this one."""
    refuse_stale(SessionForm())
    sessions.end_others(db.session(), here(), clock.now())
    return redirect(url_for("accounts.account"), 303)


@bp.get("/account/passkeys/new")
@needs(at=SETTING_UP, fresh=True)
def new_passkey() -> Response:
    """A button that asks the device for a passkey."""
    return _passkey_page(AnswerForm())


def _passkey_page(form: AnswerForm, status: int = 200) -> Response:
    site, mine = permission.passkey_site(), permission.current()
    if site is None:
        raise NotFound("passkeys need a name, not a number")
    address = keys().open_address(mine.address)
    options = passkeys.to_add(db.session(), site, mine, address, _purpose(), clock.now())
    page = render_template("accounts/new_passkey.html", form=form, options=options)
    return make_response(page, status)


def _purpose() -> str:
    return f"add {here().id}"


@bp.post("/account/passkeys/new")
@needs(at=SETTING_UP, fresh=True)
def add_passkey() -> Response:
    """Keep the passkey that the device has made; for an organizer's first one this is the second factor."""
    form = AnswerForm()
    refuse_stale(form)
    site, mine = permission.passkey_site(), permission.current()
    name = names.clean(form.name.data or "")[:LONGEST_NAME] or here().device or _("Passkey")
    try:
        if site is None:
            raise NoPasskey(mine.id)
        passkeys.add(db.session(), site, mine, _purpose(), form.answer.data or "", name, clock.now())
    except NoPasskey:
        form.answer.errors = [_("That did not work. Nothing was kept; try once more.")]
        return _passkey_page(form, 422)
    permission.step_up()
    has_codes = recovering.left(db.session(), mine) is not None
    return redirect(url_for("accounts.account" if has_codes else "accounts.recovery"), 303)


@bp.post("/account/passkeys/<row:number>/remove")
@needs(fresh=True, at=(Standing.WHOLE,))
def remove_passkey(number: int) -> Response:
    """Forget a passkey; the device that has it is not asked."""
    refuse_stale(SessionForm())
    if not passkeys.remove(db.session(), permission.current(), number, clock.now()):
        raise NotFound("passkey")
    return redirect(url_for("accounts.account"), 303)
