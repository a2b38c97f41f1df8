"""The signatory's private page, opened by the link in the second e-mail, and what can be done there."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.db import db
from petition.errors import AlreadySigned, NotFound
from petition.signatures import choosing, links, withdrawal, wording
from petition.signatures.models import Signature
from petition.signatures.showing import ShownText
from petition.signatures.views import bp
from petition.web.form import PressForm, pressed
from petition.web.language import _
from petition.web.problems import Problem, page

PURPOSE = "private"


def _open(token: str) -> Signature:
    return links.open_signature(db.session(), links.PAGE, token)


def _pressed(token: str) -> Signature:
    pressed(PURPOSE)
    return _open(token)


def _shown(signature: Signature) -> dict[str, Any]:
    return {
        "name": signature.name,
        "place": wording.place(signature),
        "relation_words": wording.relation(signature),
        "status": signature.status,
        "number": signature.number,
        "confirmed_at": signature.confirmed_at,
        "method_words": wording.method(signature),
        "show_name": signature.show_name,
        "withhold": signature.withhold,
        "updates": signature.updates,
        "undo_until": withdrawal.undo_until(signature),
        "reason": wording.reason(signature.reason),
        "withdrawn": signature.withdrawn_at is not None,
        "counted_before": signature.reason is None,
        "affiliation": signature.affiliation,
        "comment": signature.comment,
        "erased": signature.erased_at is not None,
    }


@bp.get("/signature/<token>")
def signature(token: str) -> str:
    """What was signed, what it counts for, and who will receive it."""
    found = _open(token)
    return render_template(
        "signatures/signature.html",
        token=token,
        form=PressForm(PURPOSE, formdata=None),
        signature=_shown(found),
        statement=ShownText.of_signature(found),
        revision=found.revision,
        addressee=found.statement.addressee.name,
        planned_delivery=found.statement.campaign.delivery and _(found.statement.campaign.delivery),
    )


@bp.post("/signature/<token>/show-name")
@limits.named("private")
def show_name(token: str) -> Response:
    """Show the name on the site, or hide it."""
    choosing.choose_shown(_pressed(token), bool(request.form.get("show_name")))
    return redirect(url_for(".signature", token=token), 303)


@bp.post("/signature/<token>/withhold")
@limits.named("private")
def withhold(token: str) -> Response:
    """Leave the name out of later packets, or put it in again."""
    choosing.choose_withheld(_pressed(token), bool(request.form.get("withhold")), clock.now())
    return redirect(url_for(".signature", token=token), 303)


@bp.post("/signature/<token>/news")
@limits.named("private")
def news(token: str) -> Response:
    """Have news by e-mail, or no longer."""
    choosing.choose_news(_pressed(token), bool(request.form.get("updates")))
    return redirect(url_for(".signature", token=token), 303)


@bp.get("/signature/<token>/withdraw")
def withdraw(token: str) -> str:
    """What withdrawing means; or, when it is done, how to undo it."""
    found = _open(token)
    until = withdrawal.undo_until(found)
    name = "withdrawn" if found.withdrawn_at is not None else "withdraw"
    return render_template(
        f"signatures/{name}.html",
        token=token,
        form=PressForm(PURPOSE, formdata=None),
        signature=_shown(found),
        number=found.number,
        undo_until=until if until is not None and until > clock.now() else None,
    )


@bp.post("/signature/<token>/withdraw")
@limits.named("private")
def withdraw_now(token: str) -> Response:
    """Take the signature back."""
    withdrawal.withdraw(db.session(), _pressed(token), clock.now())
    return redirect(url_for(".withdraw", token=token), 303)


@bp.post("/signature/<token>/undo")
@limits.named("private")
def undo(token: str) -> Response:
    """Let it stand again."""
    found = _pressed(token)
    try:
        withdrawal.undo(db.session(), found, clock.now())
    except AlreadySigned:
        return make_response(
            page(
                Problem(
                    409,
                    _("This address has signed again since."),
                    _("That newer signature counts. Its own page is in its own e-mail."),
                )
            )
        )
    except NotFound:
        return redirect(url_for(".withdraw", token=token), 303)
    return redirect(url_for(".signature", token=token), 303)
