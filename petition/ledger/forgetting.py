"""Forgetting: the salts of an erased signature go, and its commitments are noise from then on."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from petition.ledger.models import Entry, Opening
from petition.signatures.models import Change


def forget(session: Session, signature_ids: Iterable[int]) -> None:
    """Delete every opening of these signatures' leaves. The leaves stay, and the ledger still adds up."""
    entries = select(Entry.id).join(Change, Entry.change_id == Change.id).where(Change.signature_id.in_(signature_ids))
    session.execute(delete(Opening).where(Opening.entry_id.in_(entries)))
