"""Letters to a chapter about its own texts: the receipt, to whoever published and to the office."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.accounts.models import Account
from petition.chapters.models import Chapter
from petition.crypto import KeyRing
from petition.drafts import publishing
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.statements.models import Revision
from petition.web.addresses import outside


@dataclass(frozen=True, slots=True)
class Receipt:
    """Says what was published, when, under which number and SHA-256. It holds no secret."""

    keys: KeyRing
    to_office: bool = False

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The receipt; to the office only at the address it was owed to, should it have moved since."""
        revision = session.get_one(Revision, email.subject_id)
        sealed = self._recipient(session, email, revision)
        if sealed is None:
            return Drop("the mailbox is nobody's any more")
        statement = revision.statement
        numbered = {"slug": statement.slug, "number": revision.number, "lang": revision.language}
        facts = {
            "title": revision.title,
            "issuer": statement.issuer,
            "call_number": " ".join(statement.call_number(revision)),
            "at": revision.published_at,
            "sha256": revision.sha256,
            "link": outside("statements.revision", **numbered),
            "to_office": self.to_office,
            "state": statement.place,
            "chapter": outside("chapters.chapter", chapter=statement.place),
        }
        return Letter("receipt", self.keys.open_address(sealed), facts)

    def _recipient(self, session: Session, email: Email, revision: Revision) -> bytes | None:
        if self.to_office:
            office = (Chapter.id == revision.statement.chapter_id, Chapter.office_mailbox == email.mailbox)
            return session.scalar(select(Chapter.office).where(*office))
        return session.scalar(select(Account.address).where(Account.mailbox == email.mailbox))

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows."""


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    return {publishing.RECEIPT: Receipt(keys), publishing.OFFICE_RECEIPT: Receipt(keys, to_office=True)}
