"""What came of a statement, for everybody; and the link by which a signatory stops the news of it."""

from typing import Any, Final

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petition import limits
from petition.db import db
from petition.deliveries import responding
from petition.deliveries.letters import STOP_NEWS
from petition.deliveries.models import ResponseKind
from petition.deliveries.views import bp
from petition.signatures import choosing, links
from petition.statements import reading
from petition.web.form import PressForm, pressed
from petition.web.headers import cached
from petition.web.language import _, current

STOP: Final = "stop news"
#: What a mail program posts for its own button (RFC 8058, 3.1); it has seen no page of ours, so no token of one.
ONE_CLICK: Final = ("List-Unsubscribe", "One-Click")


@bp.get("/statements/<slug>/responses")
def responses(slug: str) -> Response:
    """Every delivery of a statement and every answer to it."""
    session = db.session()
    published = reading.published(session, slug, current())
    statement = published.statement
    page = render_template(
        "deliveries/responses.html",
        slug=slug,
        title=published.revision.title,
        text_language=published.revision.language,
        publisher=statement.addressee.name,
        sample_note=statement.sample_note,
        deliveries=responding.deliveries(session, statement.id),
        answers=responding.responses(session, statement.id),
        kinds=kinds(),
    )
    return cached(make_response(page), 60, stale=600)


def kinds() -> dict[str, str]:
    """Each kind of answer."""
    return {
        ResponseKind.MEMO: _("Memo"),
        ResponseKind.LETTER: _("Letter"),
        ResponseKind.MEETING: _("Meeting"),
        ResponseKind.REVERSAL: _("Reversal"),
    }


@bp.get("/news/<token>")
def stop(token: str) -> str:
    """Offer to stop the news; the link may be a scanner's to follow, so that it only shows."""
    signature = links.open_signature(db.session(), STOP_NEWS, token)
    wanted: dict[str, Any] = {"updates": signature.updates, "form": PressForm(STOP, formdata=None)}
    return render_template("deliveries/stop.html", token=token, **wanted)


@bp.post("/news/<token>")
@limits.named("private")
def stop_now(token: str) -> Response:
    """No more news to this mailbox: by the button, or by the mail program's own."""
    name, value = ONE_CLICK
    by_machine = request.form.get(name) == value
    if not by_machine:
        pressed(STOP)
    signature = links.open_signature(db.session(), STOP_NEWS, token)
    choosing.stop_news(db.session(), signature)
    return make_response("", 204) if by_machine else redirect(url_for(".stop", token=token), 303)
