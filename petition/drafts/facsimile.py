"""The facsimile: images of an original's pages, for those who compare and, where a chapter so chose, for all."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.drafts.models import Original, PageImage
from petition.statements.models import Submission
from petition.uploads import kinds


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, and its size in pixels."""

    number: int
    width: int
    height: int


def pages(session: Session, original_id: int | None) -> list[Page]:
    """The pages of an original of which there are images, in order."""
    if original_id is None:
        return []
    columns = select(PageImage.number, PageImage.width, PageImage.height)
    rows = session.execute(columns.where(PageImage.original_id == original_id).order_by(PageImage.number))
    return [Page(*row) for row in rows]


def may_be_shown(session: Session, original: Original | None) -> bool:
    """Whether everybody may see the pages of an original: those of a PDF or photographs are what the chapter handed in.

    What another program drew of a word processor's file is that program's page, and is for the desk alone.
    """
    return original is not None and original.kind not in kinds.DRAWN and bool(pages(session, original.id))


def image(session: Session, original_id: int | None, number: int) -> bytes | None:
    """The PNG of one page."""
    return session.scalar(select(PageImage.png).where(PageImage.original_id == original_id, PageImage.number == number))


def published(session: Session, revision_id: int) -> int | None:
    """The original whose pages everybody may see with this revision; None where the chapter did not choose so."""
    chosen = select(Submission.original_id).where(Submission.revision_id == revision_id, Submission.facsimile)
    return session.scalar(chosen)


def of_revision(session: Session, revision_id: int) -> list[Page]:
    """The pages that are shown with a published revision."""
    return pages(session, published(session, revision_id))


def images_of_revision(session: Session, revision_id: int) -> Sequence[bytes]:
    """The PNGs of these pages, in order, for an annex."""
    shown = select(PageImage.png).where(PageImage.original_id == published(session, revision_id))
    return session.scalars(shown.order_by(PageImage.number)).all()
