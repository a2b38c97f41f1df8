"""The second factor, as pages: showing it, setting it up, and the codes on paper for the day it is lost."""

from typing import Final

import segno
from flask import make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from pyotp import TOTP
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.accounts import passkeys, permission, recovering, second, standing
from petition.accounts.forms import AnswerForm, SecondForm
from petition.accounts.models import SignedIn
from petition.accounts.passkeys import NoPasskey
from petition.accounts.permission import needs
from petition.accounts.second import Shown
from petition.accounts.standing import Standing
from petition.accounts.views import bp, forward
from petition.db import db
from petition.web.form import SessionForm, keys, refuse_stale
from petition.web.language import _, moment

#: Showing it: who has one and has not shown it, or is asked once more.
SHOWING: Final = (Standing.SECOND_DUE, Standing.WHOLE)
#: Setting one up: who has none yet, or wants another.
SETTING_UP: Final = (Standing.SETUP_DUE, Standing.WHOLE)


def here() -> SignedIn:
    """The session of this request, behind `needs`."""
    found = permission.here()
    assert found is not None
    return found


@bp.get("/account/second")
@needs(at=SHOWING)
def second_factor() -> Response:
    """A code of the app, a recovery code or a passkey."""
    return _page(SecondForm())


def _page(form: SecondForm, status: int = 200, *, failed: bool = False) -> Response:
    account, site = permission.current(), permission.passkey_site()
    known = passkeys.of(db.session(), account)
    options = passkeys.to_show(site, _purpose("show"), clock.now(), known) if site and known else None
    page = render_template(
        "accounts/second.html",
        form=form,
        passkey_form=AnswerForm(formdata=None),
        has_app=standing.has_app(db.session(), account),
        options=options,
        next=permission.inside(request.values.get("next")),
        failed=failed,
    )
    return make_response(page, status)


def _purpose(what: str) -> str:
    return f"{what} {here().id}"


@bp.post("/account/second")
@limits.named("sign-in")
@needs(at=SHOWING)
def show_second() -> Response:
    """Take the code, and give the browser a new token."""
    form = SecondForm()
    if not form.validate():
        return _page(form, 422)
    mine, now = permission.current(), clock.now()
    shown = second.show(db.session(), keys(), mine, form.code.data, now)
    if shown is Shown.FITS:
        permission.step_up()
        return forward(form.next.data)
    form.code.errors = [
        _("That code does not fit, or was used already. Wait for the next one.")
        if shown is Shown.WRONG
        else _("That was wrong too often. Try again after %(time)s.", time=moment(second.paused_until(mine)))
    ]
    answer = _page(form, 422 if shown is Shown.WRONG else 429)
    if shown is Shown.TOO_OFTEN:
        answer.headers["Retry-After"] = str(int((second.paused_until(mine) - now).total_seconds()) + 1)
    return answer


@bp.post("/account/second/passkey")
@limits.named("sign-in")
@needs(at=SHOWING)
def show_passkey() -> Response:
    """Take the answer of one of the account's passkeys."""
    form = AnswerForm()
    refuse_stale(form)
    site, account = permission.passkey_site(), permission.current()
    try:
        if site is None:
            raise NoPasskey(account.id)
        whose = passkeys.show(db.session(), site, _purpose("show"), form.answer.data or "", clock.now())
        if whose.id != account.id:
            raise NoPasskey(account.id)
    except NoPasskey:
        return _page(SecondForm(formdata=None), 422, failed=True)
    permission.step_up()
    return forward(form.next.data)


@bp.get("/account/set-up")
@needs(at=SETTING_UP)
def set_up() -> str:
    """What an organizer does before anything else: choose a second factor."""
    return render_template("accounts/set_up.html", passkeys_work=permission.passkey_site() is not None)


@bp.get("/account/app")
@needs(at=SETTING_UP, fresh=True)
def app() -> Response:
    """The secret for an authenticator app, as a picture and as text."""
    return _app_page(SecondForm())


def _app_page(form: SecondForm, status: int = 200) -> Response:
    secret = second.offered(keys(), here())
    address = keys().open_address(permission.current().address)
    uri = TOTP(secret).provisioning_uri(name=address, issuer_name=request.host)
    # Dark on white also where the page is dark: not every camera reads it the other way round.
    picture = segno.make(uri, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    page = render_template("accounts/app.html", form=form, picture=Markup(picture), secret=groups)  # noqa: S704
    return make_response(page, status)


@bp.post("/account/app")
@needs(at=SETTING_UP, fresh=True)
def set_app_up() -> Response:
    """Keep the secret once a code has proved that the app has it."""
    form = SecondForm()
    if not form.validate():
        return _app_page(form, 422)
    secret = second.offered(keys(), here())
    if not second.set_up(db.session(), keys(), permission.current(), secret, form.code.data, clock.now()):
        form.code.errors = [_("That code does not fit. Is the clock of the device right?")]
        return _app_page(form, 422)
    permission.step_up()
    return redirect(url_for("accounts.recovery"), 303)


@bp.post("/account/app/remove")
@needs(fresh=True)
def take_app_down() -> Response:
    """Forget the authenticator app. An organizer without a passkey is led to set another up."""
    refuse_stale(SessionForm())
    second.take_down(db.session(), permission.current(), clock.now())
    return redirect(url_for("accounts.account"), 303)


@bp.get("/account/recovery")
@needs(fresh=True)
def recovery() -> str:
    """What recovery codes are for, and how many are left."""
    left = recovering.left(db.session(), permission.current())
    return render_template("accounts/recovery.html", form=SessionForm(), left=left)


@bp.post("/account/recovery")
@needs(fresh=True)
def make_recovery_codes() -> str:
    """Ten new codes. They stand on the answer itself, since no other page will ever show them."""
    refuse_stale(SessionForm())
    codes = recovering.make(db.session(), keys(), permission.current(), clock.now())
    return render_template("accounts/recovery_codes.html", codes=codes)
