"""Standing: which numbers of a ledger counted when it had so many leaves, read off its changes."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.signatures.models import Change, Signature


def numbers(session: Session, statement_id: int, size: int) -> list[int]:
    """The numbers of the signatures that stood at a checkpoint, ascending: entered, and not taken out again by then.

    What became of them after it makes no difference.
    """
    # Everything is an entry but these few, so that a ledger of a million is not read whole.
    later = session.execute(
        select(Change.seq, Change.kind, Signature.number)
        .join(Signature, Change.signature_id == Signature.id)
        .where(Change.statement_id == statement_id, Change.seq <= size, Change.kind != "verified")
        .order_by(Change.seq)
    )
    out: set[int | None] = set()
    for seq, kind, number in later:
        out.add(seq)
        if kind == "restored":
            out.discard(number)
        else:
            out.add(number)
    return [number for number in range(1, size + 1) if number not in out]
