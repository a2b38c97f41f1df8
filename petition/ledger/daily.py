"""The day's checkpoints: of every ledger that has grown, once a day after midnight UTC, and told to every chapter.

Whoever keeps one can hold us to it. Fifty-one offices that we do not run keep them, in mailboxes that we do not run.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import Session

from petition.chapters.models import Chapter
from petition.crypto import KeyRing
from petition.ledger import checkpoints, tiles
from petition.ledger.models import Checkpoint, Entry, Head
from petition.mail import outbox
from petition.statements.models import Statement
from petition.web.language import DEFAULT

LETTER: Final = "checkpoints"
#: After everything that somebody waits for.
PRIORITY: Final = 9


def due(session: Session, now: datetime) -> bool:
    """Whether something was entered, or signed for a packet, before midnight that no chapter has been told of."""
    midnight = _midnight(now)
    grown = _grown().join(
        Entry, (Entry.statement_id == Head.statement_id) & (Entry.seq == func.coalesce(_SIGNED.c.size, 0) + 1)
    )
    untold = select(Checkpoint.id).where(Checkpoint.told_at.is_(None), Checkpoint.made_at < midnight)
    return bool(session.scalar(select(exists(grown.where(Entry.entered_at < midnight)) | exists(untold))))


def take_all(session: Session, keys: KeyRing, base_url: str, now: datetime) -> int:
    """Sign every ledger that has grown, and owe each chapter's office one e-mail with all it was not told yet.

    Returns how many checkpoints that e-mail has; none is owed without any.
    """
    for statement_id, size in session.execute(_grown()).all():
        root = tiles.root(session, statement_id, size)
        statement = session.get_one(Statement, statement_id)
        checkpoints.take(session, keys, base_url, statement, size=size, root=root, now=now)
    told = session.scalars(
        update(Checkpoint).where(Checkpoint.told_at.is_(None)).values(told_at=now).returning(Checkpoint.id)
    ).all()
    if told:
        for chapter_id, mailbox in session.execute(select(Chapter.id, Chapter.office_mailbox)).all():
            outbox.owe(
                session.connection(), LETTER, now=now, language=DEFAULT, subject_id=chapter_id, mailbox=mailbox,
                priority=PRIORITY,
            )  # fmt: skip
    return len(told)


def next_at(now: datetime) -> datetime:
    """The midnight after which what is entered now will be signed."""
    return _midnight(now) + timedelta(days=1)


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date(), time(), UTC)


_SIGNED: Final = (
    select(Checkpoint.statement_id, func.max(Checkpoint.size).label("size"))
    .group_by(Checkpoint.statement_id)
    .subquery()
)


def _grown() -> Select[int, int]:
    """The ledgers that are longer than any checkpoint of them says, with their sizes."""
    return (
        select(Head.statement_id, Head.size)
        .outerjoin(_SIGNED, _SIGNED.c.statement_id == Head.statement_id)
        .where(Head.size > func.coalesce(_SIGNED.c.size, 0))
        .order_by(Head.statement_id)
    )
