"""Commitments, version 1: what a leaf of the ledger says of who signed and from where, without saying it.

Each field has a salt of its own, so that one can be opened without the others, and an erased one is noise for good
(reference/trust.md, section 4). Nothing here knows a database: whoever checks a file has none.
"""

from hashlib import sha256
from json.encoder import encode_basestring
from typing import Final

SALT: Final = 16  # bytes
#: What a leaf commits to: who, from where, and which mailbox (its keyed hash, never an address), in this order.
FIELDS: Final = ("name", "place", "mailbox")

#: A string as JSON, every character but the few that JSON itself forbids as it is.
quote: Final = encode_basestring


def commitment(field: str, salt: bytes, value: str) -> str:
    """SHA-256 over the field's name, a zero byte, the salt and the value; 64 hexadecimal digits."""
    return sha256(field.encode() + b"\x00" + salt + value.encode()).hexdigest()


def place_value(city: str | None, state: str | None, country: str | None) -> str:
    """A place as it is committed to: a JSON array without spaces."""
    return f"[{quote(city or '')},{quote(state or '')},{quote(country or '')}]"
