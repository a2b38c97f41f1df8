"""An organizer decides about an institution: it is who it says, or it is not. Each decision is recorded."""

from datetime import datetime

from sqlalchemy.orm import Session

from petition.accounts import auditing
from petition.accounts.models import Account
from petition.errors import Refusal
from petition.institutions import answering
from petition.institutions.answering import NOTE, News
from petition.institutions.models import Institution, Stand


class StandsOtherwise(Refusal):
    """The institution does not stand where this decision begins: it, or another organizer, was quicker."""


def confirm(session: Session, institution: Institution, who: Account, note: str, now: datetime) -> None:
    """It is who it says: it is counted and shown. The note stays inside. Raises StandsOtherwise, UnknownLink."""
    _settle(session, institution, (Stand.ANSWERED, Stand.REFUSED), Stand.CONFIRMED, who, note, now)
    institution.basis = NOTE
    session.flush()
    answering.tell(session, institution, News.CONFIRMED, now)
    _record(session, institution, "institution confirmed", who, now)


def refuse(session: Session, institution: Institution, who: Account, reason: str, now: datetime) -> None:
    """It is not, for a reason that it is told. Raises StandsOtherwise, UnknownLink."""
    _settle(session, institution, (Stand.ANSWERED, Stand.CONFIRMED), Stand.REFUSED, who, reason, now)
    institution.basis = None
    session.flush()
    answering.tell(session, institution, News.REFUSED, now)
    _record(session, institution, "institution refused", who, now)


def _settle(
    session: Session, institution: Institution, before: tuple[Stand, ...], stand: Stand, who: Account, note: str,
    now: datetime,
) -> None:  # fmt: skip
    answering.alone(session, institution)
    if institution.stand not in before or institution.officer is None:
        raise StandsOtherwise(institution.stand)
    institution.stand, institution.settled_at = stand, now
    institution.note, institution.account_id = note.strip(), who.id


def _record(session: Session, institution: Institution, act: str, who: Account, now: datetime) -> None:
    slug = institution.statement.slug
    auditing.record(session, now, who, act, f"institution {institution.id}", statement=slug)
