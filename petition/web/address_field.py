"""The field for an e-mail address: what is well formed, and which mailbox it is."""

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from wtforms import EmailField
from wtforms.validators import StopValidation

from petition.text import addresses
from petition.web.language import _

LONGEST_ADDRESS: Final = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
#: A local part that needs no judge: letters and digits, with single marks between them (RFC 5321, 4.1.2 Dot-string).
_PLAIN: Final = re.compile(r"[A-Za-z0-9]+(?:[.+_-][A-Za-z0-9]+)*")
LONGEST_LOCAL_PART: Final = 64  # RFC 5321, 4.5.3.1.1


class Parts(NamedTuple):
    """An address taken apart. The domain stands as people read it, and in ASCII (IDNA)."""

    local_part: str
    domain: str
    ascii_domain: str


def well_formed(address: str) -> Parts:
    """The address in its parts. Raises ValueError with a sentence that says what to mend."""
    if not address:
        raise ValueError(_("Type your e-mail address."))
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(_("This address is too long. An e-mail address has at most 254 characters."))
    local, at, domain = address.rpartition("@")
    if not at:
        raise ValueError(_("This address has no @. Type it whole, as in ada@example.org."))
    if not domain:
        raise ValueError(_("This address has no part after the @."))
    if not local:
        raise ValueError(_("This address has no part before the @."))
    demo: bool = current_app.extensions["demo"]
    if _PLAIN.fullmatch(local) and len(local) <= LONGEST_LOCAL_PART:
        parts = _with_plain_name(domain, demo)
        parts = parts and parts._replace(local_part=local)
    else:
        parts = _judged(address, demo)
    if parts is None:
        raise ValueError(_("We cannot write to this address. Check it letter by letter."))
    return parts


def _judged(address: str, demo: bool) -> Parts | None:
    try:
        found = validate_email(address, check_deliverability=False, test_environment=demo)
    except EmailNotValidError:
        return None
    return Parts(found.local_part, found.domain, found.ascii_domain or found.domain)


@lru_cache(maxsize=4096)
def _with_plain_name(domain: str, demo: bool) -> Parts | None:
    # Most people share a few domains, and each letter of one is looked up in Unicode's tables.
    return _judged(f"name@{domain}", demo)


def canonical(parts: Parts) -> str:
    """The canonical address of the mailbox: what we know it by."""
    return addresses.canonical(parts.local_part, parts.ascii_domain)


class AddressField(EmailField):
    """An e-mail address. `parts` holds it taken apart once it has been found well formed."""

    parts: Parts | None = None

    def pre_validate(self, form: Any) -> None:
        """Raises StopValidation with what to mend."""
        try:
            self.parts = well_formed((self.data or "").strip())
        except ValueError as fault:
            raise StopValidation(str(fault)) from None

    @property
    def mailbox(self) -> str:
        """The canonical address of the mailbox."""
        assert self.parts is not None
        return canonical(self.parts)
