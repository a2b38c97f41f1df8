"""Sending one e-mail: lease its row, compose it, give it to the transport, mark what came of it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import clock, jobs, metrics
from petition.config import Config
from petition.crypto import KeyRing
from petition.db import writing
from petition.jobs import NotNow, State
from petition.mail import letters
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.mail.transport import PermanentRefusal, TemporaryRefusal, Transport
from petition.web.language import speaking

log = structlog.get_logger("petition.mail")

#: Minutes before each further try; the last one repeats until the e-mail's time is over.
PAUSES: Final = (1, 2, 5, 10, 20, 30, 60)


@dataclass(frozen=True)
class PostOffice:
    """Sends what is owed. One transport connection per worker thread is kept open."""

    app: Flask
    config: Config
    keys: KeyRing
    correspondents: Mapping[str, Correspondent]
    transport: Transport
    lock: threading.Lock
    closing: threading.Event = field(default_factory=threading.Event)

    def send(self, email_id: int) -> None:
        """Send one e-mail if it is still owed. Whatever goes wrong is written on its row.

        Raises NotNow when its turn comes only after this post office has begun to close.
        """
        # One kept connection, and the lease taken only once it is ours: it must not run out in the line.
        with self.lock, self.app.app_context():
            if self.closing.is_set():
                raise NotNow
            self._send(email_id)

    def _send(self, email_id: int) -> None:
        composed = self._compose(email_id, clock.now())
        if composed is None:
            return
        message, recipient = composed
        try:
            self.transport.send(message, sender=letters.envelope_sender(self.config), recipient=recipient)
        except TemporaryRefusal as refusal:
            metrics.EMAILS.add("refused for now")
            self._retry(email_id, str(refusal))
        except PermanentRefusal as refusal:
            metrics.EMAILS.add("refused for good")
            self._bury(email_id, str(refusal))
        else:
            metrics.EMAILS.add("sent")
            self._accepted(email_id)

    def _compose(self, email_id: int, now: datetime) -> tuple[EmailMessage, str] | None:
        with writing() as session:
            email = jobs.lease(session, Email, email_id, now)
            if email is None:
                return None
            if email.until <= now:
                jobs.end(email, State.DEAD, now, email.error or "Its time ran out before it could be sent.")
                self._given_up(session, email, now)
                return None
            with speaking(email.language):
                due = self.correspondents[email.kind].compose(session, email, now)
            match due:
                case Wait(until):
                    jobs.postpone(email, until)
                    email.composed_at, email.attempts = None, email.attempts - 1
                    return None
                case Drop(reason):
                    jobs.end(email, State.DROPPED, now, reason)
                    metrics.EMAILS.add("dropped")
                    return None
                case Letter() as letter:
                    email.composed_at = now
                    email.about = list(letter.about)
                    return letters.written(letter, email, self.keys, self.config), letter.recipient

    def _accepted(self, email_id: int) -> None:
        with writing() as session:
            email, now = _still_owed(session, email_id), clock.now()
            if email is None:
                return
            jobs.end(email, State.DONE, now)
            self.correspondents[email.kind].accepted(session, email, now)

    def _retry(self, email_id: int, reason: str) -> None:
        with writing() as session:
            email, now = _still_owed(session, email_id), clock.now()
            if email is None:
                return
            pause = PAUSES[min(email.attempts, len(PAUSES)) - 1]
            if now + timedelta(minutes=pause) >= email.until:
                jobs.end(email, State.DEAD, now, reason)
                self._given_up(session, email, now)
            else:
                jobs.postpone(email, now + timedelta(minutes=pause), reason)
        log.warning("email.refused.temporarily", email=email_id)

    def _bury(self, email_id: int, reason: str) -> None:
        with writing() as session:
            email, now = _still_owed(session, email_id), clock.now()
            if email is None:
                return
            jobs.end(email, State.DEAD, now, reason)
            self._given_up(session, email, now, refused=True)
        log.warning("email.refused.permanently", email=email_id)

    def _given_up(self, session: Session, email: Email, now: datetime, *, refused: bool = False) -> None:
        correspondent = self.correspondents[email.kind]
        if isinstance(correspondent, letters.HearsOfFailure):
            correspondent.given_up(session, email, now, refused=refused)


def _still_owed(session: Session, email_id: int) -> Email | None:
    """The row, unless another worker has brought it to an end since our lease ran out."""
    return session.scalar(select(Email).where(Email.id == email_id, Email.state == State.WAITING).with_for_update())
