"""Letters: the one that asks an officer to sign, and those that tell a chapter's editors what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition import tokens
from petition.accounts import admitting
from petition.crypto import KeyRing
from petition.mail import mailboxes
from petition.mail.letters import Correspondent, Drop, Letter, Wait
from petition.mail.outbox import Email
from petition.officers import naming, standing
from petition.officers.forgetting import KEPT
from petition.officers.models import Officer
from petition.officers.standing import Stand
from petition.officers.telling import Answer
from petition.web.addresses import outside
from petition.web.language import _

#: News of one officer to one editor in a day: whoever signs and takes back all day long fills no mailbox.
NEWS_A_DAY: Final = 3


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks an officer to sign the very text that they are named under."""

    keys: KeyRing

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The e-mail with the link, within the mailbox's caps, unless there is nothing left to ask."""
        officer = session.get(Officer, email.subject_id)
        if officer is None or officer.address is None or officer.mailbox is None or officer.mailbox != email.mailbox:
            return Drop("the name was taken off, or the address is another one by now")
        if officer.removed_at is not None or standing.stand(officer) not in (Stand.WAITING, Stand.ASKED):
            return Drop("the officer has answered")
        if officer.revision.statement.ended is not None or not standing.in_force(session, officer.revision):
            return Drop("the text is not in force any more")
        if mailboxes.paused_until(session, officer.mailbox, now) or _disowned(session, officer, now):
            return Drop("the mailbox asked us to write no more")
        earliest = mailboxes.may_write_at(session, email, now)
        if earliest > now:
            return Wait(earliest)
        token = tokens.link(self.keys, naming.LETTER, officer.nonce)
        told = {**facts(officer), "sign": outside("officers.officer", token=token), "until": standing.link_ends(now)}
        return Letter("officer", self.keys.open_address(officer.address), told)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """The sixty days of the link begin, unless the officer was quicker."""
        officer = session.get_one(Officer, email.subject_id)
        if officer.mailbox == email.mailbox and standing.stand(officer) in (Stand.WAITING, Stand.ASKED):
            officer.asked_at = now


def _disowned(session: Session, officer: Officer, now: datetime) -> bool:
    """Whether somebody at this mailbox has said of late that they are not who was meant."""
    said = (Officer.mailbox == officer.mailbox, Officer.address.is_(None), Officer.declined_at > now - KEPT)
    return session.scalar(select(Officer.id).where(*said).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells an editor what an officer has answered, or that all have signed."""

    keys: KeyRing
    answer: Answer

    def compose(self, session: Session, email: Email, now: datetime) -> Letter | Wait | Drop:
        """The news, while it is true and its reader edits for the chapter."""
        officer = session.get_one(Officer, email.subject_id)
        chapter = officer.revision.statement.chapter
        editors = admitting.editors(session, chapter.state) if chapter is not None else []
        editor = next((account for account in editors if account.mailbox == email.mailbox), None)
        if chapter is None or editor is None:
            return Drop("they do not edit for the chapter any more")
        if officer.removed_at is not None or not self._true(session, officer):
            return Drop("it has changed again since")
        if self._told(session, email, now) >= NEWS_A_DAY:
            return Drop("they have heard enough of this officer for one day")
        page = outside("organize.officers", chapter=chapter.state, slug=officer.revision.statement.slug)
        desk = outside("accounts.sign_in", next=urlsplit(page).path)  # by way of the door
        line, said = words(self.answer, officer.revision.title, officer.name, officer.title)
        told = {**facts(officer), "line": line, "said": said, "desk": desk}
        return Letter("officer_answer", self.keys.open_address(editor.address), told)

    def accepted(self, session: Session, email: Email, now: datetime) -> None:
        """Nothing follows."""

    def _true(self, session: Session, officer: Officer) -> bool:
        if self.answer is Answer.ALL_SIGNED:
            return standing.all_signed(session, officer.revision_id)
        expected = Stand.DISOWNED if self.answer is Answer.DISOWNED else Stand.DECLINED
        return standing.stand(officer) is expected

    def _told(self, session: Session, email: Email, now: datetime) -> int:
        told = (
            Email.kind.in_(list(Answer)),
            Email.subject_id == email.subject_id,
            Email.mailbox == email.mailbox,
            Email.composed_at > now - timedelta(days=1),
            Email.id != email.id,
        )
        return session.scalar(select(func.count()).where(*told)) or 0


def words(answer: Answer, title: str, name: str, office: str) -> tuple[str, str]:
    """What editors are told of an answer: the subject, and what it says."""
    who = {"name": name, "office": office}
    return {
        Answer.ALL_SIGNED: (
            _("All officers have signed: %(title)s", title=title),
            _("Every officer whom we asked has signed. Their names, offices and days stand with the text."),
        ),
        Answer.DECLINED: (
            _("An officer does not sign: %(title)s", title=title),
            _("%(name)s, %(office)s, has answered: I do not sign. The text stays published as it is.", **who),
        ),
        Answer.TAKEN_BACK: (
            _("An officer has taken the signature back: %(title)s", title=title),
            _("%(name)s, %(office)s, had signed and has taken it back. The name is off the page.", **who),
        ),
        Answer.DISOWNED: (
            _("The address of an officer is wrong: %(title)s", title=title),
            _(
                "Whoever reads the address that you gave for %(name)s, %(office)s, is somebody else. We have "
                "erased it. Put in the right one at your desk.",
                **who,
            ),
        ),
    }[answer]


def facts(officer: Officer) -> dict[str, Any]:
    """What every letter about an officer may say."""
    revision, statement = officer.revision, officer.revision.statement
    return {
        "name": officer.name,
        "office": officer.title,
        "issuer": statement.issuer,
        "addressee": statement.addressee.name,
        "title": revision.title,
        "call_number": " ".join(statement.call_number(revision)),
        "sha256": revision.sha256,
        "sample_note": statement.sample_note,
        "text": outside("statements.revision", slug=statement.slug, number=revision.number, lang=revision.language),
    }


def correspondents(keys: KeyRing) -> dict[str, Correspondent]:
    """Who composes which kind of e-mail."""
    news: dict[str, Correspondent] = {answer: Telling(keys, answer) for answer in Answer}
    return {naming.LETTER: Asking(keys), **news}
