"""Contacts of publishers at the desk: added, changed, retired."""

from typing import Any

from flask import make_response, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from petition import clock
from petition.accounts.permission import current
from petition.console.delivery_forms import ContactForm
from petition.console.desk import bp, deciders, page, readers
from petition.db import db
from petition.deliveries import contacting, recipients
from petition.deliveries.models import Contact
from petition.publishers.models import Publisher
from petition.web.form import SessionForm, keys, refuse_stale


def shown(contact: Contact) -> dict[str, Any]:
    """A contact as the desk shows it."""
    now = recipients.Recipient.of(keys(), contact)
    return {
        "id": contact.id,
        "name": now.name,
        "title": now.title,
        "address": now.address,
        "lines": now.lines,
        "language": contact.language,
        "retired_at": contact.retired_at,
        "refused_at": contact.refused_at,
    }


@bp.get("/publishers")
@readers
def publishers() -> str:
    """Every publisher, and how many contacts there are at it."""
    session = db.session()
    found = session.scalars(select(Publisher).order_by(Publisher.place)).all()
    listed = [
        {"id": each.id, "name": each.name, "contacts": len(contacting.contacts(session, each.id, active=True))}
        for each in found
    ]
    return page("publishers", listed=listed)


@bp.get("/publishers/<row:number>/contacts")
@readers
def contacts(number: int) -> Response:
    """A publisher's contacts, and the form for one more."""
    return _list(number, ContactForm(formdata=None))


def _list(number: int, form: ContactForm, status: int = 200) -> Response:
    session = db.session()
    publisher = contacting.publisher(session, number)
    found = [shown(each) for each in contacting.contacts(session, publisher.id)]
    return make_response(page("contacts", publisher=publisher, found=found, form=form), status)


@bp.post("/publishers/<row:number>/contacts")
@deciders
def add_contact(number: int) -> Response:
    """One more contact."""
    form, session = ContactForm(), db.session()
    publisher = contacting.publisher(session, number)
    if not form.validate():
        return _list(number, form, 422)
    contacting.add(session, keys(), publisher, form.typed, current(), clock.now())
    return redirect(url_for("organize.contacts", number=number), 303)


@bp.get("/contacts/<row:number>")
@readers
def contact(number: int) -> Response:
    """One contact, to be changed or retired."""
    found = contacting.contact(db.session(), number)
    said = shown(found)
    typed = {"name": said["name"], "title": said["title"], "email": said["address"], "language": said["language"]}
    return _one(found, ContactForm(formdata=None, data={**typed, "lines": "\n".join(said["lines"])}))


def _one(found: Contact, form: ContactForm, status: int = 200) -> Response:
    return make_response(page("contact", contact=shown(found), publisher=found.publisher, form=form), status)


@bp.post("/contacts/<row:number>")
@deciders
def change_contact(number: int) -> Response:
    """Put in what is right now."""
    form, session = ContactForm(), db.session()
    found = contacting.contact(session, number)
    if not form.validate():
        return _one(found, form, 422)
    contacting.change(session, keys(), found, form.typed, current(), clock.now())
    return redirect(url_for("organize.contacts", number=found.publisher_id), 303)


@bp.post("/contacts/<row:number>/retire")
@deciders
def retire_contact(number: int) -> Response:
    """Deliver nothing to them any more."""
    refuse_stale(SessionForm())
    found = contacting.contact(db.session(), number)
    contacting.retire(db.session(), found, current(), clock.now())
    return redirect(url_for("organize.contacts", number=found.publisher_id), 303)


@bp.post("/contacts/<row:number>/back")
@deciders
def bring_contact_back(number: int) -> Response:
    """Let something be delivered to them again."""
    refuse_stale(SessionForm())
    found = contacting.contact(db.session(), number)
    contacting.bring_back(db.session(), found, current(), clock.now())
    return redirect(url_for("organize.contacts", number=found.publisher_id), 303)
