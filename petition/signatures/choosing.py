"""Choosing who sees a name: everyone on the site, and the publisher in packets to come."""

from petition.signatures.models import Signature


def choose_shown(signature: Signature, shown: bool) -> None:
    """Show the name and state on the public site, or no longer."""
    signature.show_name = shown


def choose_withheld(signature: Signature, withheld: bool) -> None:
    """Leave the name out of packets made from now on; the signature itself still counts."""
    signature.withhold = withheld
