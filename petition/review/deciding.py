"""Deciding: what every decision about a signature has in common. It is made on the signature as it stands,
by one at a time, and it is recorded.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.errors import Refusal
from petition.review.models import Note
from petition.signatures import links
from petition.signatures.models import Signature

#: How a change came about, in the ledger's leaf.
METHOD: Final = "review"


class StandsOtherwise(Refusal):
    """The signature does not stand where this decision begins: its signatory or another reviewer was quicker."""


def look(session: Session, signature: Signature, *statuses: str) -> None:
    """Look at the signature again, alone. Raises StandsOtherwise unless it stands in one of these statuses."""
    links.look_again(session, signature)
    if signature.status not in statuses:
        raise StandsOtherwise(signature.status)


def record(
    session: Session, now: datetime, signature: Signature, act: str, who: Account | None, note: str, **details: str
) -> None:
    """Record a decision, the last thing about it, with the note that stays inside.

    No note is kept about a signature whose details are erased: it might say what they were.
    """
    entry = auditing.record(session, now, who, act, subject(signature), **details)
    if note.strip() and signature.erased_at is None:
        session.add(Note(entry_id=entry.id, signature_id=signature.id, text=note.strip()))


def subject(signature: Signature) -> str:
    """A signature as the record names it."""
    return f"signature {signature.id}"
