"""Tokens that travel outside: links in e-mails, typed codes, handles in addresses, tokens in forms.

All are derived from a key, so a retried e-mail carries the same bytes and the database never holds
one: it keeps the SHA-256 of a link for look-up, and of a code nothing at all.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag

from petition.crypto import KeyRing
from petition.errors import NotFound, StaleForm

FORM_LIFE: Final = timedelta(hours=24)
#: Crockford's base32 without I, L, O, U: nothing that is misread aloud (crockford.com/base32.html).
CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 8
_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None, "‐": None, "–": None})
_FORM_MAC: Final = 16  # bytes


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def link(keys: KeyRing, purpose: str, reference: int | bytes, generation: int = 0) -> str:
    """The token of a link: 256 bits for one purpose, one row and one generation of it."""
    row = reference if isinstance(reference, bytes) else str(reference).encode()
    return _text(keys.mac("links", purpose.encode(), row, str(generation).encode()))


def fingerprint(token: str) -> bytes:
    """What the database keeps of a link: SHA-256, enough for a secret of 256 bits (ASVS 5.0, 6.5.2)."""
    return hashlib.sha256(token.encode()).digest()


def code(keys: KeyRing, reference: int | bytes, generation: int = 0, purpose: str = "code") -> str:
    """The typed code of a row for one purpose: eight characters, 40 bits."""
    row = reference if isinstance(reference, bytes) else str(reference).encode()
    raw = int.from_bytes(keys.mac("links", purpose.encode(), row, str(generation).encode())[:5], "big")
    return "".join(CROCKFORD[raw >> 5 * place & 31] for place in reversed(range(CODE_LENGTH)))


def written(code: str) -> str:
    """A code as it stands in an e-mail: K7MQ-42XD."""
    return f"{code[:4]}-{code[4:]}"


def as_typed(typed: str) -> str:
    """A typed code brought into its own alphabet: capitals, no dash, O read as 0, I and L as 1."""
    return typed.strip().upper().translate(_MISREAD)


def handle(keys: KeyRing, purpose: str, reference: int) -> str:
    """An opaque name of a row for one page's address: whoever has it for one page has it for no other."""
    return _text(keys.hide(purpose, reference))


def open_handle(keys: KeyRing, purpose: str, text: str) -> int:
    """The row a handle stands for. Raises NotFound when it is not one of ours for this purpose."""
    try:
        return keys.unhide(purpose, _raw(text))
    except (InvalidTag, ValueError, binascii.Error):
        raise NotFound("no such handle") from None


def form(keys: KeyRing, purpose: str, now: datetime) -> str:
    """The token of a public form: the same for everyone within a minute, bound to its purpose and time."""
    minute = str(int(now.timestamp()) // 60)
    return f"{minute}.{_text(_form_mac(keys, purpose, minute))}"


def check_form(keys: KeyRing, purpose: str, token: str, now: datetime) -> None:
    """Raises StaleForm unless the token was made for this purpose within the last 24 hours."""
    minute, _, seen = token.partition(".")
    expected = _text(_form_mac(keys, purpose, minute))
    if not hmac.compare_digest(expected.encode(), seen.encode("utf-8", "replace")):
        raise StaleForm("the form's token is not ours")
    age = now.timestamp() - int(minute) * 60
    # A page rendered in this minute by a machine whose clock runs a little ahead is still ours.
    if not -120 <= age <= FORM_LIFE.total_seconds() + 60:
        raise StaleForm("the form is more than a day old")


def _form_mac(keys: KeyRing, purpose: str, minute: str) -> bytes:
    return keys.mac("cookies", b"form", purpose.encode(), minute.encode("utf-8", "replace"))[:_FORM_MAC]
