"""Forgetting: what reviewers noted about a signature goes with its details; that they decided stays in the record."""

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.orm import Session

from petition.review.models import Note


def forget(session: Session, signature_ids: Collection[int]) -> None:
    """Delete every note about these signatures."""
    session.execute(delete(Note).where(Note.signature_id.in_(signature_ids)))
