"""The SMTP server of PETITION_SMTP_URL: how it is written there, and how a connection to it is made."""

import contextlib
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from petition.errors import BadConfiguration
from petition.mail.refusals import TemporaryRefusal

TIMEOUT: Final = 30.0  # seconds to wait for each answer of the server
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server as `smtp://user:password@host:port?starttls=required&cafile=FILE`, or `smtps://…`.

    STARTTLS is used when offered; `starttls=required` insists, `starttls=never` leaves it. Certificates are
    always checked, against `cafile` if there is one.
    """

    host: str
    port: int
    implicit_tls: bool
    user: str
    password: str = field(repr=False)
    starttls: str
    cafile: str | None

    @classmethod
    def parse(cls, url: str) -> "Server":
        """Read PETITION_SMTP_URL. Raises BadConfiguration, never repeating the password.

        Without a port it is 587, or 465 for smtps:// (RFC 8314, section 3.3).
        """
        wrong = "PETITION_SMTP_URL must look like smtp://user:password@host:587, or smtps:// for port 465"
        try:
            parts = urlsplit(url)
            given = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
            port = parts.port or (465 if parts.scheme == "smtps" else 587)
        except ValueError:
            raise BadConfiguration(f"{wrong}.") from None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        starttls, cafile = given.pop("starttls", "offered"), given.pop("cafile", None)
        if (
            parts.scheme not in ("smtp", "smtps")
            or not parts.hostname
            or (parts.path + parts.fragment).strip("/")
        ):
            raise BadConfiguration(f"{wrong}.")
        if given or starttls not in ("offered", "required", "never"):
            raise BadConfiguration(
                f"{wrong}, with ?starttls=required, ?starttls=never, ?cafile=FILE or none."
            )
        if not (user + password).isascii():
            raise BadConfiguration("PETITION_SMTP_URL: user name and password must be plain ASCII.")
        if cafile is not None and not Path(cafile).is_file():
            raise BadConfiguration("PETITION_SMTP_URL: there is no file where cafile points.")
        return cls(parts.hostname, port, parts.scheme == "smtps", user, password, starttls, cafile)

    def connect(self, timeout: float = TIMEOUT) -> smtplib.SMTP:
        """Connect, encrypt and log in. Whatever fails is a TemporaryRefusal.

        `timeout` is in seconds, for each answer of the server.
        """
        connection = self._reach(timeout)
        with contextlib.ExitStack() as failing:
            failing.callback(connection.close)
            try:
                connection.ehlo_or_helo_if_needed()
                self._encrypt(connection)
                self._log_in(connection)
            except smtplib.SMTPResponseException as error:
                raise _refused("greeting", "does not talk to us", error) from None
            except OSError:
                raise TemporaryRefusal(
                    f"The e-mail server {self.host} broke off the greeting.", "lost"
                ) from None
            failing.pop_all()
        return connection

    def _reach(self, timeout: float) -> smtplib.SMTP:
        where = f"The e-mail server {self.host}:{self.port}"
        try:
            if self.implicit_tls:
                return smtplib.SMTP_SSL(self.host, self.port, timeout=timeout, context=self._context())
            return smtplib.SMTP(self.host, self.port, timeout=timeout)
        except smtplib.SMTPResponseException as error:
            raise _refused("greeting", "turned us away", error) from None
        except (socket.gaierror, UnicodeError):  # the latter for a host that no name can be
            raise TemporaryRefusal(f"The name {self.host} is not known.", "name") from None
        except ssl.SSLError as error:
            raise self._no_agreement(error) from None
        except (smtplib.SMTPServerDisconnected, TimeoutError):
            raise TemporaryRefusal(f"{where} does not answer.", "connection") from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise TemporaryRefusal(f"{where} cannot be reached ({reason}).", "connection") from None

    def _no_agreement(self, error: ssl.SSLError) -> TemporaryRefusal:
        why = getattr(error, "verify_message", "") or error.reason or "TLS"
        return TemporaryRefusal(f"No encryption could be agreed on with {self.host} ({why}).", "encryption")

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.cafile)

    def _encrypt(self, connection: smtplib.SMTP) -> None:
        if self.implicit_tls or self.starttls == "never":
            return
        if connection.has_extn("starttls"):
            try:
                connection.starttls(context=self._context())
                connection.ehlo()
            except ssl.SSLError as error:
                raise self._no_agreement(error) from None
            except smtplib.SMTPResponseException as error:
                raise _refused("encryption", "refused STARTTLS", error) from None
        elif self.starttls == "required" or (self.user and self.host not in _LOOPBACK):
            # Somebody between us can strike the offer out, and would then be told the password.
            raise TemporaryRefusal(f"{self.host} offers no STARTTLS, so nothing was sent.", "encryption")

    def _log_in(self, connection: smtplib.SMTP) -> None:
        if not self.user:
            return
        try:
            connection.login(self.user, self.password)
        except smtplib.SMTPResponseException as error:
            stage = "encryption" if "tls" in _said(error).lower() else "login"
            raise _refused(stage, "refused our user name and password", error) from None
        except smtplib.SMTPServerDisconnected:
            raise TemporaryRefusal(f"The e-mail server {self.host} broke off the login.", "lost") from None
        except smtplib.SMTPException:
            raise TemporaryRefusal(f"{self.host} offers no way to log in that we know.", "login") from None


def _said(error: smtplib.SMTPResponseException) -> str:
    reply = error.smtp_error
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    return f"{error.smtp_code} {' '.join(text.split())}"[:200]


def _refused(stage: str, what: str, error: smtplib.SMTPResponseException) -> TemporaryRefusal:
    return TemporaryRefusal(f"The e-mail server {what} ({_said(error)}).", stage, error.smtp_code)
