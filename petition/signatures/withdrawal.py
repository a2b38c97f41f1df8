"""Withdrawal: as easy as signing, at once, and for seven days it can be undone."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from petition.errors import AlreadySigned, NotFound
from petition.mail import mailboxes, outbox
from petition.signatures import links
from petition.signatures.models import Change, Signature, Status

WITHDRAWN_LETTER: Final = "withdrawn"
RESTORED_LETTER: Final = "restored"
UNDO: Final = timedelta(days=7)


def withdraw(session: Session, signature: Signature, now: datetime) -> bool:
    """Take a signature back. False when it no longer stood; asking twice changes nothing."""
    links.look_again(session, signature)
    if signature.status not in (Status.VERIFIED, Status.HELD):
        return False
    if signature.status == Status.VERIFIED:
        session.add(_change(signature, "withdrawn", now, method="page"))
    signature.status, signature.withdrawn_at = Status.WITHDRAWN, now
    _tell(session, WITHDRAWN_LETTER, signature, now)
    return True


def undo_until(signature: Signature) -> datetime | None:
    """Until when a withdrawal can be undone; None when there is nothing to undo."""
    if signature.status != Status.WITHDRAWN or signature.withdrawn_at is None or signature.erased_at is not None:
        return None
    return signature.withdrawn_at + UNDO


def undo(session: Session, signature: Signature, now: datetime) -> bool:
    """Let a withdrawn signature stand again. Raises AlreadySigned when the mailbox has signed anew.

    False when it stands already; raises NotFound when its seven days are over.
    """
    links.look_again(session, signature)
    if signature.status in (Status.VERIFIED, Status.HELD):
        return False
    until = undo_until(signature)
    if until is None or until <= now:
        raise NotFound("nothing to undo")
    entered = exists().where(Change.signature_id == signature.id, Change.kind == "verified")
    counted = bool(session.scalar(select(entered)))
    try:
        with session.begin_nested():
            signature.status = Status.VERIFIED if counted else Status.HELD
            signature.withdrawn_at = None
    except IntegrityError:
        session.refresh(signature)
        raise AlreadySigned(signature.id) from None
    if counted:
        session.add(_change(signature, "restored", now, method="undo"))
    _tell(session, RESTORED_LETTER, signature, now)
    return True


def _change(signature: Signature, kind: str, now: datetime, *, method: str) -> Change:
    return Change(signature_id=signature.id, statement_id=signature.statement_id, kind=kind, method=method, at=now)


def _tell(session: Session, letter: str, signature: Signature, now: datetime) -> None:
    if signature.mailbox is not None:
        mailboxes.answered(session, signature.mailbox, now)
    outbox.owe(session, letter, now=now, language=signature.language, subject_id=signature.id, priority=3)
