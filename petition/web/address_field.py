"""The field for an e-mail address: what is well formed, and which mailbox it is."""

from typing import Any, Final

from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from flask import current_app
from wtforms import EmailField
from wtforms.validators import StopValidation

from petition.text import addresses
from petition.web.language import _

LONGEST_ADDRESS: Final = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets


def well_formed(address: str) -> ValidatedEmail:
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
    try:
        return validate_email(address, check_deliverability=False, test_environment=current_app.extensions["demo"])
    except EmailNotValidError:
        raise ValueError(_("We cannot write to this address. Check it letter by letter.")) from None


def canonical(parts: ValidatedEmail) -> str:
    """The canonical address of the mailbox: what we know it by."""
    return addresses.canonical(parts.local_part, parts.ascii_domain or parts.domain)


class AddressField(EmailField):
    """An e-mail address. `parts` holds it taken apart once it has been found well formed."""

    parts: ValidatedEmail | None = None

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
