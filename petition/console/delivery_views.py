"""Deliveries at the desk: what is in the way of a packet's delivery, the four ways, and what became of each."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask import current_app, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from petition import clock, limits
from petition.accounts.models import Account
from petition.accounts.permission import current
from petition.console import delivery_wording
from petition.console.contact_views import shown as shown_contact
from petition.console.delivery_forms import DeliverForm, HandedForm, SentenceForm
from petition.console.desk import bp, deciders, page, published, readers
from petition.console.paper_views import refusal
from petition.db import db
from petition.deliveries import acknowledging, contacting, delivering, linking, readiness, recipients, spreading
from petition.deliveries.delivering import GivenAlready, GivenMeanwhile, NotReachable, NotReady, Order, StandsOtherwise
from petition.deliveries.models import Contact, Delivery, Means
from petition.deliveries.readiness import Weight
from petition.errors import CannotBuild, NotFound
from petition.packets import describing, recognizing
from petition.packets.models import Packet
from petition.packets.rendering import packaged_fonts
from petition.papers import printing
from petition.paths import STATIC
from petition.pdf.document import Document
from petition.statements.models import Statement
from petition.web.addresses import outside
from petition.web.form import SessionForm, keys, refuse_stale
from petition.web.language import ZONE, _

MOST_BOXES: Final = 60
FETCHES: Final = 20


def _packet(session: Session, number: int) -> Packet:
    found = session.get(Packet, number)
    if found is None:
        raise NotFound(number)
    return found


def _at(packet: Packet) -> dict[str, Any]:
    slug = db.session().get_one(Statement, packet.statement_id).slug
    return {"at": published(slug), "slug": slug}


@bp.get("/packets/<row:number>")
@readers
def packet_delivery(number: int) -> Response:
    """What blocks the delivery of a packet, the form to deliver it, and every delivery of it."""
    packet = _packet(db.session(), number)
    return _deliver_page(packet, _deliver_form(packet, formdata=None))


def _deliver_form(packet: Packet, **given: Any) -> DeliverForm:
    found = contacting.contacts(db.session(), packet.publisher_id, active=True)
    named = [(str(each.id), _named(packet, each)) for each in found]
    return DeliverForm(named, delivery_wording.means(), **given)


def _named(packet: Packet, contact: Contact) -> str:
    name = ", ".join(filter(None, (contact.name, contact.title)))
    other = delivering.has_another(db.session(), packet, contact)
    return f"{name} ({delivery_wording.beside_contact(other)})" if other is not None else name


def _deliver_page(packet: Packet, form: DeliverForm, status: int = 200) -> Response:
    session = db.session()
    found = readiness.hindrances(session, packet, clock.now())
    deliveries = [_row(each) for each in delivering.of_packet(session, packet.id)]
    said = page(
        "packet",
        **_at(packet),
        packet=packet,
        kind=describing.kind(packet),
        publisher=contacting.publisher(session, packet.publisher_id),
        hindrances=found,
        stops=any(each.weight is Weight.STOPS for each in found),
        asks=any(each.weight is Weight.ASKS for each in found) or _somebody_has_another(packet),
        proofread=readiness.proofread(session, packet.id),
        read_by_me=any(each.account_id == current().id for each in readiness.proofread(session, packet.id)),
        files=recognizing.files(session, packet.id),
        fits=delivering.fits(session, packet),
        deliveries=deliveries,
        delivery_words=delivery_wording,
        form=form,
    )
    return make_response(said, status)


def _somebody_has_another(packet: Packet) -> bool:
    session = db.session()
    found = contacting.contacts(session, packet.publisher_id, active=True)
    return any(delivering.has_another(session, packet, each) is not None for each in found)


def _row(found: Delivery) -> dict[str, Any]:
    said = acknowledging.of(db.session(), found)
    return {
        "row": found,
        "to": recipients.recipient_of(keys(), found),
        "stand": delivery_wording.stand(found, said),
        "acknowledged": said,
    }


@bp.post("/packets/<row:number>/read")
@deciders
def proofread_packet(number: int) -> Response:
    """I have read this packet from the first page to the last."""
    refuse_stale(SessionForm())
    packet = _packet(db.session(), number)
    try:
        delivering.read_proof(db.session(), packet, current(), clock.now())
    except NotReady as refused:
        return _not_ready(packet, _deliver_form(packet, formdata=None), refused)
    return redirect(url_for("organize.packet_delivery", number=number), 303)


def _not_ready(packet: Packet, form: DeliverForm, refused: NotReady) -> Response:
    form.form_errors.extend(delivery_wording.hindrance(each) for each in refused.hindrances)
    return _deliver_page(packet, form, 409)


@bp.post("/packets/<row:number>/deliveries")
@deciders
def deliver_packet(number: int) -> Response:
    """Prepare one delivery; an e-mail leaves by itself."""
    session = db.session()
    packet = _packet(session, number)
    form = _deliver_form(packet)
    if not form.validate():
        return _deliver_page(packet, form, 422)
    if form.means.data == Means.EMAIL and not current_app.extensions["sends"]:
        form.means.errors = [delivery_wording.no_mail()]
        return _deliver_page(packet, form, 422)
    return _prepare(packet, form)


def _prepare(packet: Packet, form: DeliverForm) -> Response:
    session = db.session()
    contact = contacting.contact(session, int(form.contact.data))
    means, knowingly = Means(form.means.data), bool(form.knowingly.data)
    order = Order(means, contact.language, knowingly, form.again.data, form.newest)
    try:
        prepared = delivering.prepare(session, keys(), packet, contact, order, current(), clock.now())
    except NotReady as refused:
        return _not_ready(packet, form, refused)
    except NotReachable:
        form.contact.errors = [_("This contact has no address for this way. Add it, or choose another way.")]
        return _deliver_page(packet, form, 422)
    except GivenAlready:
        form.again.errors = [_("This recipient has this packet already. To give it once more, say why.")]
        return _deliver_page(packet, form, 422)
    except GivenMeanwhile:
        form.again.errors = [delivery_wording.given_meanwhile()]
        return _deliver_page(packet, form, 422)
    return redirect(url_for("organize.delivery", number=prepared.id), 303)


@bp.get("/deliveries/<row:number>")
@readers
def delivery(number: int) -> Response:
    """One delivery: to whom, by what link, what was fetched, and what can be done about it."""
    return _one(delivering.delivery(db.session(), number))


def _one(found: Delivery, status: int = 200, **forms: Any) -> Response:
    session = db.session()
    link = linking.token(keys(), found)
    said = acknowledging.of(session, found)
    blank = {
        "handed": _handed_form(found, formdata=None),
        "failed": SentenceForm(formdata=None),
        "received": SentenceForm(formdata=None),
    }
    made = page(
        "delivery",
        **_at(found.packet),
        **_row(found),
        kind=describing.kind(found.packet),
        said_by=acknowledging.name(keys(), said) if said is not None else "",
        link=outside("deliveries.delivery", token=link),
        fetches=acknowledging.fetches(session, found.id, FETCHES),
        files=recognizing.files(session, found.packet_id),
        news=spreading.told(session, spreading.Event.of(found)),
        delivery_words=delivery_wording,
        contact=shown_contact(found.contact),
        most_boxes=MOST_BOXES,
        forms={**blank, **forms},
        form=next(iter(forms.values()), blank["handed"]),
        tried=bool(forms),
    )
    return make_response(made, status)


def _handed_form(found: Delivery, **given: Any) -> HandedForm:
    return HandedForm(found.means, found.packet.frozen_at.astimezone(ZONE).date(), **given)


#: What is done about a delivery, by whom and when.
Act = Callable[[Account, datetime], None]


def _judged(found: Delivery, name: str, form: SessionForm, act: Act) -> Response:
    """Do it with what was typed, or show on the delivery's page what is wrong with that."""
    return _done(found, name, form, act) if form.validate() else _one(found, 422, **{name: form})


