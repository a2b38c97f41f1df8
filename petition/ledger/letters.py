"""The letter that takes the day's checkpoints to a chapter's office."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.chapters.models import Chapter
from petition.crypto import KeyRing
from petition.ledger import daily
from petition.ledger.models import Checkpoint
from petition.mail import mailboxes
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.statements import reading
from petition.statements.models import Statement
from petition.web.addresses import outside


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Gives an office what to keep, so that others than we hold what we have said. It asks for nothing."""

    keys: KeyRing

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """All that was told in one round, to the letter; not to an office that has moved since."""
        chapter = session.get(Chapter, email.subject_id)
        if chapter is None or chapter.office_mailbox != email.mailbox:
            return Drop("the office has moved")
        if mailboxes.paused_until(session, chapter.office_mailbox, now):
            return Drop("the mailbox asked us to write no more")
        round_of = (
            select(Checkpoint, Statement.slug)
            .join(Statement, Statement.id == Checkpoint.statement_id)
            .where(Checkpoint.told_at == email.made_at)
            .order_by(Checkpoint.id)
        )
        ledgers = [
            {
                "title": reading.published(session, slug, email.language).revision.title,
                "size": checkpoint.size,
                "note": checkpoint.note,
            }
            for checkpoint, slug in session.execute(round_of)
        ]
        facts = {"ledgers": ledgers, "ledger": outside("ledger.index"), "chapter": chapter.name}
        return Letter("checkpoints", self.keys.open_address(chapter.office), facts)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows."""


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    return {daily.LETTER: Checkpoints(keys)}
