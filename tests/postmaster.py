"""A mail server for tests: a real one, in this process, that answers as it is told."""

import contextlib
import email
import email.policy
import itertools
import os
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from petition.mail.transport import SmtpTransport

SENDER = "sign@petition.example"
PATRON = "ada.lovelace@patron.example"


class Postmaster:
    """A mail server's handler that answers as it is told and keeps what it takes."""

    controller: Controller

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.greeted = 0
        self.answers: dict[str, list[str]] = {}
        self.sessions: list[SMTP] = []

    def _answer(self, command: str, otherwise: str) -> str:
        waiting = self.answers.get(command, [])
        return waiting.pop(0) if waiting else otherwise

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.greeted += 1
        self.sessions.append(server)
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("MAIL", "250 OK")
        if answer.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        answer = self._answer("DATA", "250 OK")
        if answer == "hang up":
            self.taken.append(envelope)
            server.transport.close()
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer

    def hang_up(self) -> None:
        """Close every connection from the server's side."""
        done = threading.Event()

        def close() -> None:
            for server in self.sessions:
                if server.transport is not None:
                    server.transport.close()
            done.set()

        self.controller.loop.call_soon_threadsafe(close)
        assert done.wait(30)


#: Below those that the system hands to whoever asks for any (from 32768 on): one of those that was free when we looked
#: may be somebody's by the time that it is listened at. So many for each process of a run.
_PORTS: Final = 1_000
_AT_MOST: Final = 12  # processes of one run
#: Two runs on one machine begin at different ones.
_numbers: Final = itertools.count(37 * os.getpid())


def free_port() -> int:
    """A port of this process of the tests alone, that nobody listens at."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw9").removeprefix("gw")) % _AT_MOST
    for number in itertools.islice(_numbers, _PORTS):
        port = 20_000 + _PORTS * process + number % _PORTS
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


@contextlib.contextmanager
def serving(**options: Any) -> Iterator[Postmaster]:
    """Run a mail server; the options are aiosmtpd's."""
    postmaster = Postmaster()
    postmaster.controller = Controller(
        postmaster, hostname="127.0.0.1", port=free_port(), ready_timeout=60, **options
    )
    postmaster.controller.start()
    try:
        yield postmaster
    finally:
        postmaster.controller.stop()


@contextlib.contextmanager
def transport_to(
    postmaster: Postmaster, query: str = "", *, scheme: str = "smtp", login: str = "", timeout: float = 30
) -> Iterator[SmtpTransport]:
    """A transport to that server, closed afterwards."""
    transport = SmtpTransport(f"{scheme}://{login}127.0.0.1:{postmaster.controller.port}{query}", timeout)
    try:
        yield transport
    finally:
        transport.close()


def letter(number: int = 1, *, to: str = PATRON, body: str = "Please confirm.\n") -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = f"<{number}@petition.example>"
    message["From"] = f"Petition <{SENDER}>"
    message["To"] = to
    message["Subject"] = "Žádost – one step left"
    message.set_content(body)
    return message


def text_of(envelope: Envelope) -> str:
    raw = envelope.content
    assert isinstance(raw, bytes)
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    content: str = parsed.get_content()
    return content.replace("\r\n", "\n")
