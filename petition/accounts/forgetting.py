"""Forgetting what signing in leaves behind: wishes, offers, sessions and challenges that are over."""

from datetime import datetime

from sqlalchemy.orm import Session

from petition.accounts import asking, offering, passkeys, sessions


def clear_old(session: Session, now: datetime) -> None:
    """Delete what opens nothing any more."""
    asking.clear_old(session, now)
    offering.clear_old(session, now)
    sessions.clear_old(session, now)
    passkeys.clear_old(session, now)
