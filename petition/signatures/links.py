"""Links: what opens a signature's pages. Written when an e-mail is composed, found by their SHA-256."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, LargeBinary, bindparam, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from petition import tokens
from petition.crypto import KeyRing
from petition.errors import NotFound
from petition.mail import mailboxes
from petition.signatures.models import Link, Signature
from petition.statements.models import Statement

CONFIRM: Final = "confirm"
PAGE: Final = "page"
LIFT: Final = "lift"


class UnknownLink(NotFound):
    """The token is not one we have sent, or what it opened is gone."""


def to_signature(session: Session, keys: KeyRing, purpose: str, signature: Signature, now: datetime) -> str:
    """The token of a signature's link, known to us from now on. The same each time it is asked for."""
    token = tokens.link(keys, purpose, signature.id, signature.generation)
    _know(session, token, now, purpose=purpose, signature_id=signature.id)
    return token


def to_mailbox(session: Session, keys: KeyRing, purpose: str, mailbox: bytes, now: datetime) -> str:
    """The token of a mailbox's link: to lift a pause."""
    token = tokens.link(keys, purpose, mailbox)
    _know(session, token, now, purpose=purpose, mailbox=mailbox)
    return token


def _know(session: Session, token: str, now: datetime, **what: Any) -> None:
    link = session.get(Link, tokens.fingerprint(token))
    if link is None:
        session.add(Link(fingerprint=tokens.fingerprint(token), made_at=now, **what))
    else:
        link.made_at = now


def look_again(session: Session, signature: Signature) -> None:
    """The signature as it stands once nobody else acts for its mailbox: a button may be pressed twice at once.

    Raises UnknownLink when it is gone since.
    """
    if session.get_bind().dialect.name == "sqlite":
        return  # nobody else has written since this transaction began
    row = signature.id
    if signature.mailbox is not None:
        mailboxes.alone(session, signature.mailbox)
    try:
        session.refresh(signature, with_for_update=True)
    except InvalidRequestError:
        raise UnknownLink(row) from None


def open_link(session: Session, purpose: str, token: str) -> Link:
    """The link a token belongs to. Raises UnknownLink for any token not sent for this purpose."""
    link = session.scalar(
        select(Link).where(Link.fingerprint == tokens.fingerprint(token), Link.purpose == purpose)
    )
    if link is None:
        raise UnknownLink(purpose)
    return link


class Opened(NamedTuple):
    """What acting on a link needs of its signature, read without a session."""

    id: int
    statement_id: int
    slug: str
    mailbox: bytes | None
    language: str
    status: str
    expires_at: datetime | None


_OPENED: Final = (
    select(
        Signature.id,
        Signature.statement_id,
        Statement.slug,
        Signature.mailbox,
        Signature.language,
        Signature.status,
        Signature.expires_at,
    )
    .join(Link, Link.signature_id == Signature.id)
    .join(Statement, Statement.id == Signature.statement_id)
    .where(Link.fingerprint == bindparam("token", type_=LargeBinary()), Link.purpose == bindparam("purpose"))
)


_OPENED_ALONE: Final = _OPENED.add_columns(mailboxes.alone_with(Signature.mailbox))


def opened_alone(connection: Connection, purpose: str, token: str) -> Opened:
    """The signature a token opens, for whose mailbox nobody else acts from here on. Raises UnknownLink."""
    # SQLite's writers pass one at a time anyway. What PostgreSQL reads may be older than its lock: look again.
    opening = _OPENED_ALONE if connection.dialect.name == "postgresql" else _OPENED
    found = connection.execute(opening, {"token": tokens.fingerprint(token), "purpose": purpose}).first()
    if found is None:
        raise UnknownLink(purpose)
    return Opened._make(found[: len(Opened._fields)])


def open_signature(session: Session, purpose: str, token: str) -> Signature:
    """The signature a token opens. Raises UnknownLink."""
    signature = session.scalar(
        select(Signature)
        .join(Link, Link.signature_id == Signature.id)
        .where(Link.fingerprint == tokens.fingerprint(token), Link.purpose == purpose)
    )
    if signature is None:
        raise UnknownLink(purpose)
    return signature
