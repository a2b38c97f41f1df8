"""Disowning: "this was not me". The row goes, and the address hears nothing from us for 30 days."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from petition.mail import mailboxes
from petition.signatures import links
from petition.signatures.models import Link, Signature, Status


def disown(session: Session, signature: Signature, now: datetime) -> bytes | None:
    """Erase a pending signature and pause its mailbox, whose hash is returned; None if it was confirmed."""
    links.look_again(session, signature)
    mailbox = signature.mailbox
    if signature.status != Status.PENDING or mailbox is None:
        return None
    mailboxes.pause(session, mailbox, now)
    session.execute(delete(Link).where(Link.signature_id == signature.id))
    session.execute(delete(Signature).where(Signature.id == signature.id))
    session.expunge(signature)
    return mailbox