def _done(found: Delivery, name: str, form: SessionForm, act: Act) -> Response:
    """Do it, or say on the delivery's page that it stands otherwise by now."""
    try:
        act(current(), clock.now())
    except StandsOtherwise:
        form.form_errors.append(_("This delivery stands otherwise by now. Look at it again."))
        return _one(found, 409, **{name: form})
    return redirect(url_for("organize.delivery", number=found.id), 303)


@bp.post("/deliveries/<row:number>/handed")
@deciders
def hand_over_delivery(number: int) -> Response:
    """The link was given, the boxes were posted, or it was handed over."""
    session = db.session()
    found = delivering.delivery(session, number)
    form = _handed_form(found)
    return _judged(found, "handed", form, lambda *by: delivering.hand_over(session, found, form.handed, *by))


@bp.post("/deliveries/<row:number>/failed")
@deciders
def fail_delivery(number: int) -> Response:
    """It came back, or is called off."""
    session, form = db.session(), SentenceForm()
    found = delivering.delivery(session, number)
    return _judged(found, "failed", form, lambda *by: delivering.fail(session, found, form.sentence.data, *by))


@bp.post("/deliveries/<row:number>/received")
@deciders
def enter_receipt(number: int) -> Response:
    """The recipient has told us that it came."""
    session, form = db.session(), SentenceForm()
    found = delivering.delivery(session, number)
    return _judged(found, "received", form, lambda *by: acknowledging.enter(session, found, form.sentence.data, *by))


@bp.post("/deliveries/<row:number>/link")
@deciders
def renew_delivery(number: int) -> Response:
    """Let the link work for 30 days more, from now on."""
    refuse_stale(SessionForm())
    session = db.session()
    found = delivering.delivery(session, number)
    return _done(found, "failed", SentenceForm(formdata=None), lambda *by: delivering.renew(session, found, *by))


def _sheets() -> dict[str, Path]:
    return {name: STATIC / name for name in ("css/packet.css", "css/labels.css")}


@bp.post("/deliveries/<row:number>/labels")
@deciders
@limits.named("print")
def box_labels(number: int) -> Response:
    """A PDF with the label of each box."""
    refuse_stale(SessionForm())
    found = delivering.delivery(db.session(), number)
    typed = request.form.get("boxes", "1")
    number_of = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 1
    boxes = min(max(number_of, 1), MOST_BOXES)
    facts = {
        "to": recipients.recipient_of(keys(), found),
        "copy": found.packet.copy,
        "issuer": db.session().get_one(Statement, found.packet.statement_id).issuer,
        "sample": found.packet.sample,
    }
    db.session.remove()
    try:
        html = render_template("console/labels.html", boxes=boxes, **facts)
        pdf = printing.printed(Document(html=html, assets={**_sheets(), **packaged_fonts()}, pages=boxes))
    except CannotBuild as refused:
        return refusal(refused)
    answer = make_response(pdf)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="labels-{number}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
