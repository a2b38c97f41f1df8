"""Signatures on paper as tests have them counted."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from petition import clock
from petition.accounts.models import Role
from petition.sheets import entering
from petition.sheets.entering import Counted
from petition.statements.models import Statement
from tests.ground import SLUG, House
from tests.signing_in import admitted

NEBRASKA: Final = Counted(
    412, "the Nebraska Library Association", date(2019, 10, 3), "Sample Hall, second floor, the grey cabinet"
)


def entered(house: House, slug: str = SLUG, /, **told: Any) -> int:
    """The id of a count of signatures on paper."""
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        statement = session.query(Statement).filter_by(slug=slug).one()
        return entering.enter(session, statement, replace(NEBRASKA, **told), organizer, clock.now()).id


def corrected(house: House, wrong: int, /, **told: Any) -> int:
    """The id of the entry that takes the place of a wrong one."""
    organizer = admitted(house, Role.ORGANIZER)
    with house.writing() as session:
        old = entering.paper_count(session, wrong)
        counted = replace(NEBRASKA, **told)
        return entering.correct(session, old, counted, "A sheet was counted twice.", organizer, clock.now()).id
