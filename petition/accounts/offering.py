"""Offering access: a one-time link to a chapter's office, and nobody else, by which the office names its editor."""

import os
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import admitting
from petition.accounts.asking import DeadLink
from petition.accounts.models import AccessOffer, Account, Role
from petition.chapters.models import Chapter
from petition.crypto import KeyRing
from petition.mail import outbox
from petition.web.language import current

LETTER: Final = "access"
#: An office is closed over a weekend.
LIFE: Final = timedelta(days=3)
#: E-mails to one office in a day that it has not used, and one in ten minutes: whoever floods an office does not
#: fill its mailbox, and since a link lives for three days there is always one in it that works.
A_DAY: Final = 3
EVERY: Final = timedelta(minutes=10)
#: Who gave the role when nobody was signed in: the record's word for it.
BY_OFFICE: Final = "office"
_LINK: Final = "access"


def offer(session: Session, keys: KeyRing, chapter: Chapter, now: datetime, *, language: str) -> AccessOffer:
    """Owe the chapter's office the e-mail with its link. Whether it may have another, the letter decides."""
    made = AccessOffer(nonce=os.urandom(16), chapter_id=chapter.id, made_at=now, until=now + LIFE)
    made.fingerprint = tokens.fingerprint(token(keys, made))
    made.mailbox = chapter.office_mailbox
    session.add(made)
    session.flush()
    outbox.owe(
        session.connection(), LETTER, now=now, language=language, subject_id=made.id, mailbox=made.mailbox, priority=1
    )
    return made


def token(keys: KeyRing, offer: AccessOffer) -> str:
    """The token of the link; the same each time it is asked for."""
    return tokens.link(keys, _LINK, offer.nonce)


def stands(session: Session, offer: AccessOffer, now: datetime) -> Chapter | None:
    """The chapter of an offer that can be taken up; None once it was, is too old, or its office has moved."""
    chapter = session.get_one(Chapter, offer.chapter_id)
    fresh = offer.used_at is None and offer.until > now
    return chapter if fresh and offer.mailbox == chapter.office_mailbox else None


def open_link(session: Session, token: str, now: datetime) -> tuple[AccessOffer, Chapter]:
    """The offer that a link belongs to, and its chapter. Raises DeadLink."""
    found = session.scalar(select(AccessOffer).where(AccessOffer.fingerprint == tokens.fingerprint(token)))
    chapter = stands(session, found, now) if found is not None and found.sent_at is not None else None
    if found is None or chapter is None:
        raise DeadLink(LETTER)
    return found, chapter


def take_up(
    session: Session, keys: KeyRing, token: str, now: datetime, *, address: str, canonical: str
) -> Account:
    """The office names its editor, once: who gets the role, and the e-mail that says so. Raises DeadLink."""
    offer, chapter = open_link(session, token, now)
    unused = (AccessOffer.id == offer.id, AccessOffer.used_at.is_(None))
    if session.scalar(update(AccessOffer).where(*unused).values(used_at=now).returning(AccessOffer.id)) is None:
        raise DeadLink(LETTER)
    account = admitting.admit(
        session, keys, now, None, Role.EDITOR,
        address=address, canonical=canonical, language=current(), chapter=chapter.state, by=BY_OFFICE,
    )  # fmt: skip
    admitting.invite(session, account, now)
    return account


def may_write(session: Session, mailbox: bytes, now: datetime) -> bool:
    """Whether the office may get another such e-mail."""
    unused = (AccessOffer.mailbox == mailbox, AccessOffer.used_at.is_(None))
    sent = (*unused, AccessOffer.sent_at > now - timedelta(days=1))
    number, last = session.execute(select(func.count(), func.max(AccessOffer.sent_at)).where(*sent)).one()
    return number < A_DAY and (last is None or last <= now - EVERY)


def clear_old(session: Session, now: datetime) -> None:
    """Delete offers that are over for a day."""
    session.execute(delete(AccessOffer).where(AccessOffer.until < now - timedelta(days=1)))
