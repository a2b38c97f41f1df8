"""Audits: where a publisher draws, what came of it, and where a signatory answers."""

import json

from flask import Blueprint, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.audits import answering, asking, drawing, letters, opening, result
from petition.audits import wording as audit_words
from petition.audits.answering import Erased, TooLate, UnknownLink
from petition.audits.asking import CannotDraw, Why
from petition.audits.forms import AskForm
from petition.audits.models import Answer, Audit, Sampled
from petition.db import db, reading
from petition.deliveries import linking
from petition.deliveries.models import Delivery
from petition.packets import nonces
from petition.packets.models import Packet
from petition.statements.models import Revision
from petition.web.form import PressForm, keys, pressed

bp = Blueprint("audits", __name__)

QUESTION = "audit question"


@bp.get("/deliveries/<token>/audit")
def audits(token: str) -> Response:
    """What an audit is, the form for one, and those that were drawn."""
    found = linking.find(db.session(), token, clock.now())
    return _page(token, found, AskForm(formdata=None, size="59"))


def _page(
    token: str, found: Delivery, form: AskForm, status: int = 200, refused: Why | None = None
) -> Response:
    session, packet, now = db.session(), found.packet, clock.now()
    page = render_template(
        "audits/audits.html",
        token=token,
        form=form,
        packet=packet,
        title=session.get_one(Revision, packet.revision_id).title,
        why=refused or asking.hindrance(session, packet, now),
        whys=audit_words.hindrances(),
        until=nonces.last_day(packet.frozen_at),
        drawn=_samples(packet),
        words=audit_words,
    )
    return make_response(page, status)


def _samples(packet: Packet) -> list[tuple[Audit, str]]:
    """Every sample of a packet, each with what stands in its page's address."""
    return [(audit, asking.page_token(keys(), audit)) for audit in asking.audits(db.session(), packet)]


@bp.post("/deliveries/<token>/audit")
@limits.named("private")
def ask(token: str) -> Response:
    """Draw."""
    form, session, now = AskForm(), db.session(), clock.now()
    found = linking.find(session, token, now)
    if not form.validate():
        return _page(token, found, form, 422)
    size = int(form["size"].data)
    try:
        audit, _new = asking.draw(session, keys(), found.packet, form["seed"].data, size, now, delivery=found)
    except CannotDraw as refused:
        return _page(token, found, form, 409, refused.why)
    return redirect(url_for(".audit", token=asking.page_token(keys(), audit)), 303)


@bp.get("/audits/<token>")
def audit(token: str) -> str:
    """The nonce, the seed, the numbers, and what their signatories say. No address, and no name."""
    session = db.session()
    found = asking.find(session, keys(), token)
    lines = result.lines(session, found)
    return render_template(
        "audits/audit.html",
        token=token,
        audit=found,
        packet=found.packet,
        title=session.get_one(Revision, found.packet.revision_id).title,
        lines=lines,
        result=result.of(lines),
        words=audit_words,
        drawn=_samples(found.packet),
        final=clock.now() > found.ends_at,
        program=drawing.PROGRAM,
    )


@bp.get("/audits/<token>/entries.json")
def entries(token: str) -> Response:
    """The entries that were drawn, opened as far as the packet named them, with their proofs."""
    session = db.session()
    found = asking.find(session, keys(), token)
    told = opening.opened(session, found, result.lines(session, found))
    answer = make_response(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{found.id}.json"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/did-you-sign/<token>")
def question(token: str) -> str:
    """Did you sign this? Two buttons, or what was answered."""
    return _question(token, answering.find(db.session(), token))


def _question(token: str, sampled: Sampled) -> str:
    return render_template(
        "audits/question.html",
        token=token,
        sampled=sampled,
        told=letters.facts(sampled),
        open=answering.can_answer(sampled, clock.now()),
        erased=answering.is_erased(sampled),
        form=PressForm(QUESTION, formdata=None),
    )


@bp.post("/did-you-sign/<token>/yes")
@limits.named("private")
def yes(token: str) -> Response:
    """Yes, I did."""
    return _answer(token, Answer.YES)


@bp.post("/did-you-sign/<token>/no")
@limits.named("private")
def no(token: str) -> Response:
    """No, I did not."""
    return _answer(token, Answer.NO)


def _answer(token: str, said: Answer) -> Response:
    session = db.session()
    sampled = answering.find(session, token)
    pressed(QUESTION)
    answering.answer(session, sampled, said, clock.now())
    return redirect(url_for(".question", token=token), 303)


@bp.errorhandler(TooLate)
def too_late(_error: TooLate) -> tuple[str, int]:
    """The result is final."""
    with reading():
        return render_template("audits/shut.html", why="late"), 410


@bp.errorhandler(Erased)
def erased(_error: Erased) -> tuple[str, int]:
    """Nothing is left to be asked about."""
    with reading():
        return render_template("audits/shut.html", why="erased"), 410


@bp.errorhandler(UnknownLink)
def unknown(_error: UnknownLink) -> tuple[str, int]:
    """Cut off, most likely."""
    with reading():
        return render_template("audits/shut.html", why="unknown"), 404
