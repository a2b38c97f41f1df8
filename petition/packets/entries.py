"""The entries of a roster: whoever stands under a statement, or under one text, as they are named to the addressee."""

from datetime import UTC
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from petition.packets.contents import RosterEntry, RosterGroup
from petition.packets.options import Redaction
from petition.packets.redaction import Printed, Words, printed
from petition.signatures import wording
from petition.signatures.models import Signature
from petition.text.places import ELSEWHERE, PlaceKind, State, in_list_order
from petition.web.language import _
from petition.web.places import in_order

#: The group of those whose state was erased with all the rest.
ERASED: Final = ""


def roster(
    session: Session, under: ColumnElement[bool], redaction: Redaction = Redaction.NAMES
) -> tuple[RosterGroup, ...]:
    """The entries for which `under` holds, by state, in the order of their numbers."""
    rows = session.execute(
        select(
            Signature.state, Signature.number, Signature.name, Signature.city, Signature.country,
            Signature.withhold, Signature.confirmed_at,
        )
        .where(under, Signature.number.is_not(None))
        .order_by(Signature.number)
    )  # fmt: skip
    words = words_of_lists()
    by_state: dict[str, list[RosterEntry]] = {}
    for state, number, name, city, country, withheld, confirmed_at in rows:
        assert number is not None
        assert confirmed_at is not None
        named = printed_of(name, city, state, country, withheld, redaction, words)
        # The ledger's day: a reader can hold the roster against the leaves.
        entry = RosterEntry(number, named.name, named.place, confirmed_at.astimezone(UTC).date())
        by_state.setdefault(state or ERASED, []).append(entry)
    groups = [
        RosterGroup(state.code, _(state.name), tuple(by_state[state.code]))
        for state in listed_places()
        if state.code in by_state
    ]
    if ERASED in by_state:
        groups.append(RosterGroup(ERASED, _("Erased since"), tuple(by_state[ERASED])))
    return tuple(groups)


def words_of_lists() -> Words:
    """What lists say instead of a name, in the language spoken now."""
    return Words(withheld=_("Name withheld"), erased=_("Erased at the signatory’s request"))


def printed_of(
    name: str | None, city: str | None, state: str | None, country: str | None, withheld: bool,
    redaction: Redaction, words: Words,
) -> Printed:  # fmt: skip
    """How a signature's columns are printed."""
    told = wording.country(country) if state == ELSEWHERE else ""
    return printed(name, city, state, told, withheld=withheld, redaction=redaction, words=words)


def listed_places() -> list[State]:
    """All places, by their names in the packet's language; what is outside the country comes last."""
    return sorted(in_list_order(), key=lambda state: (state.kind is PlaceKind.ELSEWHERE, in_order(_(state.name))))
