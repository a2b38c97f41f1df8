"""Who stood in the count when a ledger had so many leaves, as far as rows can still tell.

Whoever was entered by then did, but for those whom the last leaf about them until then took out. What became of anybody
afterwards makes no difference; an erased row still has its number.
"""

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session, aliased

from petition.signatures.models import AFTER_ENTRY, Change, Signature


def stood(statement_id: int, size: int) -> ColumnElement[bool]:
    """Which signatures of a statement counted when its ledger had `size` leaves."""
    return and_(
        Signature.statement_id == statement_id,
        Signature.number <= size,
        Signature.id.not_in(_taken_out(statement_id, size)),
    )


def numbers(session: Session, statement_id: int, size: int) -> list[int]:
    """Their numbers in the ledger, ascending."""
    # Every leaf is an entry but few, which have an index: a ledger of a million is not read for its numbers.
    others = select(Change.seq).where(Change.statement_id == statement_id, Change.seq <= size, AFTER_ENTRY)
    gone = select(Signature.number).where(Signature.id.in_(_taken_out(statement_id, size)))
    left_out = {*session.scalars(others), *session.scalars(gone)}
    return [number for number in range(1, size + 1) if number not in left_out]


def _taken_out(statement_id: int, size: int) -> Select[int]:
    """The ids of those whom their last leaf until then took out."""
    later = aliased(Change)
    return select(Change.signature_id).where(
        Change.statement_id == statement_id,
        Change.seq <= size,
        AFTER_ENTRY,
        Change.kind != "restored",
        ~exists().where(later.signature_id == Change.signature_id, later.seq > Change.seq, later.seq <= size),
    )
