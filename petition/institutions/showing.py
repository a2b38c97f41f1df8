"""What pages show of institutions: those confirmed, each with officer, title and place; counted apart from persons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petition.institutions import answering
from petition.institutions.models import Institution, Stand
from petition.statements.models import Statement
from petition.text.places import ELSEWHERE, STATES
from petition.web.language import _

#: So many stand on the page of the text; all of them on a page of their own.
NEWEST: Final = 12
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class ShownInstitution:
    """One confirmed institution in plain values."""

    name: str
    place: str
    officer: str
    title: str
    grounds: str


@dataclass(frozen=True, slots=True)
class Shown:
    """How many institutions stand by a statement at a moment, and the newest of them."""

    number: int
    as_of: datetime
    listed: tuple[ShownInstitution, ...]


def place(institution: Institution) -> str:
    """Lincoln, Nebraska. Outside the United States what was typed for the city names the country too."""
    city, state = institution.city or "", institution.state or ""
    return city if state in ("", ELSEWHERE) else f"{city}, {_(STATES[state].name)}"


def grounds(institution: Institution) -> str:
    """What we have seen of a confirmed institution, in words: whoever reads its name has to know no less.

    Anybody can own a domain and type a great name beside it: the domain is shown, so that a reader can judge.
    """
    if institution.basis == answering.DOMAIN:
        return _("confirmed by a mailbox at %(domain)s", domain=institution.domain or "")
    return _("confirmed by a mailbox, and looked into by an organizer")


def shown(session: Session, statement: Statement, now: datetime, most: int = NEWEST) -> Shown:
    """The institutions that stand by a statement, the newest first."""
    which = (Institution.statement_id == statement.id, Institution.stand == Stand.CONFIRMED)
    number = session.scalar(select(func.count()).select_from(Institution).where(*which)) or 0
    newest = select(Institution).where(*which).order_by(Institution.settled_at.desc(), Institution.id.desc())
    listed = session.scalars(newest.limit(most)).all() if number else []
    told = (
        ShownInstitution(each.name or "", place(each), each.officer or "", each.title or "", grounds(each))
        for each in listed
    )
    return Shown(number, now, tuple(told))
