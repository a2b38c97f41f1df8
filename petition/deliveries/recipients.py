"""To whom a delivery went: the contact as it stood on that day, encrypted beside the delivery."""

import json
from dataclasses import asdict, dataclass, field
from typing import Final

from petition.crypto import KeyRing
from petition.deliveries.models import Contact, Delivery

_SEALED_AS: Final = "recipient"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A contact at one moment."""

    publisher: str
    name: str
    title: str
    address: str = field(repr=False)  # the e-mail address; empty for a contact by post alone
    lines: tuple[str, ...] = ()

    @classmethod
    def of(cls, keys: KeyRing, contact: Contact) -> "Recipient":
        """The contact as it stands now."""
        address = keys.open_address(contact.address) if contact.address is not None else ""
        return cls(contact.publisher.name, contact.name, contact.title, address, tuple(contact.address_lines))

    @property
    def label(self) -> tuple[str, ...]:
        """The lines of a postal label: name and office, firm, street and town."""
        return tuple(filter(None, (self.name, self.title, self.publisher, *self.lines)))


def seal(keys: KeyRing, recipient: Recipient) -> bytes:
    """The recipient as a delivery keeps it."""
    return keys.seal(_SEALED_AS, json.dumps(asdict(recipient), ensure_ascii=False))


def recipient_of(keys: KeyRing, delivery: Delivery) -> Recipient:
    """The recipient as they stood when the delivery was prepared."""
    kept = json.loads(keys.unseal(_SEALED_AS, delivery.recipient))
    return Recipient(**{**kept, "lines": tuple(kept["lines"])})
