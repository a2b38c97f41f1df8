"""Signed-in browsers, for tests of pages that need one."""

from typing import Final

from flask.testing import FlaskClient

from petition.accounts import admitting, sessions
from petition.accounts.models import Account, Role
from petition.clock import now
from tests.ground import House

ORGANIZER: Final = "organizer@library.example"


def admitted(house: House, *roles: Role, address: str = ORGANIZER) -> Account:
    """An account with these roles."""
    with house.writing() as session:
        for role in roles:
            account = admitting.admit(session, house.keys, now(), None, role, address=address, canonical=address)
        session.flush()
        session.refresh(account)
        session.expunge(account)
    return account


def signed_in(house: House, *roles: Role, address: str = "", second: bool = True) -> FlaskClient:
    """A browser in which somebody with these roles is signed in, second factor and all: an organizer, if none is named.

    Each set of roles is a person of its own, unless an address says who.
    """
    roles = roles or (Role.ORGANIZER,)
    account = admitted(house, *roles, address=address or f"{'-'.join(roles)}@library.example")
    with house.writing() as session:
        own = session.get_one(Account, account.id)
        token = sessions.begin(session, own, now(), how="link", device="", second=second)
    client = house.client()
    client.set_cookie("session", token)
    return client
