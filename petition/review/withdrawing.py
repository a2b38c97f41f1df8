"""Withdrawing for a signatory who asked us to: by letter, by telephone, or in answer to an e-mail."""

from datetime import datetime

from sqlalchemy.orm import Session

from petition.accounts.models import Account
from petition.review import deciding
from petition.review.deciding import METHOD, StandsOtherwise
from petition.signatures import withdrawal
from petition.signatures.models import Signature


def withdraw(session: Session, now: datetime, signature: Signature, note: str, who: Account | None) -> None:
    """As if its signatory had pressed the button: told by e-mail, undone for seven days, then erased.

    Raises StandsOtherwise when it does not stand, or is withdrawn already.
    """
    if not withdrawal.take_back(session, signature, now, method=METHOD):
        raise StandsOtherwise(signature.status)
    deciding.record(session, now, signature, "signature withdrawn", who, note)
