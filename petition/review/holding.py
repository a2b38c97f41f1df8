"""Holding: a signature leaves the count until a person has decided; and it comes back when nothing is wrong.

In the ledger holding is an `invalidated` leaf with the reason "held", since the count must follow from the
leaves at once, and a publisher must be able to see that somebody took it out and why. Nothing holds by itself.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from petition.accounts.models import Account
from petition.review import deciding
from petition.review.deciding import METHOD
from petition.signatures import changes
from petition.signatures.models import Reason, Signature, Status

#: Owed when a signature counts again by decision, whether it had been held or invalidated.
RELEASED_LETTER: Final = "released"


def hold(session: Session, now: datetime, signature: Signature, note: str, who: Account | None) -> None:
    """Put a verified signature aside. Its signatory is told when it is decided. Raises StandsOtherwise.

    The note says why, for whoever decides; it stays inside.
    """
    deciding.look(session, signature, Status.VERIFIED)
    signature.status, signature.reason = Status.HELD, Reason.HELD
    changes.take_out(session, signature, now, kind="invalidated", method=METHOD, reason=Reason.HELD)
    deciding.record(session, now, signature, "signature held", who, note)


def release(session: Session, now: datetime, signature: Signature, note: str, who: Account | None) -> None:
    """Nothing is wrong with a held signature: it counts, and its signatory is told. Raises StandsOtherwise."""
    deciding.look(session, signature, Status.HELD)
    stand(session, now, signature)
    deciding.record(session, now, signature, "signature released", who, note)


def stand(session: Session, now: datetime, signature: Signature) -> None:
    """Count a signature that review kept out of the count, and tell its signatory."""
    signature.status, signature.reason = Status.VERIFIED, None
    changes.put_in(session, signature, now, method=METHOD)
    changes.tell(session, RELEASED_LETTER, signature, now)
