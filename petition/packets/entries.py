"""The roster's entries: read once, in batches, and kept in a file until the packet is made.

Counting, exporting and printing read that file; a national roster is never in memory as a whole.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from petition.packets import spooling
from petition.packets.contents import Entries, RosterEntry, RosterGroup
from petition.pdf.spool import Section, Spool
from petition.signatures import wording
from petition.signatures.models import Signature, Status
from petition.text.places import ELSEWHERE, PlaceKind, State, in_list_order
from petition.web.language import _
from petition.web.places import in_order

_AT_ONCE: Final = 2_000


def roster(session: Session, under: ColumnElement[bool], folder: Path) -> tuple[RosterGroup, ...]:
    """Whoever stands under a statement, or under one text, as they are named to the addressee: by state.

    Read within the caller's transaction, and kept in that folder for as long as the groups are used.
    """
    sections: dict[str, Section] = {}
    with Spool(folder / "frozen") as spool:
        for state, members in groupby(_rows(session, under), itemgetter(0)):
            for _state, entry in members:
                spool.add(entry.number, entry.name, entry.place, entry.day, entry.comment)
            sections[state] = spool.section()
    kept = spooling.of(spool)
    return _groups({state: spooling.SpooledEntries(kept, section) for state, section in sections.items()})


def short_roster(session: Session, under: ColumnElement[bool]) -> tuple[RosterGroup, ...]:
    """The same in memory, for the few names of a single paper."""
    by_state = groupby(_rows(session, under), itemgetter(0))
    return _groups({state: tuple(entry for _state, entry in members) for state, members in by_state})


def _rows(session: Session, under: ColumnElement[bool]) -> Iterator[tuple[str, RosterEntry]]:
    """Each entry with the code of its state; state by state, and within one by number."""
    rows = session.execute(
        select(
            Signature.state, Signature.number, Signature.name, Signature.city, Signature.country,
            Signature.withhold, Signature.confirmed_at,
        )
        .where(under, Signature.status == Status.VERIFIED, Signature.number.is_not(None))
        .order_by(Signature.state, Signature.number),
        execution_options={"yield_per": _AT_ONCE},
    )  # fmt: skip
    withheld_name = _("Name withheld")
    for state, number, name, city, country, withheld, confirmed_at in rows:
        assert number is not None
        assert confirmed_at is not None
        place = "" if withheld else city or ""
        if state == ELSEWHERE:
            place = ", ".join(filter(None, (place, wording.country(country))))
        # The ledger's day: a reader can hold the roster against the leaves.
        day = confirmed_at.astimezone(UTC).date()
        yield state or "", RosterEntry(number, withheld_name if withheld else name or "", place, day)


def _groups(by_state: Mapping[str, Entries]) -> tuple[RosterGroup, ...]:
    return tuple(
        RosterGroup(state.code, _(state.name), by_state[state.code]) for state in listed() if state.code in by_state
    )


def listed() -> list[State]:
    """All places, by their names in the packet's language; what is outside the country comes last."""
    return sorted(in_list_order(), key=lambda state: (state.kind is PlaceKind.ELSEWHERE, in_order(_(state.name))))
