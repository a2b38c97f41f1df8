"""Transports that answer as they are told, before a real one."""

from dataclasses import dataclass, field
from email.message import EmailMessage

from petition.mail.transport import Transport
from tests.arriving import Mail


@dataclass
class Answering:
    """Raises the given answers one after another; then hands over to the real transport behind it."""

    behind: Transport
    answers: list[BaseException | None] = field(default_factory=list)
    offered: list[Mail] = field(default_factory=list)

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        self.offered.append(Mail.read(message.as_bytes()))
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.behind.send(message, sender=sender, recipient=recipient)
