"""What a packet's evidence opens: the leaves of a ledger as they were entered, and the salts of the rows it names."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from petition.ledger.models import Entry, Opening
from petition.packets.evidence import Evident, Opened
from petition.signatures.models import Change, Signature, Status

_BATCH: Final = 2000


def leaves(session: Session, statement_id: int, size: int, *, named: bool, since: int = 0) -> Iterator[Evident]:
    """The first `size` leaves of a ledger, in its order; opened where the packet names the row.

    `named` says whether it names anybody (a packet of initials or counts does not), `since` after which entry its
    roster begins. Whoever withheld their name stays hidden, and so does everybody who does not count now.
    """
    rows = session.execute(_entries(statement_id, size).execution_options(yield_per=_BATCH))
    for seq, leaf, number, withheld, status, name, city, state, country, name_salt, place_salt in rows:
        opened = None
        counts = number == seq and status == Status.VERIFIED
        if named and counts and seq > since and not withheld and name_salt is not None and place_salt is not None:
            place = (city or "", state or "", country or "")
            opened = Opened(name or "", place, bytes(name_salt), bytes(place_salt))
        yield Evident(leaf, opened)


def _entries(statement_id: int, size: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Entry.seq, Entry.leaf, Signature.number, Signature.withhold, Signature.status, Signature.name,
            Signature.city, Signature.state, Signature.country, Opening.name, Opening.place,
        )
        .join(Change, Entry.change_id == Change.id)
        .join(Signature, Change.signature_id == Signature.id)
        .outerjoin(Opening, Opening.entry_id == Entry.id)
        .where(Entry.statement_id == statement_id, Entry.seq <= size)
        .order_by(Entry.seq)
    )  # fmt: skip
