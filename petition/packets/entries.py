"""The roster's entries: read once, in batches, and kept in a file until the packet is made.

Counting, exporting and printing read that file; a national roster is never in memory as a whole.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from petition.packets import spooling
from petition.packets.contents import Entries, RosterEntry, RosterGroup
from petition.packets.options import Redaction
from petition.packets.redaction import Printed, Words, printed
from petition.pdf.spool import Section, Spool
from petition.signatures import choosing, wording
from petition.signatures.models import Signature
from petition.text.places import ELSEWHERE, PlaceKind, State, in_list_order
from petition.web.language import _
from petition.web.places import in_order

_AT_ONCE: Final = 2_000
#: The group of those whose state was erased with all the rest.
ERASED: Final = ""


def roster(
    session: Session, under: ColumnElement[bool], at: datetime, folder: Path, redaction: Redaction = Redaction.NAMES
) -> tuple[RosterGroup, ...]:
    """Those for whom `under` holds, as they are named to the addressee at that moment: by state.

    Read within the caller's transaction, and kept in that folder for as long as the groups are used.
    """
    sections: dict[str, Section] = {}
    with Spool(folder / "frozen") as spool:
        for state, members in groupby(_rows(session, under, at, redaction), itemgetter(0)):
            for _state, entry in members:
                spool.add(entry.number, entry.name, entry.place, entry.day, entry.comment)
            sections[state] = spool.section()
    kept = spooling.of(spool)
    return _groups({state: spooling.SpooledEntries(kept, section) for state, section in sections.items()})


def short_roster(session: Session, under: ColumnElement[bool], at: datetime) -> tuple[RosterGroup, ...]:
    """The same in memory, for the few names of a single paper."""
    by_state = groupby(_rows(session, under, at, Redaction.NAMES), itemgetter(0))
    return _groups({state: tuple(entry for _state, entry in members) for state, members in by_state})


def _rows(
    session: Session, under: ColumnElement[bool], at: datetime, redaction: Redaction
) -> Iterator[tuple[str, RosterEntry]]:
    """Each entry with the code of its state; state by state, and within one by number."""
    rows = session.execute(
        select(
            Signature.state, Signature.number, Signature.name, Signature.city, Signature.country,
            choosing.is_left_out(at), Signature.confirmed_at,
        )
        .where(under, Signature.number.is_not(None))
        .order_by(Signature.state, Signature.number),
        execution_options={"yield_per": _AT_ONCE},
    )  # fmt: skip
    words = words_of_lists()
    for state, number, name, city, country, withheld, confirmed_at in rows:
        assert number is not None
        assert confirmed_at is not None
        named = printed_of(name, city, state, country, withheld, redaction, words)
        # The ledger's day: a reader can hold the roster against the leaves.
        yield state or ERASED, RosterEntry(number, named.name, named.place, confirmed_at.astimezone(UTC).date())


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


def _groups(by_state: Mapping[str, Entries]) -> tuple[RosterGroup, ...]:
    groups = [
        RosterGroup(state.code, _(state.name), by_state[state.code]) for state in listed() if state.code in by_state
    ]
    if ERASED in by_state:
        groups.append(RosterGroup(ERASED, _("Erased since"), by_state[ERASED]))
    return tuple(groups)


def listed() -> list[State]:
    """All places, by their names in the packet's language; what is outside the country comes last."""
    return sorted(in_list_order(), key=lambda state: (state.kind is PlaceKind.ELSEWHERE, in_order(_(state.name))))
