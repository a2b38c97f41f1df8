"""Signing as an officer, declining, taking it back, and "this is not me": each by the link in the officer's e-mail.

Signing and taking back are one press each. What is signed is the revision that the link was sent for and no other.
"""

import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import auditing
from petition.db import advisory_lock
from petition.errors import NotFound, Refusal
from petition.mail import mailboxes
from petition.officers import standing, telling
from petition.officers.models import Officer
from petition.officers.standing import Shut, Stand
from petition.officers.telling import Answer

#: Who acted when nobody was signed in: the record's word for it.
BY_OFFICER: Final = "officer"


class UnknownLink(NotFound):
    """The token is not one we have sent to an officer, or a newer link has taken its place."""


class TooLate(Refusal):
    """The text cannot be signed by this link any more. `why` says what came in between."""

    def __init__(self, why: Shut) -> None:
        self.why = why
        super().__init__(why)


def open_link(session: Session, token: str) -> Officer:
    """The officer whom a link is for. Raises UnknownLink, also when the chapter has taken the name off."""
    found = select(Officer).where(Officer.fingerprint == tokens.fingerprint(token), Officer.removed_at.is_(None))
    officer = session.scalar(found)
    if officer is None:
        raise UnknownLink("officer")
    return officer


def alone(session: Session, officer: Officer) -> None:
    """The officer as the row stands once nobody else acts for those under the same text."""
    fingerprint = officer.fingerprint
    advisory_lock(session, f"officers {officer.revision_id}")
    session.refresh(officer)
    if officer.removed_at is not None or officer.fingerprint != fingerprint:
        raise UnknownLink("officer")  # removed or corrected in between


def sign(session: Session, officer: Officer, now: datetime) -> bool:
    """Let the officer's name stand under the revision. False when it does already. Raises TooLate, UnknownLink."""
    alone(session, officer)
    if officer.signed_at is not None:
        return False
    why = standing.shut(session, officer, now)
    if why is not None:
        raise TooLate(why)
    officer.signed_at, officer.declined_at = now, None
    officer.asked_at = officer.asked_at or now  # the link was followed before its e-mail was marked as sent
    session.flush()
    _answered(session, officer, now)
    if standing.all_signed(session, officer.revision_id):
        telling.tell(session, officer, Answer.ALL_SIGNED, now)
    _record(session, officer, "officer signed", now)
    return True


def decline(session: Session, officer: Officer, now: datetime) -> bool:
    """Do not sign, or take a signature back; always possible. False when it stands so already. Raises UnknownLink."""
    alone(session, officer)
    if standing.stand(officer) is Stand.DECLINED:
        return False
    withdrawn = officer.signed_at is not None
    officer.signed_at, officer.declined_at = None, now
    officer.asked_at = officer.asked_at or now
    session.flush()
    _answered(session, officer, now)
    telling.tell(session, officer, Answer.TAKEN_BACK if withdrawn else Answer.DECLINED, now)
    _record(session, officer, "officer took signature back" if withdrawn else "officer declined", now)
    return True


def disown(session: Session, officer: Officer, now: datetime) -> bool:
    """This is not me: the address is erased, and the link opens nothing any more. False for whoever has signed.

    The mailbox's keyed hash stays for a while, so that nobody here writes to it again about this.
    """
    alone(session, officer)
    if officer.signed_at is not None:
        return False
    officer.address, officer.asked_at, officer.declined_at = None, None, now
    shut_link(officer)
    session.flush()
    telling.tell(session, officer, Answer.DISOWNED, now)
    _record(session, officer, "officer’s address disowned", now)
    return True


def shut_link(officer: Officer) -> None:
    """Let no link open the officer's page any more: this fingerprint is nobody's."""
    officer.nonce, officer.fingerprint = secrets.token_bytes(16), secrets.token_bytes(32)


def _answered(session: Session, officer: Officer, now: datetime) -> None:
    if officer.mailbox is not None:
        mailboxes.alone(session, officer.mailbox)
        mailboxes.answered(session.connection(), officer.mailbox, now)


def _record(session: Session, officer: Officer, act: str, now: datetime) -> None:
    auditing.record(session, now, None, act, subject(officer), by=BY_OFFICER, **under(officer))


def subject(officer: Officer) -> str:
    """An officer as the record names them: by number, since it holds no name."""
    return f"officer {officer.id}"


def under(officer: Officer) -> dict[str, str]:
    """Under which text they are named, as the record has it."""
    return {"statement": officer.revision.statement.slug, "revision": str(officer.revision.number)}
