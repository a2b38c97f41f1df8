"""Reading chapters: one by its state, and all in the order of their states."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.chapters.models import Chapter
from petition.errors import NotFound


def chapter(session: Session, state: str) -> Chapter:
    """The chapter of a state, by its two letters. Raises NotFound."""
    found = session.scalar(select(Chapter).where(Chapter.state == state))
    if found is None:
        raise NotFound(state)
    return found


def listed(session: Session) -> Sequence[Chapter]:
    """Every chapter, by the letters of its state."""
    return session.scalars(select(Chapter).order_by(Chapter.state)).all()
