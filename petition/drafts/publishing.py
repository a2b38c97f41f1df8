"""Publishing a draft: it becomes a numbered revision that is never changed, and its chapter gets a receipt."""

import json
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition import markdown
from petition.accounts import auditing
from petition.accounts.models import Account
from petition.campaigns.models import Campaign
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.drafts.models import Draft
from petition.errors import Refusal
from petition.mail import outbox
from petition.officers import naming
from petition.officers.naming import Named
from petition.statements import boilerplate, letters, listing, local_parts
from petition.statements.models import NOTICE, TEXT, Revision, Statement, Submission, Template

RECEIPT: Final = "receipt"
OFFICE_RECEIPT: Final = "office receipt"
OFFICERS: Final = "officers of a draft"


class Unfinished(Refusal):
    """The draft lacks something that a published text needs. `lacks` names its fields."""

    def __init__(self, *lacks: str) -> None:
        self.lacks = lacks
        super().__init__(", ".join(lacks))


class Unchanged(Refusal):
    """The draft says, letter for letter, what its statement says already."""


class Over(Refusal):
    """The statement whose next text it is was retracted or superseded meanwhile: nothing follows it."""


def seal_officers(keys: KeyRing, officers: list[Named]) -> bytes | None:
    """Officers as a draft keeps them: encrypted, for their addresses' sake."""
    told = [[each.name, each.title, each.address, each.canonical, each.language] for each in officers]
    return keys.seal(OFFICERS, json.dumps(told)) if told else None


def officers(keys: KeyRing, draft: Draft) -> list[Named]:
    """The officers whom a draft names."""
    return [Named(*each) for each in json.loads(keys.unseal(OFFICERS, draft.officers))] if draft.officers else []


def body_of(draft: Draft) -> str:
    """Its body, with each local part that is filled in its place where it goes by the national text."""
    return draft.body if draft.local is None else local_parts.composed(draft.body, draft.local)


def text_of(draft: Draft) -> str:
    """The canonical text that the draft would be published as: what is hashed, and what its preview shows."""
    parts = (draft.title and f"# {draft.title}", draft.ask, body_of(draft).strip())
    return markdown.canonical("\n\n".join(part for part in parts if part))


def lacks(draft: Draft) -> tuple[str, ...]:
    """What it still lacks, by the names of its fields; empty when it can be published."""
    missing = [name for name in ("title", "body") if not getattr(draft, name).strip()]
    if draft.original_id is not None and draft.accepted_at is None:
        missing.append("accepted")
    if draft.statement_id is not None and not draft.note.strip():
        missing.append("note")  # whoever signed the text before is owed the reason
    return (*missing, *_unfilled(draft))


def _unfilled(draft: Draft) -> tuple[str, ...]:
    left = local_parts.marked(body_of(draft))
    if draft.local is None:
        return ("marks",) if left else ()
    return left


def counted(session: Session, draft: Draft) -> tuple[int, int]:
    """How many words it has, and how many of them are the national text's."""
    same = (Template.language == draft.language,)
    templates = [f"{each.title}\n{each.ask}\n{each.body}" for each in session.scalars(select(Template).where(*same))]
    text = text_of(draft)
    return len(boilerplate.words(text)), boilerplate.taken(text, templates)


def call_number(session: Session, draft: Draft, now: datetime) -> tuple[str, ...]:
    """The call number that it would be published under at this moment."""
    statement = draft.statement or Statement(kind=draft.kind, place=draft.chapter.state, year=now.year)
    last = 0
    if draft.statement_id is not None:
        own = (Revision.statement_id == draft.statement_id, Revision.role == TEXT)
        last = session.scalar(select(func.max(Revision.number)).where(*own, Revision.language == draft.language)) or 0
    return statement.call_number(Revision(number=last + 1))


