"""Invalidating: review found that a signature does not count, and says why to its signatory and in the ledger."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from petition.accounts.models import Account
from petition.review import deciding
from petition.review.deciding import METHOD
from petition.signatures import changes
from petition.signatures.models import Reason, Signature, Status

INVALIDATED_LETTER: Final = "invalidated"
#: What can be given as the reason: everything but that it is held, which decides nothing.
REASONS: Final = tuple(reason for reason in Reason if reason is not Reason.HELD)


def invalidate(
    session: Session, now: datetime, signature: Signature, reason: Reason, note: str, who: Account | None
) -> None:
    """Take a verified or held signature out of the count for good. Raises StandsOtherwise.

    The reason is one of REASONS: it goes to the signatory and, as a count, to the publisher. The note stays inside.
    The mailbox cannot sign this statement again.
    """
    if reason not in REASONS:
        raise ValueError(f"{reason} is no reason to invalidate")
    deciding.look(session, signature, Status.VERIFIED, Status.HELD)
    signature.status, signature.reason = Status.INVALIDATED, reason
    changes.take_out(session, signature, now, kind="invalidated", method=METHOD, reason=reason)
    changes.tell(session, INVALIDATED_LETTER, signature, now)
    deciding.record(session, now, signature, "signature invalidated", who, note, reason=reason)
