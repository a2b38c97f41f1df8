"""Listing: organizers take a chapter's text into the campaign, or ask for changes first.

A chapter publishes by itself, and nobody declines a board's text: what is not listed is still on the chapter's page.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from petition.accounts import admitting, auditing
from petition.accounts.models import Account, Role
from petition.db import advisory_lock
from petition.mail import outbox
from petition.statements.models import TEXT, ChangeRequest, Revision, Statement

LISTED: Final = "listed"
CHANGES_ASKED: Final = "changes asked"
LONGEST_NOTE: Final = 4_000  # characters


def enlist(session: Session, statement: Statement, who: Account, now: datetime) -> bool:
    """Take it into the campaign's list and packets, and tell its editors. False when it is there already."""
    free = (Statement.id == statement.id, Statement.listed_at.is_(None))
    if session.scalar(update(Statement).where(*free).values(listed_at=now).returning(Statement.id)) is None:
        return False
    tell_editors(session, statement, LISTED, statement.id, now)
    auditing.record(session, now, who, "statement listed", f"statement {statement.slug}")
    return True


def take_off(session: Session, statement: Statement, who: Account, now: datetime) -> bool:
    """Take it out of the list again; its chapter's page keeps it. False when it is not there."""
    there = (Statement.id == statement.id, Statement.listed_at.is_not(None))
    if session.scalar(update(Statement).where(*there).values(listed_at=None).returning(Statement.id)) is None:
        return False
    auditing.record(session, now, who, "statement taken off the list", f"statement {statement.slug}")
    return True


def let_sign(session: Session, statement: Statement, who: Account, now: datetime, *, may: bool) -> None:
    """Open the text to patrons' and institutions' signatures, or close it; what was signed stays."""
    if statement.takes_signatures is may:
        return
    statement.takes_signatures = may
    session.flush()
    act = "opened for signatures" if may else "closed for signatures"
    auditing.record(session, now, who, act, f"statement {statement.slug}")


def ask_for_changes(session: Session, revision: Revision, who: Account, note: str, now: datetime) -> ChangeRequest:
    """Ask its chapter to change this revision before it is listed, and send the editors the note: the same one once."""
    advisory_lock(session, f"changes {revision.id}")
    same = (ChangeRequest.revision_id == revision.id, ChangeRequest.account_id == who.id, ChangeRequest.note == note)
    before = session.scalar(select(ChangeRequest).where(*same).limit(1))
    if before is not None:
        return before
    asked = ChangeRequest(revision_id=revision.id, account_id=who.id, note=note, made_at=now)
    session.add(asked)
    session.flush()
    tell_editors(session, revision.statement, CHANGES_ASKED, asked.id, now)
    auditing.record(
        session, now, who, "changes asked", f"statement {revision.statement.slug}", revision=str(revision.number)
    )
    return asked


def tell_editors(session: Session, statement: Statement, kind: str, subject_id: int, now: datetime) -> None:
    """Owe each editor of the statement's chapter an e-mail of this kind."""
    if statement.chapter is not None:
        _tell(session, admitting.editors(session, statement.chapter.state), kind, subject_id, now)


def tell_organizers(session: Session, kind: str, subject_id: int, now: datetime) -> None:
    """Owe each organizer an e-mail of this kind."""
    everybody = admitting.everybody(session)
    _tell(session, [account for account in everybody if Role.ORGANIZER in account.roles], kind, subject_id, now)


def _tell(session: Session, accounts: list[Account], kind: str, subject_id: int, now: datetime) -> None:
    for account in accounts:
        outbox.owe(
            session.connection(), kind, now=now, language=account.language,
            subject_id=subject_id, mailbox=account.mailbox,
        )  # fmt: skip


def asked(session: Session, statement: Statement) -> list[ChangeRequest]:
    """Every change that was asked for in its texts, the newest first."""
    own = Revision.statement_id == statement.id
    found = select(ChangeRequest).join(Revision).where(own).order_by(ChangeRequest.id.desc())
    return list(session.scalars(found))


def waiting(session: Session) -> list[Statement]:
    """What chapters have published and organizers have not listed, the oldest first; what is over is not among it."""
    found = select(Statement).where(
        Statement.chapter_id.is_not(None), Statement.listed_at.is_(None), Statement.ended.is_(None)
    )
    return list(session.scalars(found.order_by(Statement.id)))


def is_answered(session: Session, request: ChangeRequest) -> bool:
    """Whether the chapter has published a later revision of that text since."""
    of = request.revision
    later = exists().where(
        Revision.statement_id == of.statement_id, Revision.role == TEXT, Revision.language == of.language,
        Revision.number > of.number,
    )  # fmt: skip
    return bool(session.scalar(select(later)))
