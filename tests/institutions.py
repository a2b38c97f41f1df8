"""Institutions as tests have them co-sign."""

from typing import Final

from werkzeug.test import TestResponse

from petition.institutions.models import Institution
from tests.ground import SLUG, House

DESK: Final = "director@lincoln.lib.example"
TYPED: Final = {
    "name": "Lincoln Sample Library",
    "city": "Lincoln",
    "state": "NE",
    "domain": "lincoln.lib.example",
    "officer": "Ida Sample-Boe",
    "title": "Director",
    "authority": "Vote of the board, Oct 4, 2019",
    "email": DESK,
}


def cosign(house: House, slug: str = SLUG, /, **typed: str) -> TestResponse:
    """Send the form, everything filled in that has to be."""
    return house.press(f"/statements/{slug}/institutions", **{**TYPED, **typed})


def link_of(house: House, address: str = DESK) -> str:
    """The path of the page behind the newest link sent to the address."""
    return [mail for mail in house.mails(address) if "/institution/" in mail.text][-1].link("/institution/")


def answered(house: House, address: str = DESK, slug: str = SLUG, /, **typed: str) -> str:
    """Co-sign, answer yes, and be told; returns the path of the institution's page."""
    assert cosign(house, slug, **{**typed, "email": address}).status_code == 303
    house.work()
    link = link_of(house, address)
    assert house.press(link).status_code == 303
    house.work()
    return link


def institution(house: House, address: str = DESK) -> Institution:
    """The newest row of a mailbox."""
    return house.rows(Institution, Institution.mailbox == house.mailbox(address))[-1]
