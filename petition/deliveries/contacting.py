"""A publisher's contacts: added, changed, retired. What went to them before stands as it went."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.deliveries.models import Contact
from petition.errors import NotFound
from petition.publishers.models import Publisher


@dataclass(frozen=True, slots=True)
class Typed:
    """A contact as an organizer typed it. Without an address nothing goes to it by e-mail."""

    name: str
    title: str
    lines: tuple[str, ...]
    language: str
    address: str = field(default="", repr=False)
    canonical: str = field(default="", repr=False)


def publisher(session: Session, number: int) -> Publisher:
    """One publisher. Raises NotFound."""
    found = session.get(Publisher, number)
    if found is None:
        raise NotFound(number)
    return found


def contact(session: Session, number: int) -> Contact:
    """One contact. Raises NotFound."""
    found = session.get(Contact, number)
    if found is None:
        raise NotFound(number)
    return found


def contacts(session: Session, publisher_id: int, *, active: bool = False) -> list[Contact]:
    """A publisher's contacts, the oldest first; with `active` only those that something can be delivered to."""
    which = select(Contact).where(Contact.publisher_id == publisher_id).order_by(Contact.id)
    return list(session.scalars(which.where(Contact.retired_at.is_(None)) if active else which))


def add(session: Session, keys: KeyRing, publisher: Publisher, typed: Typed, who: Account, now: datetime) -> Contact:
    """One more contact; the one that is there, if all that was typed is the same and nobody retired it."""
    advisory_lock(session, f"contacts {publisher.id}")
    for each in contacts(session, publisher.id, active=True):
        if _same(keys, each, typed):
            return each
    found = Contact(publisher=publisher, made_at=now)
    _write(keys, found, typed)
    session.add(found)
    session.flush()
    auditing.record(session, now, who, "contact added", _subject(found), publisher=publisher.slug)
    return found


def change(session: Session, keys: KeyRing, found: Contact, typed: Typed, who: Account, now: datetime) -> None:
    """Put in what is right now. A new address has refused nothing yet."""
    before = found.mailbox
    _write(keys, found, typed)
    if found.mailbox != before:
        found.refused_at = None
    session.flush()
    auditing.record(session, now, who, "contact changed", _subject(found), publisher=found.publisher.slug)


def retire(session: Session, found: Contact, who: Account, now: datetime) -> None:
    """Deliver nothing to them any more. Nothing happens to what was delivered."""
    if found.retired_at is None:
        found.retired_at = now
        auditing.record(session, now, who, "contact retired", _subject(found), publisher=found.publisher.slug)


def bring_back(session: Session, found: Contact, who: Account, now: datetime) -> None:
    """Let something be delivered to them again."""
    if found.retired_at is not None:
        found.retired_at = None
        auditing.record(session, now, who, "contact brought back", _subject(found), publisher=found.publisher.slug)


def _write(keys: KeyRing, found: Contact, typed: Typed) -> None:
    found.name, found.title, found.language = typed.name, typed.title, typed.language
    found.address_lines = list(typed.lines)
    found.address = keys.seal_address(typed.address) if typed.address else None
    found.mailbox = keys.mailbox(typed.canonical) if typed.address else None


def _same(keys: KeyRing, found: Contact, typed: Typed) -> bool:
    mailbox = keys.mailbox(typed.canonical) if typed.address else None
    said = (typed.name, typed.title, list(typed.lines), typed.language, mailbox)
    return said == (found.name, found.title, found.address_lines, found.language, found.mailbox)


def _subject(found: Contact) -> str:
    return f"contact {found.id}"
