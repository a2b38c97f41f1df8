"""Choosing who sees a name, on the site and in packets to come; and whether news comes by e-mail."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from petition.signatures.models import Signature


def choose_shown(signature: Signature, shown: bool) -> None:
    """Show the name and state on the public site, or no longer."""
    signature.show_name = shown


def choose_withheld(signature: Signature, withheld: bool) -> None:
    """Leave the name out of packets made from now on; the signature itself still counts."""
    signature.withhold = withheld


def choose_news(signature: Signature, wanted: bool) -> None:
    """Have news of what became of the signature by e-mail, or no longer."""
    signature.updates = wanted


def stop_news(session: Session, signature: Signature) -> None:
    """No news to this mailbox any more, whatever it has signed."""
    same = Signature.id == signature.id if signature.mailbox is None else Signature.mailbox == signature.mailbox
    session.execute(update(Signature).where(same).values(updates=False))
