"""This was not me: nothing is signed, and the address is left in peace until its owner says otherwise."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.db import db
from petition.mail import mailboxes
from petition.signatures import disowning, links
from petition.signatures.views import bp
from petition.web.form import PressForm, keys, pressed


@bp.post("/confirm/<token>/not-me")
@limits.named("confirm")
def not_me(token: str) -> Response:
    """Somebody else typed this address."""
    pressed("confirm")
    signature = links.open_signature(db.session(), links.CONFIRM, token)
    mailbox = disowning.disown(db.session(), signature, clock.now())
    if mailbox is None:
        return redirect(url_for(".confirm", token=token), 303)
    lift = links.to_mailbox(db.session(), keys(), links.LIFT, mailbox, clock.now())
    return redirect(url_for(".disowned", token=lift), 303)


@bp.get("/not-me/<token>")
def disowned(token: str) -> str:
    """Nothing was signed."""
    links.open_link(db.session(), links.LIFT, token)
    return render_template("signatures/not_me.html", lift_url=url_for(".lift", token=token))


@bp.get("/lift/<token>")
def lift(token: str) -> str:
    """Offer to write to a paused mailbox again."""
    mailbox = links.open_link(db.session(), links.LIFT, token).mailbox
    assert mailbox is not None
    paused = mailboxes.paused_until(db.session(), mailbox, clock.now())
    return render_template(
        "signatures/lift.html", token=token, form=PressForm("lift", formdata=None), done=paused is None
    )


@bp.post("/lift/<token>")
@limits.named("private")
def lift_pause(token: str) -> Response:
    """Write to this mailbox again."""
    pressed("lift")
    mailbox = links.open_link(db.session(), links.LIFT, token).mailbox
    assert mailbox is not None
    mailboxes.lift_pause(db.session(), mailbox, clock.now())
    return redirect(url_for(".lift", token=token), 303)
