"""Telling the owner of an account that the ways into it have changed: whoever did not change them has to hear of it.

To the mailbox, whatever the second factor: a thief who has changed that does not read this (ASVS 5.0, 6.3.7).
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from petition.accounts.models import Account
from petition.mail import outbox


class WayIn(StrEnum):
    """What has changed, by the name of the act in the record. Each is a kind of e-mail."""

    APP_SET_UP = "authenticator app set up"
    APP_REMOVED = "authenticator app removed"
    PASSKEY_ADDED = "passkey added"
    PASSKEY_REMOVED = "passkey removed"
    CODES_MADE = "recovery codes made"
    FORGOTTEN = "second factor forgotten"


def tell(session: Session, account: Account, changed: WayIn, now: datetime) -> None:
    """Owe the account's owner the e-mail that says so. Few and urgent, they leave before what signatories wait for."""
    outbox.owe(
        session.connection(), changed, now=now, language=account.language,
        subject_id=account.id, mailbox=account.mailbox, priority=1,
    )  # fmt: skip
