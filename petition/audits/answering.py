"""Answering: whoever reads the mailbox says yes or no, once. A no is for a person to decide about."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import auditing
from petition.audits.models import Answer, Sampled
from petition.errors import NotFound, Refusal
from petition.review import deciding, holding
from petition.signatures.models import Status

#: Beside the decision, for whoever decides. It is English, as notes of reviewers are in their own language.
NOTE: Final = "Sample audit: asked by e-mail, somebody at the mailbox answered that they did not sign this."


class UnknownLink(NotFound):
    """The token is not one that we have sent to a signatory."""


class TooLate(Refusal):
    """The time for answers is over, and the result is final."""


class Erased(Refusal):
    """The signatory's details are erased: there is nothing left to say yes or no to."""


def find(session: Session, token: str) -> Sampled:
    """The question that a link leads to. Raises UnknownLink."""
    found = session.scalar(select(Sampled).where(Sampled.fingerprint == tokens.fingerprint(token)))
    if found is None:
        raise UnknownLink("audit question")
    return found


def answer(session: Session, sampled: Sampled, said: Answer, now: datetime) -> None:
    """Keep the answer; the first one stands. A no has a person look at the signature.

    Raises TooLate and Erased.
    """
    session.refresh(sampled, with_for_update=True)
    if sampled.answer is not None:
        return
    if now > sampled.audit.ends_at:
        raise TooLate("audit")
    if is_erased(sampled):
        raise Erased("audit")
    sampled.answer, sampled.answered_at = said, now
    if said is Answer.YES:
        return
    signature = sampled.signature
    try:
        # Until somebody has decided, who says not to have signed is not counted. Releasing it puts it back.
        holding.hold(session, now, signature, NOTE, None)
    except deciding.StandsOtherwise:
        auditing.record(session, now, None, "audit answered no", deciding.subject(signature))


def can_answer(sampled: Sampled, now: datetime) -> bool:
    """Whether the buttons are there: not yet answered, in time, and with something to answer about."""
    return sampled.answer is None and now <= sampled.audit.ends_at and not is_erased(sampled)


def is_erased(sampled: Sampled) -> bool:
    """Whether the details are gone of which somebody would be asked."""
    return sampled.signature.name is None or sampled.signature.status == Status.EXPIRED
