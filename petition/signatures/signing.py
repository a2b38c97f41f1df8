"""Signing: what was typed becomes a pending row and an e-mail owed. Nothing is looked up.

Whoever signs learns nothing about who signed before, and nobody can sign first for somebody else:
every form sent is a row of its own, and only the mailbox decides which one counts.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.crypto import KeyRing
from petition.jobs import State
from petition.mail import outbox
from petition.mail.outbox import Email
from petition.signatures.models import Signature
from petition.statements.reading import Published

LETTER: Final = "signing"
LINK_LIFE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought, in canonical form. `mailbox` is the canonical address, only ever hashed."""

    name: str
    address: str = field(repr=False)
    mailbox: str = field(repr=False)
    city: str
    state: str
    country: str | None = None
    postal_code: str | None = None
    relation: str | None = None
    affiliation: str | None = None
    comment: str | None = None
    show_name: bool = False
    updates: bool = False


def sign(
    session: Session, keys: KeyRing, published: Published, typed: Typed, *, language: str, now: datetime
) -> Signature:
    """Keep one pending signature under the text and notice that were shown, and owe it an e-mail."""
    signature = Signature(
        statement_id=published.statement.id,
        revision_id=published.revision.id,
        notice_id=published.notice.id,
        name=typed.name,
        city=typed.city,
        state=typed.state,
        country=typed.country,
        postal_code=typed.postal_code,
        relation=typed.relation,
        affiliation=typed.affiliation,
        comment=typed.comment,
        address=keys.seal_address(typed.address),
        mailbox=keys.mailbox(typed.mailbox),
        language=language,
        show_name=typed.show_name,
        updates=typed.updates,
        signed_at=now,
    )
    session.add(signature)
    session.flush()
    owe_letter(session, signature, now=now)
    return signature


def owe_letter(session: Session, signature: Signature, *, now: datetime, kind: str = LETTER, priority: int = 1) -> None:
    """Owe the signature's mailbox whatever e-mail turns out to be due when its turn comes."""
    outbox.owe(
        session,
        kind,
        now=now,
        language=signature.language,
        subject_id=signature.id,
        mailbox=signature.mailbox,
        scope=signature.statement_id,
        asks=True,
        priority=priority,
    )


def owe_letter_again(session: Session, signature: Signature, *, now: datetime) -> None:
    """Owe the e-mail once more, unless one is waiting already: asking twice does not make two."""
    waiting = select(Email.id).where(
        Email.mailbox == signature.mailbox, Email.subject_id == signature.id, Email.state == State.WAITING
    )
    if session.scalar(waiting.limit(1)) is None:
        owe_letter(session, signature, now=now)
