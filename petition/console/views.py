"""The console's first pages: the statements, one statement's overview, the post, and the record."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import current_app, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts import auditing
from petition.accounts.permission import current
from petition.console import growth, packet_views, post
from petition.console.desk import MOST_COUNTED, ROWS, bp, counted, deciders, page, published, readers
from petition.db import db
from petition.deliveries import spreading
from petition.deliveries.models import Delivery
from petition.errors import NotFound
from petition.ledger import counting
from petition.ledger.models import DAY, Head
from petition.mail import outbox
from petition.mail.outbox import Email
from petition.review.history import newest_notes
from petition.signatures import finding
from petition.signatures.finding import Sought
from petition.signatures.models import Status
from petition.signatures.showing import ShownText
from petition.statements import reading
from petition.statements.models import Statement
from petition.web.addresses import before
from petition.web.form import SessionForm, refuse_stale
from petition.web.language import ZONE
from petition.web.language import current as language

HELD_SHOWN: Final = 4  # on the overview
UNTOLD_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Figures:
    """A statement's signatures as they stand. `head` is what its ledger adds up to."""

    head: Head
    verified: int
    as_of: datetime  # of the two above
    standing: dict[str, int]  # by status: what no tally holds, counted no further than MOST_COUNTED + 1
    counted_at: datetime
    most_counted: int = MOST_COUNTED


def figures(session: Session, statement: Statement, now: datetime, *statuses: str) -> Figures:
    """The verified count, the ledger's sums, and how many stand otherwise; each with its moment."""
    count = counting.count(session, statement, now)
    nothing = dict.fromkeys(("size", "verified", "entered", "withdrawn", "invalidated", "restored"), 0)
    return Figures(
        head=session.get(Head, statement.id) or Head(**nothing, as_of=now),
        verified=count.verified,
        as_of=count.as_of,
        standing={status: counted(session, statement, status) for status in statuses},
        counted_at=now,
    )


@bp.get("/")
@readers
def index() -> str:
    """Every statement with its count."""
    session, now = db.session(), clock.now()
    listed = []
    for each in reading.every(session, language()):
        shown = figures(session, each.statement, now, Status.PENDING, Status.HELD)
        listed.append({"text": ShownText.of(each), "figures": shown})
    return page("index", listed=listed)


@bp.get("/statements/<slug>")
@readers
def statement(slug: str) -> str:
    """One statement at a glance: its figures, its growth, its packets, its post, and what is held."""
    session, now, at = db.session(), clock.now(), published(slug)
    held = finding.page(session, at.statement, Sought(status=Status.HELD), None, HELD_SHOWN)
    drawn = growth.steps(counting.by_part(session, at.statement, DAY), now.date())
    return page(
        "overview",
        at,
        figures=figures(
            session, at.statement, now, Status.PENDING, Status.HELD, Status.WITHDRAWN, Status.INVALIDATED
        ),
        chart=growth.chart(drawn) if drawn else None,
        post=post.post(session, current_app.extensions["config"], now),
        build=packet_views.shown(session, at.statement),
        held=held.signatures,
        notes=newest_notes(session, [signature.id for signature in held.signatures]),
        campaign=at.statement.campaign,
        untold=_untold(session, at.statement),
    )


def _untold(session: Session, statement: Statement) -> list[dict[str, Any]]:
    """Deliveries and answers of which those who asked for news were not told, each with where its news is written."""
    listed: list[dict[str, Any]] = []
    for each in spreading.untold(session, statement.id)[:UNTOLD_SHOWN]:
        if isinstance(each, Delivery):
            on = each.handed_on or (each.sent_at or each.made_at).astimezone(ZONE).date()
            link = url_for("organize.delivery_news", number=each.id)
            listed.append({"copy": each.packet.copy, "on": on, "link": link})
        else:
            listed.append({"copy": None, "on": each.dated_on, "link": url_for("organize.answer_news", number=each.id)})
    return listed


@bp.get("/mail")
@readers
def mail() -> str:
    """The outbox: what waits, when it will be empty, and what was given up."""
    session, now = db.session(), clock.now()
    found = post.dead(session, before(request.args), ROWS + 1)
    return page(
        "mail",
        post=post.post(session, current_app.extensions["config"], now),
        config=current_app.extensions["config"],
        sends=current_app.extensions["sends"],
        dead=found[:ROWS],
        next=found[ROWS - 1].id if len(found) > ROWS else None,
    )


@bp.post("/mail/<row:number>/again")
@deciders
def mail_again(number: int) -> Response:
    """Send once more what was given up."""
    refuse_stale(SessionForm())
    session, now = db.session(), clock.now()
    email = session.get(Email, number)
    if email is None:
        raise NotFound(number)
    if outbox.send_again(session, email, now):
        auditing.record(session, now, current(), "e-mail sent again", f"e-mail {number}")
    return redirect(url_for("organize.mail"), 303)


@bp.post("/mail/again")
@deciders
def mail_all_again() -> Response:
    """Send once more everything that was given up: the server was down, and is not any more."""
    refuse_stale(SessionForm())
    session, now = db.session(), clock.now()
    number = outbox.send_all_again(session, now)
    if number:
        auditing.record(session, now, current(), "e-mails sent again", "outbox", number=str(number))
    return redirect(url_for("organize.mail"), 303)


@bp.get("/log")
@readers
def log() -> str:
    """The record of what was done here, the newest first."""
    found = auditing.newest(db.session(), before(request.args), ROWS + 1)
    told = [(entry, json.loads(entry.details)) for entry in found[:ROWS]]
    return page("log", entries=told, next=found[ROWS - 1].id if len(found) > ROWS else None)
