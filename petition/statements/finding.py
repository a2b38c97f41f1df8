"""Finding statements in the campaign's list: by words, call number, kind, state and addressee.

The list has some hundreds of texts at most, so it is read whole and judged here: both databases then find the same,
with accents and without, and nothing that is typed is a pattern to any of them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from petition.statements import boilerplate
from petition.statements.models import KINDS, TEXT, Revision, Statement, Submission
from petition.statements.reading import shown_language
from petition.text.places import STATES
from petition.text.searching import words
from petition.web.language import ZONE

#: What a place is called in the call number of a text that belongs to no state.
NATIONAL: Final = "US"
LONGEST: Final = 200  # characters of what is typed
_KIND: Final = {code: kind for kind, code in KINDS.items()}
_CALL: Final = re.compile(
    rf"({'|'.join(_KIND)})(?:[\s/]+([A-Z]{{2}}))?(?:[\s/]+(\d{{4}}))?(?:[\s/]+R\.?\s?(\d{{1,4}}))?"
)
_MOST_KEPT: Final = 2000
_folded: dict[str, str] = {}  # the words of a text, by its SHA-256


@dataclass(frozen=True, slots=True)
class Listed:
    """A statement of the list, with the text in force that a reader of one language sees."""

    statement: Statement
    revision: Revision  # without its text, which no list shows
    submission: Submission | None
    first_published_at: datetime
    newest: tuple[Revision, ...]  # in each language

    @property
    def day(self) -> date:
        """When it was adopted, or first published where no adoption is told."""
        adopted = self.submission.adopted_on if self.submission else None
        return adopted or self.first_published_at.astimezone(ZONE).date()

    @property
    def of_template(self) -> bool:
        """Whether it is the national text with local parts."""
        return self.submission is not None and boilerplate.mostly(self.submission)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; all of it has to hold, and what is empty is not asked."""

    typed: str = ""
    kind: str = ""
    state: str = ""
    publisher: str = ""


def listed(session: Session, language: str) -> list[Listed]:
    """Every statement that the campaign lists, the newest adoption first."""
    of_list = Statement.listed_at.is_not(None)
    statements = session.scalars(select(Statement).where(of_list)).all()
    shown = load_only(
        Revision.statement_id, Revision.language, Revision.number, Revision.title, Revision.sha256,
        Revision.published_at,
    )  # fmt: skip
    of_text = select(Revision).options(shown).join(Statement).where(of_list, Revision.role == TEXT)
    revisions: dict[int, list[Revision]] = {}
    for revision in session.scalars(of_text.order_by(Revision.number, Revision.id)):
        revisions.setdefault(revision.statement_id, []).append(revision)
    handed_in = select(Submission).join(Revision).join(Statement).where(of_list)
    submissions = {each.revision_id: each for each in session.scalars(handed_in)}
    found = [_listed(each, revisions[each.id], submissions, language) for each in statements if each.id in revisions]
    return sorted(found, key=lambda each: (each.day, each.statement.id), reverse=True)


def _listed(
    statement: Statement, revisions: Sequence[Revision], submissions: dict[int, Submission], language: str
) -> Listed:
    newest = {each.language: each for each in revisions}
    shown = newest[shown_language(revisions, language)]
    first = min(each.published_at for each in revisions)
    return Listed(statement, shown, submissions.get(shown.id), first, tuple(newest.values()))


def fitting(session: Session, among: Iterable[Listed], sought: Sought) -> list[Listed]:
    """Those of the list that are sought, in the order in which they come."""
    asked = {"kind": sought.kind, "place": sought.state}
    fit = [
        each
        for each in among
        if all(not value or getattr(each.statement, name) == value for name, value in asked.items())
        and sought.publisher in ("", each.statement.addressee.slug)
    ]
    typed = sought.typed.strip()[:LONGEST]
    if not typed:
        return fit
    # "Let me" may be Maine's letters or two words of a text: a call number that nothing bears is read as words.
    return [each for each in fit if _bears(each, typed)] or _saying(session, fit, words(typed))


def _bears(each: Listed, typed: str) -> bool:
    """Whether what is typed is the call number of this statement, or how it begins. Earlier revisions bear it too."""
    match = _CALL.fullmatch(typed.upper())
    if match is None or match[2] not in (None, NATIONAL, *STATES):
        return False
    kind, place, year, number = match.groups()
    if place is None and year is None and typed != typed.upper():
        return False
    statement = each.statement
    return (
        statement.kind == _KIND[kind]
        and place in (None, statement.place)
        and year in (None, str(statement.year))
        and (number is None or int(number) <= each.revision.number)
    )


def _saying(session: Session, among: Sequence[Listed], sought: list[str]) -> list[Listed]:
    """Those in whose texts, or in the names of issuer and addressee, each word begins one."""
    if not sought:
        return []
    texts = _texts(session, [revision for each in among for revision in each.newest])
    found = []
    for each in among:
        named = words(f"{each.statement.issuer} {each.statement.addressee.name}")
        said = " ".join(["", *named, *(texts[revision.sha256] for revision in each.newest)])
        if all(f" {word}" in said for word in sought):
            found.append(each)
    return found


def _texts(session: Session, revisions: Sequence[Revision]) -> dict[str, str]:
    """The words of these texts, folded and each once; kept, since a text never changes under its SHA-256."""
    found = {each.sha256: _folded[each.sha256] for each in revisions if each.sha256 in _folded}
    fresh = [each.id for each in revisions if each.sha256 not in found]
    if fresh:
        if len(_folded) + len(fresh) > _MOST_KEPT:
            _folded.clear()
        for sha256, text in session.execute(select(Revision.sha256, Revision.text).where(Revision.id.in_(fresh))):
            found[sha256] = _folded[sha256] = " ".join(words(text))
    return found
