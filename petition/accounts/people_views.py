"""People, as a page of the console: who may work here, and as what."""

from typing import Any

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts import admitting, permission
from petition.accounts.admitting import LastOrganizer
from petition.accounts.forms import InviteForm
from petition.accounts.models import Account, Role
from petition.accounts.permission import needs
from petition.accounts.views import bp
from petition.db import db
from petition.errors import NotFound
from petition.web.form import SessionForm, keys, refuse_stale
from petition.web.language import _, current


@bp.get("/organize/people")
@needs(Role.ORGANIZER, Role.AUDITOR)
def people() -> Response:
    """Everybody who may sign in, and as what."""
    return _page(InviteForm())


def _page(form: InviteForm, status: int = 200, said: str = "") -> Response:
    page = render_template(
        "accounts/people.html",
        form=form,
        press=SessionForm(formdata=None),
        people=[_person(account) for account in admitting.everybody(db.session())],
        said=said,
        # What every page of the console is given.
        who=permission.current(),
        decides=permission.may(Role.ORGANIZER),
        here="people",
        statement=None,
    )
    return make_response(page, status)


def _person(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "address": keys().open_address(account.address),
        "since": account.made_at,
        "roles": sorted(account.roles - {Role.EDITOR}),
        "chapters": account.chapters,
    }


@bp.post("/organize/people")
@needs(Role.ORGANIZER, fresh=True)
def invite() -> Response:
    """Give an address a role, and tell its owner by e-mail."""
    form = InviteForm()
    if not form.validate():
        return _page(form, 422)
    session, now = db.session(), clock.now()
    account = admitting.admit(
        session, keys(), now, permission.current(), Role(form.role.data),
        address=form.email.data, canonical=form.email.mailbox, language=current(),
    )  # fmt: skip
    admitting.invite(session, account, now)
    return redirect(url_for("accounts.people"), 303)


@bp.post("/organize/people/<row:number>/dismiss/<role>")
@needs(Role.ORGANIZER, fresh=True)
def dismiss(number: int, role: str) -> Response:
    """Take a role away; whoever held it is signed out everywhere."""
    refuse_stale(SessionForm())
    account = db.session().get(Account, number)
    # An editor is dismissed on the pages of the chapter that it is bound to.
    if account is None or role not in {held.value for held in account.roles - {Role.EDITOR}}:
        raise NotFound("role")
    try:
        admitting.dismiss(db.session(), clock.now(), permission.current(), account, Role(role))
    except LastOrganizer:
        return _page(InviteForm(formdata=None), 409, _("This is the last organizer. Invite another first."))
    return redirect(url_for("accounts.people"), 303)
