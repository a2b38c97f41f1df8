"""Leaves, version 1: what the ledger says of one change, without saying who.

A leaf commits to each field with a salt of its own, so that one field can be opened without the
others, and an erased one is noise for good (reference/trust.md, section 4).
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from petition.signatures.models import Change, Signature
from petition.statements.models import Revision

VERSION: Final = 1
SALT: Final = 16  # bytes
#: What a leaf commits to: who, from where, and which mailbox (its keyed hash, never an address).
FIELDS: Final = ("name", "place", "mailbox")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf in canonical JSON, and the salts that open its commitments."""

    text: str
    salts: dict[str, bytes]


def commitment(field: str, salt: bytes, value: str) -> str:
    """SHA-256 over the field's name, a zero byte, the salt and the value; 64 hexadecimal digits."""
    return hashlib.sha256(field.encode() + b"\x00" + salt + value.encode()).hexdigest()


def values(signature: Signature) -> dict[str, str]:
    """What is committed to of a signature, field by field."""
    place = [signature.city or "", signature.state or "", signature.country or ""]
    return {
        "name": signature.name or "",
        "place": json.dumps(place, ensure_ascii=False, separators=(",", ":")),
        "mailbox": (signature.mailbox or b"").hex(),
    }


def make(
    change: Change, signature: Signature, *, slug: str, revision: Revision, notice: Revision, seq: int
) -> Leaf:
    """The leaf of one change at its place in the ledger, in the UTC day on which it happened."""
    salts = {f: secrets.token_bytes(SALT) for f in FIELDS} if change.kind == "verified" else {}
    said: dict[str, Any] = {
        "v": VERSION,
        "kind": change.kind,
        "statement": slug,
        "revision": revision.sha256,
        "notice": notice.sha256,
        "seq": seq,
        "of": signature.number if change.kind != "verified" else None,
        "day": change.at.astimezone(UTC).date().isoformat(),
        "method": change.method,
        "reason": change.reason,
        "commitments": {f: commitment(f, salts[f], value) for f, value in values(signature).items()} if salts else {},
    }
    return Leaf(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")), salts)
