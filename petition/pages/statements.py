"""Statements as pages: the campaign's petition, the index, each statement, each revision of its text."""

from collections.abc import Hashable
from datetime import date
from typing import Any

from flask import Blueprint, make_response, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from petition import clock, tokens
from petition.campaigns.models import Campaign
from petition.db import db
from petition.errors import NotFound
from petition.institutions import showing as institutions
from petition.ledger import counting
from petition.officers import showing as officers
from petition.pages import figures
from petition.signatures.forms import SignForm
from petition.signatures.judging import purpose
from petition.signatures.showing import ShownText
from petition.statements import reading
from petition.statements.reading import Published
from petition.web.form import keys
from petition.web.headers import cached, counted, kept_for_good
from petition.web.keeping import kept
from petition.web.language import DEFAULT, _, asked, current, partial_day
from petition.web.written import once

campaign_bp = Blueprint("pages", __name__)
bp = Blueprint("statements", __name__)

KEPT = 1  # seconds we keep a page with a count ourselves
UNSIGNED = 60  # seconds a text may be kept that can still be replaced


@campaign_bp.get("/")
@kept(KEPT)
def campaign() -> Response:
    """The campaign, with its petition and the form to sign it."""
    petition = reading.petition(db.session(), current())
    if petition is None:
        return make_response(render_template("pages/empty.html"))
    return _page("pages/campaign.html", petition)


@bp.get("/statements/<slug>")
@kept(KEPT)
def statement(slug: str) -> Response:
    """One statement: its text, its count, and its form while it is open."""
    return _page("statements/statement.html", reading.published(db.session(), slug, current()))


def _page(template: str, published: Published) -> Response:
    session, now = db.session(), clock.now()
    count = counting.count(session, published.statement, now)
    by_state, classes, elsewhere = figures.by_state(session, published.statement)
    shown = ShownText.of(published)
    page = render_template(
        template,
        campaign=_campaign(published.statement.campaign, count.verified, now.date()),
        statement=shown,
        revision=published.revision,
        revisions=_revisions(published),
        notice=published.notice,
        count=count,
        by_state=by_state,
        classes=classes,
        elsewhere=elsewhere,
        top_states=figures.top(by_state),
        shown=figures.shown_names(session, published.statement),
        officers=officers.signed(session, published.revision.id),
        institutions=institutions.shown(session, published.statement, now),
        sign_here=_sign_here(shown, published) if shown.open else None,
    )
    return counted(make_response(page))


def _sign_here(statement: ShownText, published: Published) -> Markup:
    """The form while it is open: the same for everybody until the minute of its token is over."""
    slug, bound_to = statement.slug, published.shown
    action = url_for("signatures.sign", slug=slug)

    def write(*_: Hashable) -> Markup:
        form = SignForm(slug, formdata=None)
        form.bind(bound_to)
        facts = {"statement": statement, "notice": published.notice, "form": form, "form_action": action}
        return Markup(render_template("statements/sign_here.html", **facts))  # noqa: S704  (a template's own)

    token = tokens.form(keys(), purpose(slug, bound_to), clock.now())
    return once("sign here", write, token, action, statement)


def _campaign(campaign: Campaign, verified: int, today: date) -> dict[str, Any]:
    return {
        "hashtag": campaign.hashtag,
        "title": campaign.title,
        "ask": campaign.ask,
        "goal": campaign.goal(verified),
        "opens_at": campaign.opens_at,
        "closes_at": campaign.closes_at,
        "outcome_url": campaign.outcome_url,
        "dates": [
            {
                "iso": entry["on"],
                "on": partial_day(entry["on"]),
                "text": _(said),
                "ahead": entry["on"] > today.isoformat()[: len(entry["on"])],
            }
            for entry in campaign.dates
            for said in [entry["text"]]
        ],
    }


def _revisions(published: Published) -> list[dict[str, Any]]:
    session = db.session()
    verified = counting.by_revision(session, published.statement)
    return [
        {
            "number": text.number,
            "language": text.language,
            "published_at": text.published_at,
            "verified": verified.get(text.id, 0),
        }
        for text in reading.texts(session, published.statement)
    ]


@bp.get("/statements/")
@kept(KEPT)
def index() -> Response:
    """Every statement, with its count."""
    session, now = db.session(), clock.now()
    listed = []
    for published in reading.listed(session, current()):
        count = counting.count(session, published.statement, now)
        listed.append({**ShownText.of(published).facts(), "verified": count.verified, "as_of": count.as_of})
    return counted(make_response(render_template("statements/index.html", statements=listed)))


@bp.get("/statements/<slug>/revisions/<int(max=9999):number>.md")
def revision_file(slug: str, number: int) -> Response:
    """The very bytes that the SHA-256 of a revision is taken of."""
    found = reading.revision(db.session(), slug, number, asked() or DEFAULT)
    response = make_response(found.text)
    response.headers["Content-Type"] = "text/markdown; charset=utf-8"
    # A text that has been signed is never replaced under its number.
    signed = counting.by_revision(db.session(), found.statement).get(found.id, 0) > 0
    return kept_for_good(response) if signed else cached(response, UNSIGNED)


@bp.get("/statements/<slug>/revisions/<int(max=9999):number>")
def revision(slug: str, number: int) -> Response:
    """One numbered revision of the text, for good at this address."""
    session = db.session()
    # An address for good must not depend on whose browser opens it.
    found = reading.revision(session, slug, number, asked() or DEFAULT)
    now_in_force = reading.published(session, slug, found.language).revision
    if found.number > now_in_force.number:
        raise NotFound(slug, number)
    page = render_template(
        "statements/revision.html",
        statement=ShownText.of_revision(found.statement, found),
        revision=found,
        officers=officers.signed(session, found.id),
        current=found.id == now_in_force.id,
        verified=counting.by_revision(session, found.statement).get(found.id, 0),
        count=counting.count(session, found.statement, clock.now()),
    )
    return counted(make_response(page))
