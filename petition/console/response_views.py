"""A publisher's answers at the desk, and the news of deliveries and answers for signatories."""

from typing import Any

from flask import current_app, make_response, redirect, url_for
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts.permission import current
from petition.console import delivery_wording
from petition.console.delivery_forms import NewsForm, ResponseForm
from petition.console.desk import bp, deciders, page, published, readers
from petition.db import db
from petition.deliveries import delivering, letters, responding, spreading
from petition.deliveries.models import Delivery
from petition.deliveries.models import Response as Answered
from petition.deliveries.news_views import kinds
from petition.deliveries.responding import CorrectedAlready, PublishedAlready
from petition.deliveries.spreading import CorrectedSince, Event, NobodyAsked, ToldAlready
from petition.statements.models import Statement
from petition.web.language import _


@bp.get("/statements/<slug>/answers")
@readers
def answers(slug: str) -> Response:
    """Every answer to a statement, and the form for one more."""
    return _list(slug, ResponseForm(kinds(), published(slug).statement.year, formdata=None))


def _list(slug: str, form: ResponseForm, status: int = 200) -> Response:
    session, at = db.session(), published(slug)
    found = [
        {"row": each, "newer": newer, "news": spreading.told(session, Event.of(each))}
        for each, newer in responding.responses(session, at.statement.id)
    ]
    made = page(
        "answers", at=at, slug=slug, found=found, kinds=kinds(), publisher=at.statement.addressee.name, form=form
    )
    return make_response(made, status)


@bp.post("/statements/<slug>/answers")
@deciders
def publish_answer(slug: str) -> Response:
    """Let everybody read what was answered."""
    session, at = db.session(), published(slug)
    form = ResponseForm(kinds(), at.statement.year)
    if not form.validate():
        return _list(slug, form, 422)
    try:
        responding.publish(session, at.statement, form.answer, current(), clock.now())
    except PublishedAlready:
        form.form_errors.append(_("This answer stands here already, word for word. It was not published twice."))
        return _list(slug, form, 409)
    return redirect(url_for("organize.answers", slug=slug), 303)


@bp.get("/answers/<row:number>")
@readers
def answer(number: int) -> Response:
    """One answer, to be corrected by a newer entry."""
    found = responding.response(db.session(), number)
    said = ("kind", "dated_on", "author", "source", "source_url", "language", "body")
    typed = {name: getattr(found, name) for name in said}
    return _one(found, ResponseForm(kinds(), found.statement.year, formdata=None, data=typed, corrects=True))


def _one(found: Answered, form: ResponseForm, status: int = 200) -> Response:
    slug = found.statement.slug
    made = page("answer", at=published(slug), slug=slug, answer=found, kinds=kinds(), form=form)
    return make_response(made, status)


@bp.post("/answers/<row:number>")
@deciders
def correct_answer(number: int) -> Response:
    """Put a newer entry in its place."""
    session = db.session()
    found = responding.response(session, number)
    form = ResponseForm(kinds(), found.statement.year, corrects=True)
    if not form.validate():
        return _one(found, form, 422)
    try:
        responding.correct(session, found, form.answer, form.correction.data, current(), clock.now())
    except CorrectedAlready:
        form.form_errors.append(_("A newer entry corrects this one already. Correct that one."))
        return _one(found, form, 409)
    return redirect(url_for("organize.answers", slug=found.statement.slug), 303)


# --- News -----------------------------------------------------------------------------------------


@bp.get("/deliveries/<row:number>/news")
@readers
def delivery_news(number: int) -> Response:
    """What signatories are told of a delivery."""
    return _news_page(delivering.delivery(db.session(), number), NewsForm(formdata=None))


@bp.post("/deliveries/<row:number>/news")
@deciders
def tell_of_delivery(number: int) -> Response:
    """Show it once more, or send it."""
    return _tell(delivering.delivery(db.session(), number))


@bp.get("/answers/<row:number>/news")
@readers
def answer_news(number: int) -> Response:
    """What signatories are told of an answer."""
    return _news_page(responding.response(db.session(), number), NewsForm(formdata=None))


@bp.post("/answers/<row:number>/news")
@deciders
def tell_of_answer(number: int) -> Response:
    """Show it once more, or send it."""
    return _tell(responding.response(db.session(), number))


def _tell(what: Delivery | Answered) -> Response:
    form, session = NewsForm(), db.session()
    if not form.validate():
        return _news_page(what, form, 422)
    if form.send.data != "1":
        return _news_page(what, form, previewed=True)
    if not current_app.extensions["sends"]:
        form.form_errors.append(delivery_wording.no_mail())
        return _news_page(what, form, 422)
    try:
        spreading.tell(session, Event.of(what), form.words, current(), clock.now())
    except ToldAlready:
        form.form_errors.append(_("News of this has been sent before, or there is nothing to tell: it never arrived."))
        return _news_page(what, form, 409)
    except CorrectedSince:
        # The page leads to the newer one, so the form says no more.
        return _news_page(what, form, 409)
    except NobodyAsked:
        form.form_errors.append(delivery_wording.nobody_asked())
        return _news_page(what, form, 409)
    return redirect(url_for(*_address(what)[:1], **_address(what)[1]), 303)


def _address(what: Delivery | Answered) -> tuple[str, dict[str, Any]]:
    kind = "delivery" if isinstance(what, Delivery) else "answer"
    return f"organize.{kind}_news", {"number": what.id}


def _news_page(what: Delivery | Answered, form: NewsForm, status: int = 200, *, previewed: bool = False) -> Response:
    session, event = db.session(), Event.of(what)
    told = spreading.told(session, event)
    slug = session.get_one(Statement, event.statement_id).slug
    words = told.words if told is not None else form.words if previewed else {}
    made = page(
        "news",
        at=published(slug),
        slug=slug,
        told=told,
        newer=responding.corrected_by(session, what.id) if isinstance(what, Answered) else None,
        nobody_asked=delivery_wording.nobody_asked(),
        audience=spreading.audience(session, event.statement_id),
        shown=[(code, called, letters.said(words[code])) for code, called, *_fields in form.each() if code in words],
        action=url_for(*_address(what)[:1], **_address(what)[1]),
        is_delivery=isinstance(what, Delivery),
        about=what,
        form=form,
    )
    return make_response(made, status)
