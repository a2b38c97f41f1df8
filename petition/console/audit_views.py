"""Sample audits at the desk: seen with the page that the publisher sees, or drawn for a seed that came by letter."""

from flask import make_response, redirect, url_for
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts import auditing
from petition.accounts.permission import current
from petition.audits import asking
from petition.audits import wording as audit_words
from petition.audits.asking import CannotDraw, Why
from petition.audits.forms import DeskForm
from petition.console.desk import bp, deciders, page, published, readers
from petition.db import db
from petition.errors import NotFound
from petition.packets import nonces
from petition.packets.models import Packet
from petition.statements.models import Statement
from petition.web.form import keys


@bp.get("/packets/<row:number>/audits")
@readers
def packet_audits(number: int) -> Response:
    """The samples of a packet, and the form for one more."""
    return _page(_packet(number), DeskForm(formdata=None, size="59"))


def _packet(number: int) -> Packet:
    found = db.session().get(Packet, number)
    if found is None:
        raise NotFound(number)
    return found


def _page(packet: Packet, form: DeskForm, status: int = 200, refused: Why | None = None) -> Response:
    session, now = db.session(), clock.now()
    slug = session.get_one(Statement, packet.statement_id).slug
    shown = page(
        "audits",
        published(slug),
        form=form,
        packet=packet,
        slug=slug,
        why=refused or asking.hindrance(session, packet, now),
        whys=audit_words.hindrances(),
        until=nonces.last_day(packet.frozen_at),
        drawn=[(audit, asking.page_token(keys(), audit)) for audit in asking.audits(session, packet)],
    )
    return make_response(shown, status)


@bp.post("/packets/<row:number>/audits")
@deciders
def draw_audit(number: int) -> Response:
    """Draw for a seed that came by letter. Recorded."""
    form, packet, session, now = DeskForm(), _packet(number), db.session(), clock.now()
    if not form.validate():
        return _page(packet, form, 422)
    try:
        audit, new = asking.draw(session, keys(), packet, form["seed"].data, int(form["size"].data), now, who=current())
    except CannotDraw as refused:
        return _page(packet, form, 409, refused.why)
    if new:
        auditing.record(session, now, current(), "sample drawn", f"packet {packet.id}", number=str(audit.size))
    return redirect(url_for(".packet_audits", number=number), 303)
