"""Reading statements: the text in force, the notice above its button, and every earlier version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from petition.errors import NotFound
from petition.statements.models import NOTICE, TEXT, Revision, Statement

FALLBACK = "en"
# Written once: putting these together anew for each page takes longer than the database does.
_OF: Final = Revision.statement_id == bindparam("statement")
_BY_SLUG: Final = select(Statement).where(Statement.slug == bindparam("slug"))
_SLUG: Final = select(Statement.slug).where(Statement.id == bindparam("row"))
_PETITION: Final = select(Statement.slug).where(Statement.kind == "petition").order_by(Statement.id).limit(1)
_REVISIONS: Final = (
    select(Revision)
    .where(_OF, Revision.language.in_(bindparam("languages", expanding=True)))
    .order_by(Revision.number)
)
_TEXTS: Final = (
    select(Revision).where(_OF, Revision.role == TEXT).order_by(Revision.number.desc(), Revision.language)
)


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
    revisions = session.scalars(_REVISIONS, {"statement": statement.id, "languages": [language, FALLBACK]}).all()
    newest = {(revision.role, revision.language): revision for revision in revisions}
    try:
        text = newest.get((TEXT, language)) or newest[TEXT, FALLBACK]
        notice = newest.get((NOTICE, text.language)) or newest[NOTICE, FALLBACK]
    except KeyError:
        raise NotFound(slug) from None
    return Published(statement, text, notice)


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


def listed(session: Session, language: str) -> list[Published]:
    """Every published statement, in the order of their making."""
    slugs = session.scalars(select(Statement.slug).order_by(Statement.id)).all()
    return [published(session, slug, language) for slug in slugs]


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
