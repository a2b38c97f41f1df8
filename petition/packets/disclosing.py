"""What a packet's evidence opens: the leaves of a ledger as they were entered, and the salts of the rows it names."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, not_, select
from sqlalchemy.orm import Session

from petition.ledger.models import Entry, Opening
from petition.packets.evidence import Evident, Opened
from petition.signatures import choosing
from petition.signatures.models import Change, Signature

_BATCH: Final = 2000


def leaves(
    session: Session, statement_id: int, size: int, named: ColumnElement[bool] | None, at: datetime
) -> Iterator[Evident]:
    """The first `size` leaves of a ledger, in its order; opened where the packet names the row.

    `named` says which signatures have a row with their name (a packet of initials or counts has none). Whoever
    withheld their name from a packet of that moment stays hidden.
    """
    rows = session.execute(_entries(statement_id, size, named, at).execution_options(yield_per=_BATCH))
    for _seq, leaf, its_row, name, city, state, country, name_salt, place_salt in rows:
        opened = None
        if its_row and name_salt is not None and place_salt is not None:
            place = (city or "", state or "", country or "")
            opened = Opened(name or "", place, bytes(name_salt), bytes(place_salt))
        yield Evident(leaf, opened)


def _entries(
    statement_id: int, size: int, named: ColumnElement[bool] | None, at: datetime
) -> Select[*tuple[Any, ...]]:
    shown = not_(choosing.is_left_out(at))
    in_roster = false() if named is None else and_(named, Signature.number == Entry.seq, shown)
    return (
        select(
            Entry.seq, Entry.leaf, in_roster, Signature.name, Signature.city, Signature.state, Signature.country,
            Opening.name, Opening.place,
        )
        .join(Change, Entry.change_id == Change.id)
        .join(Signature, Change.signature_id == Signature.id)
        .outerjoin(Opening, Opening.entry_id == Entry.id)
        .where(Entry.statement_id == statement_id, Entry.seq <= size)
        .order_by(Entry.seq)
    )  # fmt: skip
