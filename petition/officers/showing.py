"""What pages and papers show of officers: those who signed the revision at hand, and nobody else.

Who was named and has not signed stands at the chapter's desk alone: on a public page it would read as a signature.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.officers.models import Officer
from petition.web.language import _, day


@dataclass(frozen=True, slots=True)
class SignedBy:
    """One officer's signature under one revision, in plain values."""

    name: str
    title: str
    signed_at: datetime

    @property
    def line(self) -> str:
        """Signed by Kim Sample-Reyes, President, Oct 5, 2019: in the language spoken now."""
        return _("Signed by %(name)s, %(title)s, %(day)s", name=self.name, title=self.title, day=day(self.signed_at))


def signed(session: Session, revision_id: int) -> Sequence[SignedBy]:
    """The officers who signed this revision, in the order in which the chapter names them."""
    found = select(Officer.name, Officer.title, Officer.signed_at).where(
        Officer.revision_id == revision_id, Officer.signed_at.is_not(None), Officer.removed_at.is_(None)
    )
    rows = session.execute(found.order_by(Officer.place)).all()
    return [SignedBy(name, title, at) for name, title, at in rows if at is not None]
