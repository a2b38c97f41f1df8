"""The door for e-mail going out: an SMTP server, or one file for each e-mail when there is none."""

import contextlib
import hashlib
import os
import re
import smtplib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol

from petition.clock import now
from petition.mail.envelope import Envelope
from petition.mail.refusals import PermanentRefusal, Refused, TemporaryRefusal, explain
from petition.mail.server import TIMEOUT, Server

__all__ = [
    "FileTransport",
    "PermanentRefusal",
    "Refused",
    "SmtpTransport",
    "TemporaryRefusal",
    "Transport",
    "explain",
    "open_transport",
]

IDLE: Final = 60.0  # seconds an unused connection is trusted; servers and firewalls drop it after minutes
_REFUSED: Final = {"sender": "the sender", "recipient": "the recipient", "content": "the e-mail"}
#: A server's words that speak of the operator's set-up, at whatever point it says them.
_OPERATORS: Final = (
    ("encryption", re.compile(r"starttls|encryption required", re.IGNORECASE)),
    ("login", re.compile(r"authenticat|log ?in\b", re.IGNORECASE)),
    ("relay", re.compile(r"relay", re.IGNORECASE)),
    ("greeting", re.compile(r"client host|blocked using|block ?list|blacklist", re.IGNORECASE)),
    ("sender", re.compile(r"\b(SPF|DKIM|DMARC)\b", re.IGNORECASE)),
)


class _Lost(Exception):
    """The connection died before the server was given any text, so trying again cannot make two e-mails."""


class Transport(Protocol):
    """Something that takes an e-mail off our hands."""

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Hand one e-mail over, or raise TemporaryRefusal or PermanentRefusal."""


class SmtpTransport:
    """Sends through one SMTP server, on a connection kept between e-mails. Threads may share it."""

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        self._server = Server.parse(url)
        self._timeout = timeout
        self._connection: smtplib.SMTP | None = None
        self._used = 0.0
        self._lock = threading.Lock()

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Send one e-mail, or raise TemporaryRefusal or PermanentRefusal.

        A kept connection that has died is replaced once. Not after the text has gone out, though: the server
        may have taken it, so that is a temporary refusal, and the next try carries the same Message-ID.
        """
        letter = Envelope.seal(message, sender, recipient, linesep="\r\n", cte_type="7bit")
        with self._lock:
            connection = self._kept()
            if connection is not None:
                with contextlib.suppress(_Lost):
                    return self._hand_over(connection, letter)
            self._connection = self._server.connect(self._timeout)
            try:
                self._hand_over(self._connection, letter)
            except _Lost as lost:
                raise TemporaryRefusal(f"The e-mail server broke off ({lost}).", "lost") from None

    def close(self) -> None:
        """Take leave of the server. The next `send` connects anew."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                with contextlib.suppress(OSError):
                    connection.quit()
                connection.close()

    def _kept(self) -> smtplib.SMTP | None:
        """The connection of the last e-mail, cleared for the next, unless it has gone stale."""
        if self._connection is None:
            return None
        with contextlib.suppress(OSError):
            if time.monotonic() - self._used < IDLE and self._connection.rset()[0] == 250:
                return self._connection
        self._drop()
        return None

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _hand_over(self, connection: smtplib.SMTP, letter: Envelope) -> None:
        self._used = time.monotonic()
        if letter.utf8 and not connection.has_extn("smtputf8"):
            raise PermanentRefusal(
                "The address has letters outside ASCII, and the e-mail server cannot carry those.", "address"
            )
        options = ("SMTPUTF8", "BODY=8BITMIME") if letter.utf8 else ()
        stage = "sender"
        try:
            self._weigh(stage, letter, *connection.mail(letter.sender, options))
            stage = "recipient"
            self._weigh(stage, letter, *connection.rcpt(letter.recipient))
            stage = "content"
            self._weigh(stage, letter, *connection.data(letter.content))
        except smtplib.SMTPDataError as error:  # raised for the command only: the text has not gone out
            self._weigh(stage, letter, error.smtp_code, _bytes(error.smtp_error))
        except OSError:  # smtplib's own exceptions are of this kind, timeouts too
            self._drop()
            if stage != "content":
                raise _Lost("no answer") from None
            raise TemporaryRefusal(
                "The connection broke before the e-mail server said that it had the e-mail.", "lost"
            ) from None

    def _weigh(self, stage: str, letter: Envelope, code: int, reply: bytes) -> None:
        """Read an answer: go on, or raise what it means for the patron whose e-mail this is."""
        if 200 <= code < 300:
            return
        words = letter.without_addresses(f"{code} {reply.decode('utf-8', 'replace')}")
        if code == 421 or code < 200:  # RFC 5321, 3.8: the server is closing; or it said nothing we can read
            self._drop()
            raise _Lost(words)
        ours = next((key for key, sign in _OPERATORS if code >= 500 and sign.search(words)), None)
        if code in (530, 534, 535, 538):  # RFC 4954, section 6: it wants us to log in, or to do so otherwise
            ours = ours or "login"
        what = f"The e-mail server refused {_REFUSED[stage]}"
        if code < 500 or ours or stage == "sender":
            raise TemporaryRefusal(f"{what} for now ({words}).", ours or stage, code)
        raise PermanentRefusal(f"{what} ({words}).", stage, code)


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()


class FileTransport:
    """Lays each e-mail as an `.eml` file into a folder, for trying things out where there is no SMTP server.

    Names sort by time. A file appears whole or not at all, and is for its owner's eyes only, since it holds
    a patron's links. A second try of the same Message-ID takes the place of the first.
    """

    def __init__(self, directory: Path, clock: Callable[[], datetime] = now) -> None:
        self._directory = directory
        self._clock = clock
        self._count = 0
        self._lock = threading.Lock()

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Write one e-mail. Raises TemporaryRefusal when the folder cannot be written."""
        letter = Envelope.seal(message, sender, recipient, linesep="\n", cte_type="8bit")
        tag = hashlib.sha256(str(message["Message-ID"]).strip().encode()).hexdigest()[:16]
        with self._lock:
            try:
                self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._lay(letter.content, self._name(tag))
            except OSError as error:
                reason = f"The e-mail could not be written to its folder ({error.strerror})."
                raise TemporaryRefusal(reason, "folder") from None

    def _name(self, tag: str) -> str:
        for earlier in self._directory.glob(f"*-{tag}.eml"):
            return earlier.name
        self._count += 1
        moment = self._clock().astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return f"{moment}-{self._count:06d}-{tag}.eml"

    def _lay(self, content: bytes, name: str) -> None:
        unfinished = self._directory / f".{name}.{os.getpid()}"
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._directory / name)
        finally:
            unfinished.unlink(missing_ok=True)
        folder = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def open_transport(smtp_url: str | None, directory: Path) -> Transport:
    """The transport that the configuration asks for: SMTP if there is a URL, else files in `directory`."""
    return SmtpTransport(smtp_url) if smtp_url else FileTransport(directory)
