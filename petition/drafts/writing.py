"""Writing a draft: begin it, save what was typed, discard it. Of two editors neither overwrites the other unseen."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import markdown
from petition.accounts import auditing
from petition.accounts.models import Account
from petition.campaigns.models import Campaign
from petition.chapters.models import Chapter
from petition.content import settle
from petition.crypto import KeyRing
from petition.db import advisory_lock
from petition.drafts import publishing, template, uploading
from petition.drafts.models import Draft
from petition.errors import NotFound, Refusal
from petition.officers.models import Officer
from petition.officers.naming import Named
from petition.publishers.models import Publisher
from petition.statements import local_parts, reading
from petition.statements.models import Revision, Statement
from petition.web.address_field import canonical, well_formed


class NoTemplate(Refusal):
    """There is no national text of this kind in this language."""


class Overtaken(Refusal):
    """Somebody else has saved the draft since it was shown. It stands as they left it."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an editor typed into a draft, judged already. `addressee` is a publisher; `local` None in a free text."""

    kind: str
    language: str
    addressee: Publisher
    title: str
    ask: str
    body: str
    local: dict[str, str] | None
    note: str
    adopted_by: str
    adopted_on: date | None
    vote: str
    takes_signatures: bool


def find(session: Session, chapter: str, number: int, *, to_change: bool = False) -> Draft:
    """The chapter's draft of this number; nobody else saves it meanwhile if it is to change. Raises NotFound."""
    own = select(Draft).join(Chapter, Draft.chapter_id == Chapter.id)
    own = own.where(Draft.id == number, Chapter.state == chapter)
    found = session.scalar(own.with_for_update(of=Draft) if to_change else own)
    if found is None:
        raise NotFound("draft", number)
    return found


def unpublished(session: Session, chapter: Chapter) -> Sequence[Draft]:
    """Every draft of the chapter, the one changed last first."""
    own = select(Draft).where(Draft.chapter_id == chapter.id)
    return session.scalars(own.order_by(Draft.changed_at.desc(), Draft.id.desc())).all()


def begin(
    session: Session, chapter: Chapter, who: Account, *, kind: str, language: str, national: bool, now: datetime
) -> Draft:
    """A new text of the chapter's, blank or from the national text. Raises NoTemplate."""
    found = template.find(session, kind, language) if national else None
    if national and found is None:
        raise NoTemplate(kind, language)
    draft = Draft(
        chapter=chapter,
        account_id=who.id,
        addressee=_first_target(session),
        kind=kind,
        language=language,
        title=found.title if found else "",
        ask=found.ask if found else "",
        body=found.body if found else "",
        local={} if found else None,
        made_at=now,
        changed_at=now,
    )
    return _begun(session, draft, who, now)


def begin_next(
    session: Session, keys: KeyRing, chapter: Chapter, who: Account, slug: str, *, language: str, now: datetime
) -> Draft:
    """The chapter's draft of its statement's next revision, begun from the newest one unless there is one already."""
    own = (Statement.slug == slug, Statement.chapter_id == chapter.id, Statement.ended.is_(None))
    statement = session.scalar(select(Statement).where(*own))
    if statement is None:
        raise NotFound("statement", slug)
    advisory_lock(session, f"draft of statement {statement.id}")
    there = session.scalar(select(Draft).where(Draft.statement_id == statement.id))
    if there is not None:
        return there
    newest = reading.published(session, slug, language).revision
    handed_in = reading.submission(session, newest.id)
    draft = Draft(
        chapter=chapter,
        statement=statement,
        account_id=who.id,
        addressee=statement.addressee,
        kind=statement.kind,
        language=newest.language,
        title=newest.title,
        ask=newest.ask,
        body=newest.body,
        adopted_by=handed_in.adopted_by if handed_in else "",
        adopted_on=handed_in.adopted_on if handed_in else None,
        vote=handed_in.vote if handed_in else "",
        officers=publishing.seal_officers(keys, _officers_of(session, keys, newest)),
        takes_signatures=statement.takes_signatures,
        made_at=now,
        changed_at=now,
    )
    return _begun(session, draft, who, now)


def _begun(session: Session, draft: Draft, who: Account, now: datetime) -> Draft:
    session.add(draft)
    session.flush()
    auditing.record(
        session, now, who, "draft begun", f"draft {draft.id}",
        chapter=draft.chapter.state, **({"statement": draft.statement.slug} if draft.statement else {}),
    )  # fmt: skip
    return draft


def _first_target(session: Session) -> Publisher:
    """Whom the campaign addresses first."""
    campaign = session.scalars(select(Campaign).order_by(Campaign.id).limit(1)).one()
    return campaign.targets[0]


def _officers_of(session: Session, keys: KeyRing, revision: Revision) -> list[Named]:
    """Those who stand under a revision: the next text has to be signed by each of them anew."""
    still = (Officer.revision_id == revision.id, Officer.removed_at.is_(None), Officer.declined_at.is_(None))
    named = []
    for each in session.scalars(select(Officer).where(*still).order_by(Officer.place)):
        address = keys.open_address(each.address) if each.address is not None else ""
        known = canonical(well_formed(address)) if address else ""
        named.append(Named(each.name, each.title, address, known, each.language))
    return named


def save(
    session: Session, keys: KeyRing, draft: Draft, who: Account, version: int, written: Written,
    officers: list[Named], now: datetime,
) -> bool:  # fmt: skip
    """Keep what was typed; False when it says nothing new. Raises Overtaken unless `version` is the draft's.

    What its statement or its template has decided stays: kind and addressee of the one, kind and language of the other.
    """
    if draft.version != version:
        raise Overtaken(draft.id)
    values = {each.name: getattr(written, each.name) for each in fields(written)}
    values["body"] = _body(draft, written)
    for name in fixed(draft):
        values[name] = getattr(draft, name)
    changed = bool(settle(draft, values))
    if publishing.officers(keys, draft) != officers:
        draft.officers, changed = publishing.seal_officers(keys, officers), True
    if changed:
        draft.version, draft.account_id, draft.changed_at = version + 1, who.id, now
        session.flush()
    return changed


def fixed(draft: Draft) -> tuple[str, ...]:
    """The fields of a draft that cannot be chosen any more."""
    if draft.statement_id is not None:
        return ("kind", "addressee")
    return ("kind", "language") if draft.local is not None else ()


def _body(draft: Draft, written: Written) -> str:
    """While a draft goes by the national text, that text stays; freed, it is what was composed of it."""
    if draft.local is None or written.local is None:
        return markdown.canonical(written.body) if written.body.strip() else ""
    return draft.body


def freed(draft: Draft, local: dict[str, str]) -> str:
    """The text to go on with freely: the national one with these parts in it, and a mark where one is missing."""
    return local_parts.composed(draft.body, local)


def discard(session: Session, draft: Draft, who: Account, version: int, now: datetime) -> None:
    """Let go of a draft. Raises Overtaken when somebody has saved it since it was shown."""
    if draft.version != version:
        raise Overtaken(draft.id)
    number, chapter = draft.id, draft.chapter.state
    uploading.forget(session, draft)
    session.delete(draft)
    session.flush()
    auditing.record(session, now, who, "draft discarded", f"draft {number}", chapter=chapter)
