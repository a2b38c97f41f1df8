"""Leaves, version 1: what the ledger says of one change, without saying who (petition/ledger/committing.py)."""

from functools import lru_cache
from hashlib import sha256
from typing import Final

from petition.ledger.committing import place_value, quote
from petition.signatures.models import Signature

VERSION: Final = 1


def values(signature: Signature) -> dict[str, str]:
    """What is committed to of a signature, field by field."""
    return {
        "name": signature.name or "",
        "place": place_value(signature.city, signature.state, signature.country),
        "mailbox": (signature.mailbox or b"").hex(),
    }


def commitments(salts: tuple[bytes, bytes, bytes], values: tuple[str, str, str]) -> str:
    """The commitments to name, place and mailbox under these salts, as they stand in a leaf."""
    # `commitment` three times, written out: this is done for every signature, and a call costs as much as a hash.
    named = sha256(b"name\x00" + salts[0] + values[0].encode()).hexdigest()
    located = sha256(b"place\x00" + salts[1] + values[1].encode()).hexdigest()
    boxed = sha256(b"mailbox\x00" + salts[2] + values[2].encode()).hexdigest()
    return f'{{"mailbox":"{boxed}","name":"{named}","place":"{located}"}}'


@lru_cache(maxsize=1000)
def quoted(word: str | None) -> str:
    """A word of which there are few, as JSON."""
    return "null" if word is None else quote(word)


def text(
    *, kind: str, slug: str, revision: str, notice: str, seq: int, of: int | None, day: str, method: str | None,
    reason: str | None, committed: str = "{}",
) -> str:  # fmt: skip
    """The leaf of one change at its place in the ledger, in the UTC day on which it happened.

    Canonical JSON: keys in order, no blanks, no escapes that need not be. `of` is the number of the signature that a
    later change is about.
    """
    return (
        f'{{"commitments":{committed},"day":"{day}","kind":"{kind}","method":{quoted(method)},"notice":"{notice}",'
        f'"of":{"null" if of is None else of},"reason":{quoted(reason)},"revision":"{revision}","seq":{seq},'
        f'"statement":{quoted(slug)},"v":{VERSION}}}'
    )
