"""Answering for an institution, by the link in its e-mail: yes, not us, and taking it back.

A mailbox in the institution's own domain confirms it. Every other yes waits for an organizer, who finds out.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import tokens
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.errors import AlreadySigned, NotFound, Refusal
from petition.institutions.cosigning import LIFE
from petition.institutions.models import Institution, Stand
from petition.mail import mailboxes, outbox
from petition.signatures.withdrawal import UNDO
from petition.text import domains

DOMAIN: Final = "domain"
NOTE: Final = "note"
#: What counts as having co-signed: one of these for a statement and a mailbox.
COSIGNED: Final = (Stand.ANSWERED, Stand.CONFIRMED, Stand.REFUSED)


class News(StrEnum):
    """What an institution is told. Each is a kind of e-mail."""

    CONFIRMED = "institution confirmed"
    WAITS = "institution waits"
    REFUSED = "institution refused"
    WITHDRAWN = "institution withdrawn"


class UnknownLink(NotFound):
    """The token is not one we have sent to an institution, or what it opened is gone."""


class Expired(Refusal):
    """The seven days of the link are over."""


class Outcome(StrEnum):
    """What answering came to."""

    CONFIRMED = "confirmed"
    WAITS = "waits"
    ALREADY = "already"


def open_link(session: Session, token: str) -> Institution:
    """The institution a link is for. Raises UnknownLink."""
    found = session.scalar(select(Institution).where(Institution.fingerprint == tokens.fingerprint(token)))
    if found is None:
        raise UnknownLink("institution")
    return found


def expired(institution: Institution, now: datetime) -> bool:
    """Whether nobody answered in time."""
    asked = institution.asked_at
    return institution.stand == Stand.PENDING and asked is not None and asked + LIFE <= now


def alone(session: Session, institution: Institution) -> None:
    """The institution as it stands once nobody else decides about any under its statement. Raises UnknownLink."""
    number = institution.id
    advisory_lock(session, f"institutions {institution.statement_id}")
    session.expire(institution)
    if session.get(Institution, number) is None:
        raise UnknownLink(number)


def answer(session: Session, keys: KeyRing, institution: Institution, now: datetime) -> Outcome:
    """The mailbox stands by it; once, however often it is asked. Raises Expired, UnknownLink."""
    alone(session, institution)
    if institution.stand != Stand.PENDING or _stands_by(session, institution) is not None:
        return Outcome.ALREADY
    if expired(institution, now):
        raise Expired(institution.id)
    assert institution.mailbox is not None
    mailboxes.alone(session, institution.mailbox)
    mailboxes.answered(session.connection(), institution.mailbox, now)
    institution.answered_at = now
    own = _is_its_own(keys, institution) and not _domain_taken(session, institution)
    if own:
        institution.stand, institution.basis, institution.settled_at = Stand.CONFIRMED, DOMAIN, now
    else:
        institution.stand = Stand.ANSWERED
    session.flush()
    tell(session, institution, News.CONFIRMED if own else News.WAITS, now)
    return Outcome.CONFIRMED if own else Outcome.WAITS


def _stands_by(session: Session, institution: Institution) -> Institution | None:
    """The other row by which this mailbox has co-signed the same statement, if there is one."""
    same = (Institution.statement_id == institution.statement_id, Institution.mailbox == institution.mailbox)
    other = select(Institution).where(*same, Institution.id != institution.id, Institution.stand.in_(COSIGNED))
    return session.scalar(other.limit(1))


def _is_its_own(keys: KeyRing, institution: Institution) -> bool:
    assert institution.address is not None
    mailbox = keys.open_address(institution.address).rpartition("@")[2]
    return domains.owns(institution.domain or "", domains.clean(mailbox))


def _domain_taken(session: Session, institution: Institution) -> bool:
    """Whether its domain has spoken here before: for a branch, by a second person, or for one that was refused."""
    same = (Institution.statement_id == institution.statement_id, Institution.domain == institution.domain)
    settled = Institution.stand.in_((Stand.CONFIRMED, Stand.REFUSED))
    other = select(Institution.id).where(*same, Institution.id != institution.id, settled)
    return session.scalar(other.limit(1)) is not None


def disown(session: Session, institution: Institution, now: datetime) -> bytes | None:
    """Not us: erase what was typed and pause the mailbox, whose hash is returned; None once it was answered."""
    alone(session, institution)
    mailbox = institution.mailbox
    if institution.stand != Stand.PENDING or mailbox is None:
        return None
    mailboxes.pause(session, mailbox, now)
    session.delete(institution)
    session.flush()
    return mailbox


def withdraw(session: Session, institution: Institution, now: datetime) -> bool:
    """Its officer takes it back, at once. False when it no longer stood."""
    alone(session, institution)
    if institution.stand not in (Stand.ANSWERED, Stand.CONFIRMED):
        return False
    institution.stand, institution.settled_at = Stand.WITHDRAWN, now
    session.flush()
    tell(session, institution, News.WITHDRAWN, now)
    return True


def undo_until(institution: Institution) -> datetime | None:
    """Until when a withdrawal can be undone; None when there is nothing to undo."""
    if institution.stand != Stand.WITHDRAWN or institution.name is None or institution.settled_at is None:
        return None
    until: datetime = institution.settled_at + UNDO
    return until


def undo(session: Session, institution: Institution, now: datetime) -> bool:
    """Let it stand as it stood. False when its seven days are over; raises AlreadySigned."""
    alone(session, institution)
    until = undo_until(institution)
    if until is None or until <= now:
        return False
    if _stands_by(session, institution) is not None:
        raise AlreadySigned(institution.id)
    institution.stand = Stand.CONFIRMED if institution.basis is not None else Stand.ANSWERED
    institution.settled_at = now if institution.basis is not None else None
    session.flush()
    tell(session, institution, News.CONFIRMED if institution.basis is not None else News.WAITS, now)
    return True


def tell(session: Session, institution: Institution, news: News, now: datetime) -> None:
    """Owe the institution the e-mail that says how it stands now."""
    if institution.address is None:
        return
    outbox.owe(
        session.connection(), news, now=now, language=institution.language,
        subject_id=institution.id, mailbox=institution.mailbox, priority=2,
    )  # fmt: skip


#: How long the row of a refused institution keeps who spoke for it, for an objection.
KEPT: Final = timedelta(days=30)
