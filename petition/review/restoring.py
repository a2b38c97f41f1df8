"""Restoring: a signature was invalidated wrongly. It counts again, unless its signatory has taken it back since."""

from datetime import datetime

from sqlalchemy.orm import Session

from petition.accounts.models import Account
from petition.review import deciding, holding
from petition.review.deciding import METHOD
from petition.signatures import changes
from petition.signatures.models import Signature, Status


def restore(session: Session, now: datetime, signature: Signature, note: str, who: Account | None) -> None:
    """Take back that a signature was invalidated, and tell its signatory. Raises StandsOtherwise.

    One that its signatory has withdrawn in the meantime is a withdrawn one from now on, and its mailbox may sign anew.
    """
    deciding.look(session, signature, Status.INVALIDATED)
    if signature.withdrawn_at is None:
        holding.stand(session, now, signature)
    else:
        changes.take_out(session, signature, now, kind="withdrawn", method=METHOD)
        signature.status, signature.reason = Status.WITHDRAWN, None
        if signature.erased_at is not None:
            signature.mailbox = None
    deciding.record(session, now, signature, "signature restored", who, note)
