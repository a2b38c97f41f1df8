"""Officers of a chapter, as tests name them under a published text."""

from typing import Any, Final

from petition.officers.models import Officer
from petition.officers.naming import Named
from tests.ground import House
from tests.publishing import published

KIM: Final = "kim@officer.example"
LEE: Final = "lee@officer.example"


def named(name: str, title: str, address: str = "") -> Named:
    return Named(name, title, address, address)


def with_officers(house: House, *officers: Named, **fields: Any) -> str:
    """A published resolution of Nebraska's that names Kim as President, unless others are named, who were asked."""
    slug = published(house, "NE", *(officers or (named("Kim Sample-Reyes", "President", KIM),)), **fields)
    house.work()
    return slug


def link_of(house: House, address: str = KIM) -> str:
    """The path of the newest link sent to an officer."""
    return [mail for mail in house.mails(address) if "/officer/" in mail.text][-1].link("/officer/")


def officer(house: House, name: str = "Kim Sample-Reyes", number: int = 1) -> Officer:
    """The officer of this name under a revision."""
    (found,) = (each for each in house.rows(Officer, Officer.name == name) if each.revision.number == number)
    return found
