"""Who stood in the count when a ledger had so many leaves, as far as rows can still tell."""

from sqlalchemy import ColumnElement, and_, or_, select

from petition.signatures.models import Change, Signature, Status

_IN = ("verified", "restored")


def stood(statement_id: int, size: int) -> ColumnElement[bool]:
    """Which signatures of a statement counted when its ledger had `size` leaves.

    Whatever happened to one afterwards, its last leaf until then says so; an erased row still has its number.
    """
    afterwards = (
        select(Change.signature_id)
        .where(Change.statement_id == statement_id, or_(Change.seq > size, Change.seq.is_(None)))
        .scalar_subquery()
    )
    last = (
        select(Change.kind)
        .where(Change.signature_id == Signature.id, Change.seq <= size)
        .order_by(Change.seq.desc())
        .limit(1)
        .correlate(Signature)
        .scalar_subquery()
    )
    return and_(
        Signature.statement_id == statement_id,
        Signature.number <= size,
        or_(
            and_(Signature.status == Status.VERIFIED, Signature.id.not_in(afterwards)),
            and_(Signature.id.in_(afterwards), last.in_(_IN)),
        ),
    )
