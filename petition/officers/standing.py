"""Where an officer stands: named, asked, signed, declined; and for how long their link lets them sign."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.officers.models import Officer
from petition.statements.models import TEXT, Revision
from petition.web.language import day_begins, day_ends

#: A board meets once a month or every other; whoever has not signed by then is asked again or not at all.
LIFE: Final = timedelta(days=60)


class Stand(StrEnum):
    """Where a named officer stands, read off the row."""

    NAMED = "named"  # without an address: named and not asked
    WAITING = "waiting"  # the e-mail that asks has not left yet
    ASKED = "asked"
    UNANSWERED = "unanswered"  # asked for 60 days in vain; the address is erased
    SIGNED = "signed"
    DECLINED = "declined"  # by "I do not sign", or by taking a signature back
    DISOWNED = "disowned"  # whoever reads the address is somebody else


class Shut(StrEnum):
    """Why a link does not let its officer sign any more."""

    LATE = "late"
    REPLACED = "replaced"  # the chapter says something newer by now
    ENDED = "ended"  # superseded or retracted as a whole


def stand(officer: Officer) -> Stand:
    """Where the officer stands."""
    if officer.signed_at is not None:
        return Stand.SIGNED
    if officer.declined_at is not None:
        # Whoever was asked was not the officer, so the officer has not been asked.
        return Stand.DECLINED if officer.asked_at is not None else Stand.DISOWNED
    if officer.address is None:
        return Stand.NAMED if officer.asked_at is None else Stand.UNANSWERED
    return Stand.WAITING if officer.asked_at is None else Stand.ASKED


def open_until(officer: Officer) -> datetime:
    """Until when the newest link lets its officer sign."""
    return link_ends(officer.asked_at or officer.made_at)


def link_ends(asked: datetime) -> datetime:
    """The end of the last day of a link that is given at this moment: a day is what its officer reads."""
    return day_ends(asked + LIFE)


def lapsed(now: datetime) -> datetime:
    """Every link that was given before this moment has ended."""
    return day_begins(now) - LIFE


def shut(session: Session, officer: Officer, now: datetime) -> Shut | None:
    """Why the officer cannot sign any more; None while they can."""
    if officer.revision.statement.ended is not None:
        return Shut.ENDED
    if not in_force(session, officer.revision):
        return Shut.REPLACED
    return Shut.LATE if open_until(officer) <= now else None


def in_force(session: Session, revision: Revision) -> bool:
    """Whether the revision is the newest of its statement in its language."""
    same = (Revision.statement_id == revision.statement_id, Revision.language == revision.language)
    newer = select(Revision.id).where(*same, Revision.role == TEXT, Revision.number > revision.number)
    return session.scalar(newer.limit(1)) is None


def named(session: Session, revision_id: int) -> list[Officer]:
    """The officers whom the chapter names under a revision, in its order."""
    under = (Officer.revision_id == revision_id, Officer.removed_at.is_(None))
    return list(session.scalars(select(Officer).where(*under).order_by(Officer.place)))


def all_signed(session: Session, revision_id: int) -> bool:
    """Whether everybody who was to be asked has signed. Who is named without an address was not."""
    stands = [stand(officer) for officer in named(session, revision_id)]
    return Stand.SIGNED in stands and set(stands) <= {Stand.SIGNED, Stand.NAMED}
