"""Choosing who sees a name, on the site and in packets to come; and whether news comes by e-mail."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy.orm import Session

from petition.signatures.models import Signature


def choose_shown(signature: Signature, shown: bool) -> None:
    """Show the name and state on the public site, or no longer."""
    signature.show_name = shown


def choose_withheld(signature: Signature, withheld: bool, now: datetime) -> None:
    """Leave the name out of packets made from now on, or put it in again; the signature itself still counts."""
    if signature.withhold == withheld:
        return
    signature.withhold = withheld
    if not withheld:
        signature.shown_since = now
    elif signature.shown_since is None:
        signature.withheld_at = now


def left_out(signature: Signature, moment: datetime) -> bool:
    """Whether the name stays out of a packet of that moment: withheld now, or withheld then and shown again since.

    Between the first time and the last it counts as withheld. Without a first moment it was so before these were kept.
    """
    if signature.withhold or signature.shown_since is None:
        return signature.withhold
    return (signature.withheld_at is None or signature.withheld_at <= moment) and signature.shown_since > moment


def is_left_out(moment: datetime) -> ColumnElement[bool]:
    """The same as `left_out`, for the database."""
    then = or_(Signature.withheld_at.is_(None), Signature.withheld_at <= moment)
    since = and_(Signature.shown_since.is_not(None), Signature.shown_since > moment)
    return or_(Signature.withhold, and_(then, since))


def choose_news(signature: Signature, wanted: bool) -> None:
    """Have news of what became of the signature by e-mail, or no longer."""
    signature.updates = wanted


def stop_news(session: Session, signature: Signature) -> None:
    """No news to this mailbox any more, whatever it has signed."""
    same = Signature.id == signature.id if signature.mailbox is None else Signature.mailbox == signature.mailbox
    session.execute(update(Signature).where(same).values(updates=False))
