"""Statements as pages: the campaign's petition, and each statement with its count and its form."""

from collections.abc import Hashable
from datetime import date
from typing import Any

from flask import Blueprint, make_response, render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from petition import clock, tokens
from petition.db import db
from petition.deliveries import responding
from petition.drafts import facsimile
from petition.institutions import showing as institutions
from petition.ledger import counting
from petition.officers import showing as officers
from petition.pages import figures, standing
from petition.signatures.forms import SignForm
from petition.signatures.judging import purpose
from petition.signatures.showing import ShownText
from petition.statements import clauses, reading
from petition.statements.models import Statement
from petition.statements.reading import Published
from petition.web.form import keys
from petition.web.headers import counted
from petition.web.keeping import kept
from petition.web.language import ZONE, _, current, partial_day
from petition.web.written import once

campaign_bp = Blueprint("pages", __name__)
bp = Blueprint("statements", __name__)

KEPT = 1  # seconds we keep a page with a count ourselves


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
        campaign=_campaign(published.statement, count.verified, now.astimezone(ZONE).date()),
        statement=shown,
        revision=published.revision,
        text=clauses.html(published.revision, linked=True),
        standing=standing.of(session, published.statement, published.revision),
        revisions=_revisions(published),
        notice=published.notice,
        count=count,
        by_state=by_state,
        classes=classes,
        elsewhere=elsewhere,
        top_states=figures.top(by_state),
        shown=figures.shown_names(session, published.statement),
        **_of_chapter(session, published),
        institutions=institutions.shown(session, published.statement, now),
        came_of=responding.came_of(session, published.statement.id),
        sign_here=_sign_here(shown, published) if shown.open else None,
    )
    return counted(make_response(page))


def _of_chapter(session: Session, published: Published) -> dict[str, Any]:
    """What only a chapter's text has: officers who signed it, and the pages of its document."""
    if published.statement.chapter_id is None:
        return {"officers": (), "pages": ()}
    revision = published.revision.id
    return {"officers": officers.signed(session, revision), "pages": facsimile.of_revision(session, revision)}


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


def _campaign(statement: Statement, verified: int, today: date) -> dict[str, Any]:
    campaign = statement.campaign
    return {
        "hashtag": campaign.hashtag,
        "title": campaign.title,
        "ask": campaign.ask,
        # The campaign's goal is its own text's, and no chapter's.
        "goal": campaign.goal(verified) if statement.chapter_id is None else None,
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
    texts = reading.texts(session, published.statement)
    submissions = standing.handed_in(session, published.statement, texts)
    numbers = [(text.number, text.language) for text in texts]
    return [
        {
            "number": text.number,
            "language": text.language,
            "published_at": text.published_at,
            "verified": verified.get(text.id, 0),
            "note": submissions[text.id].note if text.id in submissions else "",
            "before": max((n for n, language in numbers if language == text.language and n < text.number), default=0),
        }
        for text in texts
    ]