def publish(session: Session, keys: KeyRing, draft: Draft, who: Account, now: datetime) -> Revision:
    """Make the draft the next revision of its statement, or the first of a new one.

    Raises Unfinished, Unchanged or Over.
    """
    missing = lacks(draft)
    if missing:
        raise Unfinished(*missing)
    advisory_lock(session, "publishing")
    if draft.statement is not None:
        session.refresh(draft.statement, ["ended"])
        if draft.statement.ended:
            raise Over(draft.statement.slug)
    named, submission = officers(keys, draft), _submission(session, draft, who)
    statement = draft.statement or _statement(session, draft, now)
    revision = _next(session, statement, TEXT, draft, text_of(draft), body_of(draft), now)
    if revision is None:
        raise Unchanged(statement.slug)
    statement.takes_signatures = draft.takes_signatures
    _next(session, statement, NOTICE, draft, *_notice(session, statement, draft.language), now)
    submission.revision = revision
    session.add(submission)
    naming.name(session, keys, revision, named, now)
    _owe_receipts(session, draft, who, revision, now)
    listing.tell_organizers(session, letters.TO_LIST, revision.id, now)
    session.delete(draft)
    session.flush()
    auditing.record(
        session, now, who, "revision published", f"statement {statement.slug}",
        chapter=draft.chapter.state, revision=str(revision.number), sha256=revision.sha256,
    )  # fmt: skip
    return revision


def _submission(session: Session, draft: Draft, who: Account) -> Submission:
    words, template_words = counted(session, draft)
    return Submission(
        account_id=who.id,
        note=draft.note.strip(),
        adopted_by=draft.adopted_by,
        adopted_on=draft.adopted_on,
        vote=draft.vote,
        words=words,
        template_words=template_words,
        original_id=draft.original_id,
        facsimile=draft.original_id is not None and draft.facsimile,
    )


def _statement(session: Session, draft: Draft, now: datetime) -> Statement:
    statement = Statement(
        slug=_free_slug(session, draft, now),
        campaign=session.scalars(select(Campaign).order_by(Campaign.id).limit(1)).one(),
        addressee=draft.addressee,
        kind=draft.kind,
        place=draft.chapter.state,
        year=now.year,
        issuer=draft.chapter.name,
        chapter=draft.chapter,
    )
    session.add(statement)
    session.flush()
    return statement


def _free_slug(session: Session, draft: Draft, now: datetime) -> str:
    """ne-letter-2019, then ne-letter-2019-2: it says what it is, and nobody has to think of a name at night."""
    first = f"{draft.chapter.state.lower()}-{draft.kind}-{now.year}"
    taken = set(session.scalars(select(Statement.slug).where(Statement.slug.startswith(first))))
    return first if first not in taken else next(s for n in range(2, 10_000) if (s := f"{first}-{n}") not in taken)


def _notice(session: Session, statement: Statement, language: str) -> tuple[str, str]:
    """The campaign's own notice, with the name of this statement's addressee: its text to hash, and its body."""
    told = (
        select(Revision, Statement)
        .join(Statement, Revision.statement_id == Statement.id)
        .where(
            Statement.campaign_id == statement.campaign.id,
            Statement.chapter_id.is_(None),
            Revision.role == NOTICE,
            Revision.language == language,
        )
        .order_by(Statement.id, Revision.number.desc())
        .limit(1)
    )
    revision, petition = session.execute(told).one()
    body = revision.body.replace(petition.addressee.name, statement.addressee.name)
    return markdown.canonical(body), body


def _next(
    session: Session, statement: Statement, role: str, draft: Draft, text: str, body: str, now: datetime
) -> Revision | None:
    """The next revision of the statement in this role; None when the last one says the same."""
    own = (Revision.statement_id == statement.id, Revision.role == role, Revision.language == draft.language)
    sha256, last = markdown.digest(text), session.scalar(select(func.max(Revision.number)).where(*own)) or 0
    if last and session.scalar(select(Revision.sha256).where(*own, Revision.number == last)) == sha256:
        return None
    revision = Revision(
        statement=statement,
        role=role,
        language=draft.language,
        number=last + 1,
        title=draft.title if role == TEXT else "",
        ask=draft.ask if role == TEXT else "",
        body=markdown.canonical(body),
        text=text,
        sha256=sha256,
        published_at=now,
    )
    session.add(revision)
    session.flush()
    return revision


def _owe_receipts(session: Session, draft: Draft, who: Account, revision: Revision, now: datetime) -> None:
    """To whoever pressed the button; and to the office, so that nobody speaks in its name without its hearing of it."""
    for kind, mailbox, language in (
        (RECEIPT, who.mailbox, who.language),
        (OFFICE_RECEIPT, draft.chapter.office_mailbox, draft.language),
    ):
        outbox.owe(
            session.connection(), kind, now=now, language=language, subject_id=revision.id, mailbox=mailbox, priority=1
        )
