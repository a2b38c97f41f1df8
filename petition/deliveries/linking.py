"""The link of a delivery: by it a publisher fetches the files and says that they have come.

Its token is derived from the delivery's nonce and never kept; the database finds it by its SHA-256. It is no session:
whoever has it acts for the recipient, and for this one delivery.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition import tokens
from petition.crypto import KeyRing
from petition.deliveries.models import Delivery
from petition.errors import NotFound, Refusal
from petition.packets import nonces
from petition.web.language import ZONE, day_ends

PURPOSE: Final = "delivery"
#: As long as a sample can be asked for behind it: no link given with a packet ends before the day that it prints.
DAYS: Final = nonces.DAYS_TO_ASK


class UnknownLink(NotFound):
    """The token is not one that we have given to a publisher."""


class LinkExpired(Refusal):
    """The link was ours, and its time is over. `delivery` is what it led to."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        super().__init__(f"delivery {delivery.id}")


def until(now: datetime) -> datetime:
    """The end of the last day of a link that is given, or renewed, now: a day is what its recipient reads."""
    return day_ends(now.astimezone(ZONE) + timedelta(days=DAYS))


def token(keys: KeyRing, delivery: Delivery) -> str:
    """The token of a delivery's link: the same each time it is asked for."""
    return tokens.link(keys, PURPOSE, delivery.nonce)


def find(session: Session, token: str, now: datetime) -> Delivery:
    """The delivery that a publisher's link opens at this moment. Raises UnknownLink and LinkExpired.

    Other stages may hang their own pages on the same link, below `/deliveries/TOKEN/`: an audit, for example, takes
    `<token>` in its route and begins with

        delivery = linking.find(db.session(), token, clock.now())

    From there `delivery.packet` is the packet in question (nonces, checkpoint, copy), its `statement_id` names the
    statement, and a row of one's own points at `delivery.id`. GET shows and POST acts, with `PressForm("delivery")`
    and `pressed("delivery")` as on the delivery's page; the templates set `private = true`. The handlers in
    `deliveries/views.py` answer both refusals for the whole app. A delivery that failed opens nothing: its link went
    astray, or was called back.
    """
    found = session.scalar(select(Delivery).where(Delivery.fingerprint == tokens.fingerprint(token)))
    if found is None or found.failed_at is not None:
        raise UnknownLink(PURPOSE)
    if found.link_until <= now:
        raise LinkExpired(found)
    return found
