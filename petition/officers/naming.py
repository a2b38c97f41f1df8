"""Naming the officers of a chapter under a revision of its text; those with an address are asked to sign it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from petition import tokens
from petition.crypto import KeyRing
from petition.mail import outbox
from petition.officers.models import Officer
from petition.statements.models import Revision

LETTER: Final = "officer"


@dataclass(frozen=True, slots=True)
class Named:
    """An officer as an editor typed them. Without an address they are named and not asked."""

    name: str
    title: str
    address: str = field(default="", repr=False)
    canonical: str = field(default="", repr=False)
    language: str = "en"


def name(session: Session, keys: KeyRing, revision: Revision, officers: Iterable[Named], now: datetime) -> None:
    """Put these officers under the revision, in this order, and owe each with an address the e-mail that asks."""
    for place, named in enumerate(officers, start=1):
        nonce = secrets.token_bytes(16)
        officer = Officer(
            revision=revision,
            place=place,
            name=named.name,
            title=named.title,
            language=named.language,
            address=keys.seal_address(named.address) if named.address else None,
            mailbox=keys.mailbox(named.canonical) if named.address else None,
            nonce=nonce,
            fingerprint=tokens.fingerprint(tokens.link(keys, LETTER, nonce)),
            made_at=now,
        )
        session.add(officer)
        session.flush()
        if officer.mailbox is not None:
            outbox.owe(
                session.connection(), LETTER, now=now, language=officer.language,
                subject_id=officer.id, mailbox=officer.mailbox,
            )  # fmt: skip
