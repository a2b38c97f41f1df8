"""Acknowledging: the recipient says that a delivery has come; and what was fetched by its link before."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.crypto import KeyRing
from petition.deliveries import delivering
from petition.deliveries.delivering import StandsOtherwise
from petition.deliveries.models import Acknowledgement, Delivery, DeliveryFetch
from petition.mail import mailboxes
from petition.packets.models import PacketFile

_SEALED_AS: Final = "acknowledged by"
#: Who acted when nobody was signed in: the record's word for it.
BY_RECIPIENT: Final = "recipient"


def of(session: Session, found: Delivery) -> Acknowledgement | None:
    """What was said of its arrival."""
    return session.get(Acknowledgement, found.id)


def acknowledge(session: Session, keys: KeyRing, found: Delivery, name: str, now: datetime) -> bool:
    """The button was pressed behind the link. False when it had been before: the first time stands."""
    delivering.alone(session, found)
    if found.failed_at is not None:
        raise StandsOtherwise(found.id)
    if of(session, found) is not None:
        return False
    sealed = keys.seal(_SEALED_AS, name) if name else None
    session.add(Acknowledgement(delivery_id=found.id, at=now, name=sealed))
    found.sent_at = found.sent_at or now  # they were quicker than the mail server's word
    session.flush()
    if found.mailbox is not None:
        mailboxes.alone(session, found.mailbox)
        mailboxes.answered(session.connection(), found.mailbox, now)
    auditing.record(session, now, None, "delivery acknowledged", f"delivery {found.id}", by=BY_RECIPIENT)
    return True


def enter(session: Session, found: Delivery, note: str, who: Account, now: datetime) -> None:
    """An organizer knows that it has come, and says how. Raises StandsOtherwise."""
    delivering.alone(session, found)
    if found.failed_at is not None or found.sent_at is None or of(session, found) is not None:
        raise StandsOtherwise(found.id)
    session.add(Acknowledgement(delivery_id=found.id, at=now, account_id=who.id, note=note))
    session.flush()
    auditing.record(session, now, who, "delivery acknowledged", f"delivery {found.id}")


def name(keys: KeyRing, said: Acknowledgement) -> str:
    """The name that was typed at the button, if one was."""
    return keys.unseal(_SEALED_AS, said.name) if said.name is not None else ""


def fetched(session: Session, delivery_id: int, file: PacketFile, now: datetime) -> None:
    """Note that a file was fetched by the link: perhaps by a scanner, never a receipt."""
    session.add(DeliveryFetch(delivery_id=delivery_id, file_id=file.id, at=now))


def fetches(session: Session, delivery_id: int, most: int) -> list[DeliveryFetch]:
    """The newest fetches, the newest first."""
    which = select(DeliveryFetch).where(DeliveryFetch.delivery_id == delivery_id)
    return list(session.scalars(which.order_by(DeliveryFetch.id.desc()).limit(most)))
