"""Reading statements: the text in force, the notice above its button, and every earlier version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, load_only

from petition.errors import NotFound
from petition.statements.models import NOTICE, TEXT, Revision, Statement, Submission

FALLBACK = "en"
# Written once: putting these together anew for each page takes longer than the database does.
_OF: Final = Revision.statement_id == bindparam("statement")
_BY_SLUG: Final = select(Statement).where(Statement.slug == bindparam("slug"))
_SLUG: Final = select(Statement.slug).where(Statement.id == bindparam("row"))
_PETITION: Final = select(Statement.slug).where(Statement.kind == "petition").order_by(Statement.id).limit(1)
_REVISIONS: Final = select(Revision).where(_OF).order_by(Revision.number)
_TEXTS: Final = (
    select(Revision).where(_OF, Revision.role == TEXT).order_by(Revision.number.desc(), Revision.language)
)
# What names a text, without the text itself.
_NAMED: Final = (Revision.statement_id, Revision.role, Revision.language, Revision.number, Revision.title)


@dataclass(frozen=True, slots=True)
class Published:
    """A statement with the text and the notice that a reader of one language sees now."""

    statement: Statement
    revision: Revision
    notice: Revision

    @property
    def shown(self) -> str:
        """What the reader's form is bound to: this text and this notice, by their hashes."""
        return f"{self.revision.sha256}.{self.notice.sha256}"

    @property
    def call_number(self) -> tuple[str, ...]:
        """The call number of the revision in force."""
        return self.statement.call_number(self.revision)


def published(session: Session, slug: str, language: str) -> Published:
    """The statement as a reader of this language sees it. Raises NotFound for an unknown slug."""
    statement = session.scalar(_BY_SLUG, {"slug": slug})
    if statement is None:
        raise NotFound(slug)
    # All revisions of a statement are few (one a year is much); one query serves both roles.
    revisions = session.scalars(_REVISIONS, {"statement": statement.id}).all()
    text = _of_role(revisions, TEXT, language)
    notice = _of_role(revisions, NOTICE, text.language) if text else None
    if text is None or notice is None:
        raise NotFound(slug)
    return Published(statement, text, notice)


def _of_role(revisions: Sequence[Revision], role: str, language: str) -> Revision | None:
    """The newest in this language, else in the one that most read, else in the one there is."""
    newest = {each.language: each for each in revisions if each.role == role}
    return newest.get(shown_language(newest.values(), language))


def shown_language(revisions: Iterable[Revision], language: str) -> str:
    """The language in which a reader of this one is shown a text; empty when there is none of it."""
    there = {each.language: None for each in revisions}
    return next((each for each in (language, FALLBACK) if each in there), next(reversed(there), ""))


def slug_of(session: Session, statement_id: int) -> str:
    """The name by which addresses know a statement."""
    return session.connection().execute(_SLUG, {"row": statement_id}).scalar_one()


def petition(session: Session, language: str) -> Published | None:
    """The campaign's petition, which was there first, as a reader of this language sees it; None before any is."""
    slug = session.scalar(_PETITION)
    return published(session, slug, language) if slug is not None else None


def of_chapter(session: Session, chapter_id: int, language: str) -> list[Published]:
    """Every published statement of one chapter, in the order of their making."""
    own = select(Statement.slug).where(Statement.chapter_id == chapter_id).order_by(Statement.id)
    return [published(session, slug, language) for slug in session.scalars(own).all()]


def every(session: Session, language: str) -> list[Published]:
    """Every published statement, in the order of their making, whether or not the campaign lists it."""
    slugs = session.scalars(select(Statement.slug).order_by(Statement.id)).all()
    return [published(session, slug, language) for slug in slugs]


def listed(session: Session, language: str) -> list[Published]:
    """Every statement that the campaign lists, in the order of their making."""
    taken = select(Statement.slug).where(Statement.listed_at.is_not(None)).order_by(Statement.id)
    return [published(session, slug, language) for slug in session.scalars(taken).all()]


def in_force(session: Session, statement_ids: Iterable[int], language: str) -> dict[int, Revision]:
    """The text of each of these statements that a reader of this language sees now, in one query."""
    which = (Revision.statement_id.in_(list(statement_ids)), Revision.role == TEXT)
    found: dict[int, list[Revision]] = {}
    named = select(Revision).options(load_only(*_NAMED), joinedload(Revision.statement))
    for each in session.scalars(named.where(*which).order_by(Revision.number)):
        found.setdefault(each.statement_id, []).append(each)
    shown = {of: _of_role(revisions, TEXT, language) for of, revisions in found.items()}
    return {of: text for of, text in shown.items() if text is not None}


def submission(session: Session, revision_id: int) -> Submission | None:
    """What a chapter handed in with a revision; None for a text that organizers loaded."""
    return session.get(Submission, revision_id)


def texts(session: Session, statement: Statement) -> Sequence[Revision]:
    """Every revision of the text in every language, newest first."""
    return session.scalars(_TEXTS, {"statement": statement.id}).all()


def revision(session: Session, slug: str, number: int, language: str) -> Revision:
    """One numbered revision of the text. Raises NotFound when there is none."""
    found = session.scalar(
        select(Revision)
        .join(Statement)
        .where(Statement.slug == slug, Revision.role == TEXT, Revision.number == number)
        .order_by((Revision.language == language).desc(), (Revision.language == FALLBACK).desc())
        .limit(1)
    )
    if found is None:
        raise NotFound(slug, number)
    return found


def in_force_or(session: Session, slug: str, number: int | None, language: str) -> Revision:
    """The revision of that number, or the text in force when none is named. Raises NotFound."""
    return revision(session, slug, number, language) if number else published(session, slug, language).revision
