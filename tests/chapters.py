"""Chapters' people, for tests of what is theirs."""

from typing import Final

from flask.testing import FlaskClient

from petition.accounts import admitting, sessions
from petition.accounts.models import Account, Role
from petition.clock import now
from tests.ground import House

OFFICE: Final = "office@ne.chapter.example"


def editor_of(house: House, chapter: str, address: str = "") -> FlaskClient:
    """A browser in which an editor of the chapter of this state is signed in, by a link and without a second factor."""
    address = address or f"editor@{chapter.lower()}.library.example"
    with house.writing() as session:
        account = admitting.admit(
            session, house.keys, now(), None, Role.EDITOR, address=address, canonical=address, chapter=chapter
        )
        token = sessions.begin(session, account, now(), how="link", device="")
    client = house.client()
    client.set_cookie("session", token)
    return client


def account_of(house: House, address: str) -> Account:
    """The account of an address."""
    (found,) = house.rows(Account, Account.mailbox == house.keys.mailbox(address))
    return found
