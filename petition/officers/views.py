"""The officer's own page, opened by the link in their e-mail: the whole text, and what they answer."""

from typing import Any, Final

from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.db import db, reading
from petition.officers import signing, standing
from petition.officers.models import Officer
from petition.officers.signing import TooLate, UnknownLink
from petition.officers.standing import Stand
from petition.statements import clauses
from petition.statements.models import Revision
from petition.web.form import PressForm, pressed

bp = Blueprint("officers", __name__)

PURPOSE: Final = "officer"


def _text(revision: Revision) -> dict[str, Any]:
    statement = revision.statement
    return {
        "slug": statement.slug,
        "kind": statement.kind,
        "title": revision.title,
        "language": revision.language,
        "issuer": statement.issuer,
        "addressee": statement.addressee.name,
        "call_number": statement.call_number(revision),
        "sample_note": statement.sample_note,
    }


@bp.get("/officer/<token>")
def officer(token: str) -> Response:
    """The text to sign, while it can be signed; afterwards what was answered, and how to change it."""
    found, now = signing.open_link(db.session(), token), clock.now()
    stand, shut = standing.stand(found), standing.shut(db.session(), found, now)
    answered = stand in (Stand.SIGNED, Stand.DECLINED)
    page = render_template(
        f"officers/{'answered' if answered else 'shut' if shut else 'sign'}.html",
        token=token,
        officer=found,
        statement=_text(found.revision),
        revision=found.revision,
        text=clauses.html(found.revision, linked=True),
        signed=stand is Stand.SIGNED,
        shut=shut,
        until=standing.open_until(found),
        form=PressForm(PURPOSE, formdata=None),
    )
    return make_response(page, 410 if shut and not answered else 200)


def _pressed(token: str) -> Officer:
    pressed(PURPOSE)
    return signing.open_link(db.session(), token)


@bp.post("/officer/<token>")
@limits.named("private")
def sign(token: str) -> Response:
    """Sign."""
    signing.sign(db.session(), _pressed(token), clock.now())
    return redirect(url_for(".officer", token=token), 303)


@bp.post("/officer/<token>/decline")
@limits.named("private")
def decline(token: str) -> Response:
    """Do not sign, or take the signature back."""
    signing.decline(db.session(), _pressed(token), clock.now())
    return redirect(url_for(".officer", token=token), 303)


@bp.post("/officer/<token>/not-me")
@limits.named("private")
def not_me(token: str) -> Response:
    """Whoever reads this address is somebody else."""
    gone = signing.disown(db.session(), _pressed(token), clock.now())
    return redirect(url_for(".disowned") if gone else url_for(".officer", token=token), 303)


@bp.get("/officer/not-me")
def disowned() -> str:
    """The address is erased: the same page for everyone."""
    return render_template("officers/not_me.html")


@bp.errorhandler(TooLate)
def too_late(error: TooLate) -> tuple[str, int]:
    """The text has changed, or the link has grown old, since the page was opened."""
    with reading():
        return render_template("officers/shut.html", shut=error.why, officer=None, statement=None), 410


@bp.errorhandler(UnknownLink)
def unknown(_error: UnknownLink) -> tuple[str, int]:
    """Cut off, or another link has taken its place."""
    return render_template("officers/unknown.html"), 404
