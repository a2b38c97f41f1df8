"""The head of a chapter's paper: a picture that we have drawn anew, kept for what the chapter prints."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from petition.chapters.models import Chapter, Letterhead
from petition.uploads.document import Picture


def of(session: Session, chapter: Chapter) -> Letterhead | None:
    """The letterhead of a chapter, if it has one."""
    return session.get(Letterhead, chapter.id)


def keep(session: Session, chapter: Chapter, picture: Picture, now: datetime) -> Letterhead:
    """Print this picture at the head of the chapter's paper from now on, in place of what was there."""
    kept = of(session, chapter)
    if kept is None:
        kept = Letterhead(chapter_id=chapter.id)
        session.add(kept)
    kept.png, kept.width, kept.height = picture.png, picture.width, picture.height
    kept.sha256, kept.made_at = hashlib.sha256(picture.png).hexdigest(), now
    session.flush()
    return kept


def remove(session: Session, chapter: Chapter) -> bool:
    """Set the chapter's name in type again; False when no picture was there."""
    kept = of(session, chapter)
    if kept is None:
        return False
    session.delete(kept)
    session.flush()
    return True
