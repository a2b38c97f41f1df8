"""Withdrawal: as easy as signing, at once, and for seven days it can be undone.

What review holds or has invalidated can be withdrawn like any other: its details are erased. But an
invalidated signature stays one. Neither undoing nor signing anew brings it back into the count.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from petition.errors import AlreadySigned, NotFound
from petition.mail import mailboxes
from petition.signatures import changes, links
from petition.signatures.models import SIGNED, Reason, Signature, Status

WITHDRAWN_LETTER: Final = "withdrawn"
RESTORED_LETTER: Final = "restored"
UNDO: Final = timedelta(days=7)


def withdraw(session: Session, signature: Signature, now: datetime) -> bool:
    """Its signatory takes a signature back. False when it no longer stood; asking twice changes nothing."""
    if not take_back(session, signature, now, method="page"):
        return False
    _answered(session, signature, now)
    return True


def take_back(session: Session, signature: Signature, now: datetime, *, method: str) -> bool:
    """Take a signature back, whoever presses the button; the signatory is told."""
    links.look_again(session, signature)
    if signature.status not in SIGNED or signature.withdrawn_at is not None:
        return False
    if signature.status != Status.INVALIDATED:
        changes.take_out(session, signature, now, kind="withdrawn", method=method)
        signature.status = Status.WITHDRAWN
    signature.withdrawn_at = now
    changes.tell(session, WITHDRAWN_LETTER, signature, now)
    return True


def undo_until(signature: Signature) -> datetime | None:
    """Until when a withdrawal can be undone; None when there is nothing to undo."""
    if signature.withdrawn_at is None or signature.erased_at is not None:
        return None
    return signature.withdrawn_at + UNDO


def undo(session: Session, signature: Signature, now: datetime) -> bool:
    """Let a withdrawn signature stand as it stood. Raises AlreadySigned when the mailbox has signed anew.

    False when it stands already; raises NotFound when its seven days are over.
    """
    links.look_again(session, signature)
    if signature.status in SIGNED and signature.withdrawn_at is None:
        return False
    until = undo_until(signature)
    if until is None or until <= now:
        raise NotFound("nothing to undo")
    try:
        with session.begin_nested():
            signature.status = _before(signature)
            signature.withdrawn_at = None
    except IntegrityError:
        session.refresh(signature)
        raise AlreadySigned(signature.id) from None
    _answered(session, signature, now)
    if signature.status == Status.VERIFIED:
        changes.put_in(session, signature, now, method="undo")
        changes.tell(session, RESTORED_LETTER, signature, now)
    else:
        changes.take_out(session, signature, now, kind="invalidated", method="undo", reason=signature.reason)
    return True


def _before(signature: Signature) -> str:
    if signature.reason is None:
        return Status.VERIFIED
    return Status.HELD if signature.reason == Reason.HELD else Status.INVALIDATED


def _answered(session: Session, signature: Signature, now: datetime) -> None:
    if signature.mailbox is not None:
        mailboxes.answered(session.connection(), signature.mailbox, now)
