"""Telling a chapter's editors what its officers have answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from petition.accounts import admitting
from petition.mail import outbox
from petition.officers.models import Officer


class Answer(StrEnum):
    """What has happened. Each is a kind of e-mail."""

    ALL_SIGNED = "officers signed"
    DECLINED = "officer declined"
    TAKEN_BACK = "officer took it back"
    DISOWNED = "officer disowned"


def tell(session: Session, officer: Officer, answer: Answer, now: datetime) -> None:
    """Owe every editor of the officer's chapter the e-mail that says so."""
    chapter = officer.revision.statement.chapter
    for editor in admitting.editors(session, chapter.state) if chapter is not None else ():
        outbox.owe(
            session.connection(), answer, now=now, language=editor.language,
            subject_id=officer.id, mailbox=editor.mailbox,
        )  # fmt: skip
