"""The letter that asks a signatory whether they signed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from petition import tokens
from petition.audits import asking
from petition.audits.models import Sampled
from petition.crypto import KeyRing
from petition.mail import mailboxes
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.web.addresses import outside


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks, unless it was answered, is too late, or there is nobody to ask any more."""

    keys: KeyRing

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The question."""
        sampled = session.get(Sampled, email.subject_id)
        if sampled is None or sampled.answer is not None or now > sampled.audit.ends_at:
            return Drop("it was answered, or the time for answers is over")
        if asking.asked_by_another(session, sampled):
            return Drop("another question has taken its place")
        signature = sampled.signature
        if signature.address is None or signature.mailbox is None:
            return Drop("its details are erased")
        if mailboxes.paused_until(session, signature.mailbox, now) is not None:
            return Drop("the mailbox asked us to write no more")
        token = tokens.link(self.keys, asking.LINK, sampled.id)
        told = {**facts(sampled), "answer": outside("audits.question", token=token), "until": sampled.audit.ends_at}
        return Letter(asking.LETTER, self.keys.open_address(signature.address), told)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Asked."""
        session.get_one(Sampled, email.subject_id).asked_at = now


def facts(sampled: Sampled) -> dict[str, Any]:
    """What the question and its page say of the signature."""
    signature = sampled.signature
    statement, revision = signature.statement, signature.revision
    return {
        "name": signature.name,
        "day": signature.confirmed_at,
        "title": revision.title,
        "language": revision.language,
        "issuer": statement.issuer,
        "addressee": statement.addressee.name,
        "sample_note": statement.sample_note,
    }


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    return {asking.LETTER: Asking(keys)}
