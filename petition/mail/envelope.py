"""An e-mail made ready to leave: its bytes and the two addresses around it."""

import contextlib
import copy
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from email_validator import EmailNotValidError, validate_email

from petition.mail.refusals import PermanentRefusal, TemporaryRefusal


@dataclass(frozen=True, slots=True)
class Envelope:
    """One e-mail in the form in which it leaves. `utf8` says that it needs SMTPUTF8 (RFC 6531)."""

    sender: str
    recipient: str
    content: bytes
    utf8: bool

    @classmethod
    def seal(
        cls, message: EmailMessage, sender: str, recipient: str, *, linesep: str, cte_type: str
    ) -> "Envelope":
        """Check the addresses and write the message out. Raises the refusals of a transport."""
        if not message["Message-ID"]:
            raise ValueError("An e-mail needs a Message-ID, so that a repeat can be told from a second one.")
        for address, refusal in ((sender, TemporaryRefusal), (recipient, PermanentRefusal)):
            if not re.fullmatch(r"[^\s<>\x00-\x1f\x7f]+@[^\s<>@\x00-\x1f\x7f]+", address):
                raise refusal("An address holds a character that no e-mail address can hold.", "address")
        plain = _in_ascii(recipient)
        if plain != recipient:
            message = _readdressed(message, recipient, plain)
        utf8 = not (sender + plain + "".join(_addresses(message))).isascii()
        policy = SMTP.clone(linesep=linesep, cte_type=cte_type, utf8=utf8)
        try:
            content = message.as_bytes(policy=policy)
        except (MessageError, ValueError, LookupError):
            raise PermanentRefusal("The e-mail cannot be written in the form that e-mail has.") from None
        return cls(sender, plain, content, utf8)

    def without_addresses(self, said: str) -> str:
        """What a server said, on one line, with every address but our own sender's struck out."""
        said = re.sub(r"[\s\x00-\x1f\x7f]+", " ", said).strip()
        said = re.sub(
            r"[^\s<>:;,()]+@[^\s<>:;,()]+",
            lambda found: found[0] if found[0].lower() == self.sender.lower() else "(address)",
            said,
        )
        mailbox = self.recipient.rpartition("@")[0]
        for name in (mailbox, mailbox.partition("+")[0]):
            if len(name) > 2:
                said = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "(address)", said, flags=re.IGNORECASE)
        return said[:200]


def _in_ascii(address: str) -> str:
    """The same address with its domain as DNS spells it, which every server takes; or as it is."""
    if address.isascii():
        return address
    with contextlib.suppress(EmailNotValidError):
        return validate_email(address, check_deliverability=False).ascii_email or address
    return address


def _addresses(message: EmailMessage) -> list[str]:
    headers = [value for name in ("From", "Reply-To", "To", "Cc") for value in message.get_all(name, [])]
    return [address.addr_spec for header in headers for address in getattr(header, "addresses", ())]


def _readdressed(message: EmailMessage, old: str, new: str) -> EmailMessage:
    message = copy.deepcopy(message)
    if message["To"] is not None and message["To"].addresses:
        message.replace_header(
            "To",
            [
                Address(one.display_name, addr_spec=new) if one.addr_spec == old else one
                for one in message["To"].addresses
            ],
        )
    return message
