"""Forgetting: an erased signature's salts go, and its commitments are noise; counts by network go in their time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from petition.campaigns.models import Campaign
from petition.ledger.models import Arrival, Entry, Opening
from petition.signatures.models import Change
from petition.statements.models import Statement

#: So long after its campaign has closed or it was ended a packet can still say the largest share of one network.
NETWORKS_KEPT: Final = timedelta(days=90)


def forget(session: Session, signature_ids: Iterable[int]) -> None:
    """Delete every opening of these signatures' leaves. The leaves stay, and the ledger still adds up."""
    entries = select(Entry.id).join(Change, Entry.change_id == Change.id).where(Change.signature_id.in_(signature_ids))
    session.execute(delete(Opening).where(Opening.entry_id.in_(entries)))


def forget_networks(session: Session, now: datetime) -> None:
    """Delete what was counted by network of statements whose campaign has closed, or that were ended, 90 days ago."""
    before = now - NETWORKS_KEPT
    over = (
        select(Statement.id)
        .join(Campaign, Statement.campaign_id == Campaign.id)
        .where(or_(Campaign.closes_at <= before, Statement.ended_at <= before))
    )
    session.execute(delete(Arrival).where(Arrival.statement_id.in_(over)))
