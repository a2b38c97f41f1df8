"""The registrar: gives each change its number, writes its leaf, and advances the tallies, all at once.

Whoever signs or withdraws touches nothing shared; one registrar at a time does the counting behind
them. So count, roster and root cannot disagree, and no two signatories wait for each other.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from petition import merkle
from petition.db import advisory_lock
from petition.ledger import leaves, tiles, writing_down
from petition.ledger.committing import SALT, place_value
from petition.ledger.models import ALL, DAY, REVISION, STATE, Head, Tally
from petition.ledger.writing_down import Leaf, Salts
from petition.signatures.models import Change, Signature
from petition.statements.models import Revision, Statement

BATCH: Final = 1000
_STEP: Final = {"verified": 1, "restored": 1, "withdrawn": -1, "invalidated": -1}
_COUNTED_AS: Final = {
    "verified": "entered", "restored": "restored", "withdrawn": "withdrawn", "invalidated": "invalidated"
}  # fmt: skip
_WAITING: Final = (
    select(
        Change.id, Change.signature_id, Change.statement_id, Change.kind, Change.method, Change.reason, Change.at,
        Signature.number, Signature.name, Signature.city, Signature.state, Signature.country, Signature.mailbox,
        Signature.revision_id, Signature.notice_id, Change.network,
    )
    .join(Signature, Change.signature_id == Signature.id)
    .where(Change.seq.is_(None))
    .order_by(Change.id)
)  # fmt: skip
_COUNTS: Final = ("size", "verified", "entered", "withdrawn", "invalidated", "restored")


@dataclass(slots=True)
class _Ledger:
    """One statement's ledger while a batch is entered."""

    slug: str
    begun: bool  # whether it has a head already
    counts: Counter[str]
    hashes: list[bytes] = field(default_factory=list)


def waiting(session: Session) -> bool:
    """Whether any change has no number yet."""
    # Without its order SQLite reads the numbers of all changes to find one that has none.
    return session.scalar(select(Change.id).where(Change.seq.is_(None)).order_by(Change.id).limit(1)) is not None


def register(session: Session, now: datetime, most: int = BATCH) -> int:
    """Enter up to `most` changes in the order of their ids; returns how many. One transaction."""
    session.flush()
    advisory_lock(session, "registrar")
    found = session.execute(_WAITING.limit(most)).all()
    if not found:
        return 0
    ledgers = _ledgers(session, {row.statement_id for row in found})
    before = {of: ledger.counts["size"] for of, ledger in ledgers.items()}
    texts = _texts(session, {text for row in found for text in (row.revision_id, row.notice_id)})
    entered, openings, numbers, tallies = _enter(found, ledgers, texts, writing_down.first_id(session, len(found)))
    writing_down.write(session, entered, openings, numbers, now)
    for of, ledger in ledgers.items():
        tiles.append(session, of, before[of], ledger.hashes)
        _keep_head(session, of, ledger, now)
    _advance(session, tallies)
    arrived = Counter((row.statement_id, row.network) for row in found if row.network is not None)
    writing_down.count_networks(session, arrived)
    session.expire_all()
    return len(found)


def _ledgers(session: Session, statements: set[int]) -> dict[int, _Ledger]:
    heads = session.execute(
        select(Statement.id, Statement.slug, *(getattr(Head, name) for name in _COUNTS))
        .outerjoin(Head, Head.statement_id == Statement.id)
        .where(Statement.id.in_(statements))
    )
    return {
        row.id: _Ledger(row.slug, row.size is not None, Counter({name: getattr(row, name) or 0 for name in _COUNTS}))
        for row in heads
    }


def _texts(session: Session, ids: set[int]) -> dict[int, str]:
    found = session.execute(select(Revision.id, Revision.sha256).where(Revision.id.in_(ids)))
    return dict(iter(found))


def _enter(
    found: Sequence[Any], ledgers: dict[int, _Ledger], texts: dict[int, str], entry_id: int
) -> tuple[list[Leaf], list[Salts], dict[int, int], Counter[tuple[int, str, str]]]:
    """What is to be written of these changes: leaves, salts, numbers by signature, and steps of the tallies."""
    random = os.urandom(len(found) * 3 * SALT)
    entered, openings, numbers = list[Leaf](), list[Salts](), dict[int, int]()
    steps: Counter[tuple[Any, ...]] = Counter()
    days: dict[datetime, str] = {}
    for change_id, signature_id, of, kind, method, reason, at, number, *said, mailbox, revision, notice, _mark in found:
        ledger = ledgers[of]
        seq = ledger.counts["size"] + 1
        day = days.get(at) or days.setdefault(at, at.astimezone(UTC).date().isoformat())
        committed = "{}"
        if kind == "verified":
            start = len(openings) * 3 * SALT
            salts = (
                random[start : start + SALT], random[start + SALT : start + 2 * SALT],
                random[start + 2 * SALT : start + 3 * SALT],
            )  # fmt: skip
            name, *where = said
            committed = leaves.commitments(salts, (name or "", place_value(*where), (mailbox or b"").hex()))
            openings.append((entry_id, *salts))
            numbers[signature_id] = seq
            number = None
        else:
            # It may have been entered a moment ago, in this very batch.
            number = numbers.get(signature_id, number)
        leaf = leaves.text(
            kind=kind, slug=ledger.slug, revision=texts[revision], notice=texts[notice], seq=seq, of=number, day=day,
            method=method, reason=reason, committed=committed,
        )  # fmt: skip
        digest = merkle.leaf_hash(leaf.encode())
        entered.append((entry_id, of, seq, change_id, leaf, digest))
        ledger.hashes.append(digest)
        ledger.counts["size"] = seq
        steps[of, kind, revision, day, said[2]] += 1
        entry_id += 1
    return entered, openings, numbers, _tallies(steps, ledgers)


def _tallies(steps: Counter[tuple[Any, ...]], ledgers: dict[int, _Ledger]) -> Counter[tuple[int, str, str]]:
    """The steps of each part of a count; the ledgers' own counts go along."""
    tallies: Counter[tuple[int, str, str]] = Counter()
    for (of, kind, revision, day, state), times in steps.items():
        step = _STEP[kind] * times
        ledgers[of].counts[_COUNTED_AS[kind]] += times
        ledgers[of].counts["verified"] += step
        parts = [(ALL, ""), (REVISION, str(revision)), (DAY, day), *([(STATE, state)] if state else [])]
        for facet, part in parts:
            tallies[of, facet, part] += step
    return tallies


def _keep_head(session: Session, statement_id: int, ledger: _Ledger, now: datetime) -> None:
    values = {name: ledger.counts[name] for name in _COUNTS}
    if ledger.begun:
        session.connection().execute(update(Head).where(Head.statement_id == statement_id).values(**values, as_of=now))
    else:
        session.connection().execute(insert(Head).values(statement_id=statement_id, **values, as_of=now))


def _advance(session: Session, steps: Counter[tuple[int, str, str]]) -> None:
    insert_into: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"statement_id": statement, "facet": facet, "part": part, "verified": step}
        for (statement, facet, part), step in steps.items()
    ]
    statement = insert_into(Tally)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["statement_id", "facet", "part"],
            set_={"verified": Tally.verified + statement.excluded.verified},
        ),
        rows,
    )
