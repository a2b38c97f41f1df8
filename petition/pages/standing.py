"""How a text stands: adopted by whom, in the campaign's list or not, still in force or ended, and how to cite it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.errors import NotFound
from petition.signatures.showing import ShownText
from petition.statements import boilerplate, reading, wording
from petition.statements.models import Revision, Statement, Submission
from petition.web.addresses import outside
from petition.web.language import _, current, day


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything about one revision that is not its text, in words."""

    adoption: str
    note: str  # what is new in it
    handed_in: str
    share: str  # how much of it is the national text; empty where nobody has counted
    of_template: bool
    listed: bool
    takes_signatures: bool
    ended: str
    ended_because: str
    successor: ShownText | None
    permalink: str
    citation: str


def of(session: Session, statement: Statement, revision: Revision) -> Standing:
    """How one revision of a statement stands."""
    submission = handed_in(session, statement, [revision]).get(revision.id)
    return Standing(
        adoption=wording.adoption(submission),
        note=submission.note if submission else "",
        handed_in=wording.handed_in(statement, submission) if submission else "",
        share=wording.share(submission) if submission else "",
        of_template=submission is not None and boilerplate.mostly(submission),
        listed=statement.listed_at is not None,
        takes_signatures=statement.takes_signatures,
        ended=wording.ended(statement),
        ended_because=(statement.ended_because or "") if statement.ended else "",
        successor=_successor(session, statement),
        permalink=permalink(statement, revision),
        citation=citation(statement, revision, submission),
    )


def handed_in(session: Session, statement: Statement, revisions: Iterable[Revision]) -> dict[int, Submission]:
    """What a chapter handed in with each of these revisions of its text. Organizers' own texts have nothing."""
    if statement.chapter_id is None:
        return {}
    of_these = select(Submission).where(Submission.revision_id.in_([each.id for each in revisions]))
    return {each.revision_id: each for each in session.scalars(of_these)}


def _successor(session: Session, statement: Statement) -> ShownText | None:
    if statement.ended is None or statement.successor_id is None:
        return None
    try:
        slug = reading.slug_of(session, statement.successor_id)
        return ShownText.of(reading.published(session, slug, current()))
    except NotFound:
        return None


def permalink(statement: Statement, revision: Revision) -> str:
    """The address at which this very text stays. It names its language, whoever follows it and wherever it is read."""
    return outside("statements.revision", slug=statement.slug, number=revision.number, lang=revision.language)


def citation(statement: Statement, revision: Revision, submission: Submission | None) -> str:
    """How a paper or a brief names this text: whose it is, its title, call number, date and address."""
    adopted = submission.adopted_on if submission else None
    facts = {
        "issuer": statement.issuer,
        "title": revision.title,
        "call_number": " ".join(statement.call_number(revision)),
        "published": day(revision.published_at),
        "address": permalink(statement, revision),
    }
    if adopted:
        return _(
            "%(issuer)s: “%(title)s”. %(call_number)s, adopted %(adopted)s, published %(published)s. %(address)s",
            adopted=day(adopted), **facts,
        )  # fmt: skip
    return _("%(issuer)s: “%(title)s”. %(call_number)s, published %(published)s. %(address)s", **facts)


def facts(statement: Statement, revision: Revision, submission: Submission | None) -> dict[str, Any]:
    """The same for programs, with the text; names and moments are not translated."""
    return {
        "slug": statement.slug,
        "call_number": list(statement.call_number(revision)),
        "kind": statement.kind,
        "issuer": statement.issuer,
        "addressee": statement.addressee.name,
        "language": revision.language,
        "number": revision.number,
        "title": revision.title,
        "text": revision.text,
        "sha256": revision.sha256,
        "published_at": _iso(revision.published_at),
        "adoption": _adoption(submission),
        "note": submission.note if submission else "",
        "permalink": permalink(statement, revision),
        "listed": statement.listed_at is not None,
        "listed_at": _iso(statement.listed_at),
        "ended": _end(statement),
    }


def _adoption(submission: Submission | None) -> dict[str, str | None] | None:
    if submission is None or not (submission.adopted_by or submission.adopted_on or submission.vote):
        return None
    on = submission.adopted_on.isoformat() if submission.adopted_on else None
    return {"by": submission.adopted_by or None, "on": on, "vote": submission.vote or None}


def _end(statement: Statement) -> dict[str, str | None] | None:
    if statement.ended is None:
        return None
    return {"how": statement.ended, "at": _iso(statement.ended_at), "because": statement.ended_because}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
