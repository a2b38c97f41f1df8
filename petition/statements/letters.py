"""Letters about chapters' texts: to organizers about what is published or ended, to editors about what they decide."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.accounts.models import Account
from petition.chapters.models import Chapter
from petition.crypto import KeyRing
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.statements import ending, listing
from petition.statements.models import TEXT, ChangeRequest, End, Revision, Statement
from petition.web.addresses import outside

#: Tells organizers of a text that a chapter has published.
TO_LIST: Final = "text to list"


@dataclass(frozen=True, slots=True)
class AboutText:
    """What all of these have in common: they go to an account, or to the chapter's office, and hold no secret."""

    keys: KeyRing
    folder: str

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The letter, unless what it tells of is over or its mailbox has nothing to do with it any more."""
        statement, more = self._subject(session, email)
        recipient = self._recipient(session, email, statement)
        if recipient is None:
            return Drop("the mailbox is nobody's any more")
        assert statement.chapter is not None
        title = select(Revision.title).where(Revision.statement_id == statement.id, Revision.role == TEXT)
        facts: dict[str, Any] = {
            "title": session.scalar(title.order_by(Revision.id.desc()).limit(1)),
            "chapter": statement.chapter.name,
            "page": outside("statements.statement", slug=statement.slug),
            "desk": outside("organize.own_statement", chapter=statement.chapter.state, slug=statement.slug),
        }
        return Letter(self.folder, self.keys.open_address(recipient), {**facts, **more})

    def _subject(self, session: Session, email: Email) -> tuple[Statement, dict[str, Any]]:
        return session.get_one(Statement, email.subject_id), {}

    def _recipient(self, session: Session, email: Email, statement: Statement) -> bytes | None:
        account = session.scalar(select(Account).where(Account.mailbox == email.mailbox))
        return account.address if account is not None and account.grants else None

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows."""


class Published(AboutText):
    """To organizers: a chapter has published a text, which they can list."""

    def _subject(self, session: Session, email: Email) -> tuple[Statement, dict[str, Any]]:
        revision = session.get_one(Revision, email.subject_id)
        return revision.statement, {"title": revision.title, "number": revision.number}


class ChangesAsked(AboutText):
    """To editors: what organizers ask to have changed, in their own words."""

    def _subject(self, session: Session, email: Email) -> tuple[Statement, dict[str, Any]]:
        request = session.get_one(ChangeRequest, email.subject_id)
        revision = request.revision
        return revision.statement, {"title": revision.title, "number": revision.number, "note": request.note}


class Ended(AboutText):
    """To organizers, and to the office: a chapter's text was retracted or superseded."""

    def _subject(self, session: Session, email: Email) -> tuple[Statement, dict[str, Any]]:
        statement = session.get_one(Statement, email.subject_id)
        return statement, {"retracted": statement.ended == End.RETRACTED, "because": statement.ended_because}

    def _recipient(self, session: Session, email: Email, statement: Statement) -> bytes | None:
        if email.kind != ending.OFFICE_ENDED:
            return super()._recipient(session, email, statement)
        office = (Chapter.id == statement.chapter_id, Chapter.office_mailbox == email.mailbox)
        return session.scalar(select(Chapter.office).where(*office))


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    return {
        TO_LIST: Published(keys, "text_to_list"),
        listing.LISTED: AboutText(keys, "listed"),
        listing.CHANGES_ASKED: ChangesAsked(keys, "changes_asked"),
        ending.ENDED: Ended(keys, "ended"),
        ending.OFFICE_ENDED: Ended(keys, "ended"),
    }
