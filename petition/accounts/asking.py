"""Asking to sign in, and signing in by the link or the code of one's e-mail: once, within a quarter of an hour."""

import hmac
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts.models import Account, Asking
from petition.crypto import KeyRing
from petition.errors import NotFound
from petition.mail import outbox

LETTER: Final = "sign-in"
#: ASVS 5.0, 6.5.5 says ten minutes for codes; e-mail that a filter holds back takes longer.
LIFE: Final = timedelta(minutes=15)
#: A sample's link, printed where `make run` serves it, waits until somebody looks.
SAMPLE_LIFE: Final = timedelta(hours=24)
TRIES: Final = 5
#: E-mails to one mailbox in an hour that nobody has answered; then only one in ten minutes, so that whoever floods
#: a mailbox neither fills it nor keeps its owner out: one link in it always works.
AN_HOUR: Final = 5
EVERY: Final = timedelta(minutes=10)
EMAIL: Final = "e-mail"
TERMINAL: Final = "terminal"
_LINK: Final = "sign-in"
_CODE: Final = "sign-in code"


class DeadLink(NotFound):
    """The link is unknown, was used, or its quarter of an hour is over."""


@dataclass(frozen=True, slots=True)
class WrongCode:
    """The code does not fit; how many tries are left."""

    left: int


@dataclass(frozen=True, slots=True)
class Admission:
    """Who signs in, how, and where they wanted to go."""

    account: Account
    how: str
    leads_to: str | None


def ask(
    session: Session, keys: KeyRing, mailbox: bytes, now: datetime, *, language: str, leads_to: str | None
) -> Asking:
    """Owe a mailbox the e-mail that signs in. Nothing is looked up: whether it is anybody's, the letter decides."""
    asking = _new(session, keys, mailbox, now, how=EMAIL, until=now + LIFE)
    asking.leads_to = leads_to
    session.flush()
    outbox.owe(
        session.connection(), LETTER, now=now, language=language, subject_id=asking.id, mailbox=mailbox, priority=1
    )
    return asking


def link_for(session: Session, keys: KeyRing, account: Account, now: datetime, life: timedelta = LIFE) -> str:
    """The token of a one-time link for whoever stands at the command line."""
    asking = _new(session, keys, account.mailbox, now, how=TERMINAL, until=now + life)
    asking.account_id, asking.sent_at = account.id, now
    return token(keys, asking)


def token(keys: KeyRing, asking: Asking) -> str:
    """The token of the link; the same each time it is asked for."""
    return tokens.link(keys, _LINK, asking.nonce)


def code(keys: KeyRing, asking: Asking) -> str:
    """The typed code, for the device on which the e-mail was asked for."""
    return tokens.code(keys, asking.nonce, purpose=_CODE)


def open_link(session: Session, token: str, now: datetime) -> Asking:
    """The wish to sign in that a link belongs to. Raises DeadLink."""
    found = session.scalar(select(Asking).where(Asking.fingerprint == tokens.fingerprint(token)))
    if found is None or not _open(found, now):
        raise DeadLink(LETTER)
    return found


def by_link(session: Session, token: str, now: datetime) -> Admission:
    """Sign in by the link, once. Raises DeadLink."""
    return _use(session, open_link(session, token, now), now)


def by_code(session: Session, keys: KeyRing, row: int, typed: str, now: datetime) -> Admission | WrongCode:
    """Sign in by the code of one e-mail; five wrong ones, and only its link still works.

    An answer to be kept, not raised: the try is counted. It is the same whether or not an e-mail was ever sent.
    """
    asking = session.get(Asking, row, with_for_update=True)
    if asking is None:
        return WrongCode(0)
    if asking.tries >= TRIES:
        return WrongCode(0)
    fits = hmac.compare_digest(code(keys, asking).encode(), tokens.as_typed(typed).encode("utf-8", "replace"))
    if fits and _open(asking, now):
        return _use(session, asking, now)
    asking.tries += 1
    return WrongCode(TRIES - asking.tries)


def may_write(session: Session, mailbox: bytes, now: datetime) -> bool:
    """Whether the mailbox may get another such e-mail."""
    since = now - timedelta(hours=1)
    unanswered = (Asking.mailbox == mailbox, Asking.how == EMAIL, Asking.sent_at > since, Asking.used_at.is_(None))
    number, last = session.execute(select(func.count(), func.max(Asking.sent_at)).where(*unanswered)).one()
    return number < AN_HOUR or last is None or last <= now - EVERY


def clear_old(session: Session, now: datetime) -> None:
    """Delete wishes that are over for a day."""
    session.execute(delete(Asking).where(Asking.until < now - timedelta(days=1)))


def _new(session: Session, keys: KeyRing, mailbox: bytes, now: datetime, *, how: str, until: datetime) -> Asking:
    asking = Asking(nonce=os.urandom(16), mailbox=mailbox, how=how, made_at=now, until=until)
    asking.fingerprint = tokens.fingerprint(token(keys, asking))
    session.add(asking)
    return asking


def _open(asking: Asking, now: datetime) -> bool:
    return asking.account_id is not None and asking.used_at is None and asking.until > now


def _use(session: Session, asking: Asking, now: datetime) -> Admission:
    unused = (Asking.id == asking.id, Asking.used_at.is_(None))
    if session.scalar(update(Asking).where(*unused).values(used_at=now).returning(Asking.id)) is None:
        raise DeadLink(LETTER)
    account = session.get(Account, asking.account_id)
    if account is None or not account.grants:
        raise DeadLink(LETTER)
    return Admission(account, asking.how, asking.leads_to)
