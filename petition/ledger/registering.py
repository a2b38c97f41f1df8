"""The registrar: gives each change its number, writes its leaf, and advances the tallies, all at once.

Whoever signs or withdraws touches nothing shared; one registrar at a time does the counting behind
them. So count, roster and root cannot disagree, and no two signatories wait for each other.
"""

from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from petition import merkle
from petition.db import advisory_lock
from petition.ledger import leaves
from petition.ledger.leaves import Leaf
from petition.ledger.models import ALL, DAY, REVISION, STATE, Entry, Head, Opening, Tally
from petition.signatures.models import Change, Signature
from petition.statements.models import Revision, Statement

BATCH: Final = 1000
_STEP: Final = {"verified": 1, "restored": 1, "withdrawn": -1, "invalidated": -1}
_COUNTED_AS: Final = {
    "verified": "entered", "restored": "restored", "withdrawn": "withdrawn", "invalidated": "invalidated"
}  # fmt: skip


def waiting(session: Session) -> bool:
    """Whether any change has no number yet."""
    # Without its order SQLite reads the numbers of all changes to find one that has none.
    return session.scalar(select(Change.id).where(Change.seq.is_(None)).order_by(Change.id).limit(1)) is not None


def register(session: Session, now: datetime, most: int = BATCH) -> int:
    """Enter up to `most` changes in the order of their ids; returns how many. One transaction."""
    advisory_lock(session, "registrar")
    notice = aliased(Revision)
    found = session.execute(
        select(Change, Signature, Statement, Revision, notice)
        .join(Signature, Change.signature_id == Signature.id)
        .join(Statement, Change.statement_id == Statement.id)
        .join(Revision, Signature.revision_id == Revision.id)
        .join(notice, Signature.notice_id == notice.id)
        .where(Change.seq.is_(None))
        .order_by(Change.id)
        .limit(most)
    ).all()
    heads: dict[int, Head] = {}
    entered: list[tuple[Entry, Leaf]] = []
    tallies: Counter[tuple[int, str, str]] = Counter()
    for change, signature, statement, revision, its_notice in found:
        head = heads.get(statement.id) or heads.setdefault(statement.id, _head(session, statement.id, now))
        entered.append(
            _enter(session, head, change, signature, now, slug=statement.slug, revision=revision, notice=its_notice)
        )
        for facet, part in _parts(change, signature, revision):
            tallies[statement.id, facet, part] += _STEP[change.kind]
    session.flush()
    session.add_all(Opening(entry_id=entry.id, **leaf.salts) for entry, leaf in entered if leaf.salts)
    _advance(session, tallies)
    return len(found)


def _head(session: Session, statement_id: int, now: datetime) -> Head:
    head = session.get(Head, statement_id)
    if head is None:
        head = Head(
            statement_id=statement_id, size=0, verified=0, entered=0, withdrawn=0, invalidated=0, restored=0, as_of=now
        )
        session.add(head)
    return head


def _enter(
    session: Session, head: Head, change: Change, signature: Signature, now: datetime,
    *, slug: str, revision: Revision, notice: Revision,
) -> tuple[Entry, Leaf]:  # fmt: skip
    seq = head.size + 1
    leaf = leaves.make(change, signature, slug=slug, revision=revision, notice=notice, seq=seq)
    entry = Entry(
        statement_id=head.statement_id,
        seq=seq,
        change_id=change.id,
        leaf=leaf.text,
        leaf_hash=merkle.leaf_hash(leaf.text.encode()),
        entered_at=now,
    )
    session.add(entry)
    change.seq = seq
    if change.kind == "verified":
        signature.number = seq
    counted = _COUNTED_AS[change.kind]
    setattr(head, counted, getattr(head, counted) + 1)
    head.size, head.verified, head.as_of = seq, head.verified + _STEP[change.kind], now
    return entry, leaf


def _parts(change: Change, signature: Signature, revision: Revision) -> list[tuple[str, str]]:
    parts = [(ALL, ""), (REVISION, str(revision.id)), (DAY, change.at.astimezone(UTC).date().isoformat())]
    return [*parts, (STATE, signature.state)] if signature.state else parts


def _advance(session: Session, steps: Counter[tuple[int, str, str]]) -> None:
    if not steps:
        return
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"statement_id": statement, "facet": facet, "part": part, "verified": step}
        for (statement, facet, part), step in steps.items()
    ]
    statement = insert(Tally).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["statement_id", "facet", "part"],
            set_={"verified": Tally.verified + statement.excluded.verified},
        )
    )
