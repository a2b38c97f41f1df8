"""Transports that do as they are told, before a real one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage

from petition.mail.transport import Transport
from tests.arriving import Mail


def nothing() -> None:
    """What happens beside handing over, unless a test says otherwise."""


@dataclass
class Answering:
    """Raises the given answers one after another; then hands over to the real transport behind it.

    `before` and `after` are called around the handing over: to wait, to let something else happen, to die.
    """

    behind: Transport
    answers: list[BaseException | None] = field(default_factory=list)
    before: Callable[[], None] = nothing
    after: Callable[[], None] = nothing
    offered: list[Mail] = field(default_factory=list)

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        self.offered.append(Mail.read(message.as_bytes()))
        self.before()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.behind.send(message, sender=sender, recipient=recipient)
        self.after()
