"""What we say of ourselves: what happens to data, how we count, who can use these pages."""

from flask import current_app, make_response, render_template
from werkzeug.wrappers import Response

from petition.pages.statements import campaign_bp as bp
from petition.statements import boilerplate, wording
from petition.web.headers import cached

FRESH = 300


def _about(name: str, **facts: int | str) -> Response:
    contact = current_app.extensions["config"].mail_reply_to or current_app.extensions["config"].mail_from
    return cached(make_response(render_template(f"pages/{name}.html", contact=contact, **facts)), FRESH, stale=3000)


@bp.get("/your-data")
def your_data() -> Response:
    """What is kept, for how long, and who gets it."""
    return _about("your_data")


@bp.get("/how-we-count")
def how_we_count() -> Response:
    """What a number here means, and what it does not prove."""
    return _about("how_we_count", run=boilerplate.RUN, mostly=wording.percent(boilerplate.MOSTLY))


@bp.get("/accessibility")
def accessibility() -> Response:
    """Who can use these pages, and what to do when they get in the way."""
    return _about("accessibility")
