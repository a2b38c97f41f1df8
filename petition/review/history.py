"""The history of a signature's review: every decision with who made it, and the note that stays inside."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.accounts.models import AuditEntry
from petition.review.deciding import subject
from petition.review.models import Note
from petition.signatures.models import Signature


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of the record about a signature, and the note beside it, if there is one and it is not erased."""

    entry: AuditEntry
    note: str


def history(session: Session, signature: Signature) -> list[Decision]:
    """What was decided about a signature and its comment, the oldest first."""
    found = session.execute(
        select(AuditEntry, Note.text)
        .outerjoin(Note, Note.entry_id == AuditEntry.id)
        .where(AuditEntry.subject == subject(signature))
        .order_by(AuditEntry.id)
    )
    return [Decision(entry, note or "") for entry, note in found]


def newest_notes(session: Session, signature_ids: Collection[int]) -> dict[int, str]:
    """The newest note about each of these signatures that has one: why those in a list are held."""
    notes = select(Note.signature_id, Note.text).where(Note.signature_id.in_(signature_ids)).order_by(Note.entry_id)
    return {row.signature_id: row.text for row in session.execute(notes)}
