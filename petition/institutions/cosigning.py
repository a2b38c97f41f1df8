"""Co-signing for an institution: what was typed becomes a pending row and an e-mail owed. Nothing is looked up.

As with a person's signature (signatures/signing.py) nobody learns here who signed before.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import tokens
from petition.crypto import KeyRing
from petition.errors import Closed, NotFound, TextChanged
from petition.institutions.models import Institution, Stand
from petition.mail import outbox
from petition.signatures.signing import LINK_LIFE
from petition.statements.models import TEXT, Revision, Statement

LETTER: Final = "institution"
LINK: Final = "institution"
LIFE: Final[timedelta] = LINK_LIFE


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought, in canonical form. `canonical` is the mailbox's address, only ever hashed."""

    name: str
    city: str
    state: str
    domain: str
    officer: str
    title: str
    authority: str
    address: str = field(repr=False)
    canonical: str = field(repr=False)


def cosign(
    session: Session, keys: KeyRing, slug: str, shown: str, typed: Typed, *, language: str, now: datetime
) -> Institution:
    """Keep one pending row under the text that was shown, by its SHA-256, and owe it an e-mail.

    Raises NotFound, Closed or TextChanged.
    """
    statement = session.scalar(select(Statement).where(Statement.slug == slug))
    if statement is None:
        raise NotFound(slug)
    if not statement.open_at(now):
        raise Closed(slug)
    nonce = secrets.token_bytes(16)
    institution = Institution(
        statement=statement,
        revision=_in_force(session, statement, shown),
        stand=Stand.PENDING,
        name=typed.name,
        city=typed.city,
        state=typed.state,
        domain=typed.domain,
        officer=typed.officer,
        title=typed.title,
        authority=typed.authority,
        language=language,
        address=keys.seal_address(typed.address),
        mailbox=keys.mailbox(typed.canonical),
        nonce=nonce,
        fingerprint=tokens.fingerprint(tokens.link(keys, LINK, nonce)),
        made_at=now,
    )
    session.add(institution)
    session.flush()
    outbox.owe(
        session.connection(), LETTER, now=now, language=language, subject_id=institution.id,
        mailbox=institution.mailbox, scope=statement.id, asks=True, priority=1,
    )  # fmt: skip
    return institution


def _in_force(session: Session, statement: Statement, shown: str) -> Revision:
    """The text that was shown, if it is the newest in its language. Raises TextChanged."""
    texts = (Revision.statement_id == statement.id, Revision.role == TEXT)
    newest = {text.language: text for text in session.scalars(select(Revision).where(*texts).order_by(Revision.number))}
    seen = next((text for text in newest.values() if text.sha256 == shown), None)
    if seen is None:
        raise TextChanged(statement.slug)
    return seen
