"""Letters: what an e-mail says, put together from its three templates, in its reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from flask import render_template
from sqlalchemy.orm import Session

from petition.config import Config
from petition.crypto import KeyRing
from petition.mail.outbox import Email
from petition.web.language import speaking


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter, read when it leaves: the outbox holds no copy of it."""

    name: str
    path: Path
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Letter:
    """What to say and to whom: the folder `templates/mail/<name>/` holds subject.txt, body.txt and body.html.

    `headers` are further ones, such as List-Unsubscribe.
    """

    name: str
    recipient: str
    facts: dict[str, Any] = field(repr=False)
    about: tuple[int, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet: a cap is in the way until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """Not any more: nothing has to be said."""

    reason: str


class Correspondent(Protocol):
    """A feature's part in an e-mail: what it says, and what follows when the mail server has taken it."""

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """Decide which letter is due to the mailbox now, if any."""

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """The mail server took it at this moment."""


@runtime_checkable
class HearsOfFailure(Protocol):
    """A correspondent for whom something follows when an e-mail of its kind was given up."""

    def given_up(self, session: Session, email: Email, now: datetime, *, refused: bool) -> None:
        """It will not be tried again. `email.error` says why, without the address.

        `refused` when the recipient's mail server will never take it; else its time ran out, which may be our fault.
        """


def message_id(keys: KeyRing, email: Email, config: Config) -> str:
    """The same for every try, so that a mail server can tell a repeat."""
    tag = keys.mac("links", b"message", str(email.id).encode()).hex()[:24]
    return f"<{email.id}.{tag}@{(config.base_host or 'petition').split(':')[0]}>"


def written(letter: Letter, email: Email, keys: KeyRing, config: Config) -> EmailMessage:
    """The letter as a message of text and HTML. A line end in a header raises, whoever typed it."""
    with speaking(email.language):
        subject, body, html = (
            render_template(f"mail/{letter.name}/{part}", **letter.facts)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = message_id(keys, email, config)
    message["Date"] = format_datetime(email.composed_at or email.made_at)
    message["From"] = config.mail_from
    if config.mail_reply_to:
        message["Reply-To"] = config.mail_reply_to
    message["To"] = letter.recipient
    message["Subject"] = " ".join(subject.split())
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    for name, said in letter.headers.items():
        message[name] = said
    message.set_content(body.strip() + "\n")
    message.add_alternative(html.strip() + "\n", subtype="html")
    for each in letter.enclosures:
        kind, _slash, subtype = each.media_type.partition("/")
        message.add_attachment(each.path.read_bytes(), maintype=kind, subtype=subtype, filename=each.name)
    message["Content-Language"] = email.language  # last, since setting the content drops such headers
    return message


def envelope_sender(config: Config) -> str:
    """The bare address that a mail server returns what it cannot deliver to."""
    return parseaddr(config.mail_from)[1]
