"""Ledgers whose day has turned."""

from datetime import timedelta

from sqlalchemy import update

from petition.ledger.models import Entry
from petition.worker import steps
from tests.ground import House


def signed_ledgers(house: House) -> int:
    """Have the day's checkpoints taken, as after midnight: what is entered is let be older than it is."""
    with house.writing() as session:
        session.execute(update(Entry).values(entered_at=house.clock.now() - timedelta(days=1)))
    with house.app.app_context():
        return steps.take_checkpoints(house.keys, house.config)
