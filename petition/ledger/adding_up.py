"""Adding up: every ledger computed again from its leaves, and held against the rows that stand beside it.

It shares no code with the registrar but the form of a leaf, so that neither hides the other's mistakes.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, Final

from sqlalchemy import Result, func, select
from sqlalchemy.orm import Session, aliased

from petition import merkle
from petition.ledger import committing, leaves, tiles
from petition.ledger.models import ALL, DAY, REVISION, STATE, Arrival, Entry, Head, Opening, Tally
from petition.signatures.models import Change, Signature, Status
from petition.statements.models import Revision, Statement

_CHUNK: Final = 2000
_CALLED: Final = {
    "verified": ("entered", 1), "restored": ("restored", 1),
    "withdrawn": ("withdrawn", -1), "invalidated": ("invalidated", -1),
}  # fmt: skip


def faults(session: Session) -> Iterator[str]:
    """What does not add up, one sentence each; nothing when all is well. Reads every leaf."""
    ledgers = {statement.id: _Ledger(statement) for statement in session.scalars(select(Statement))}
    # Closed even when nobody wants to hear the second fault.
    with _entries(session) as entries, _salts(session) as salts:
        openings = _Openings(salts)
        for row in entries:
            yield from ledgers[row.statement_id].read(row, openings.of(row.id))
    for ledger in ledgers.values():
        yield from ledger.compare(session)


def root_at(session: Session, statement_id: int, size: int) -> str:
    """The root of a statement's ledger when it had that many leaves: 64 hexadecimal digits.

    Off the tree, whose every row `faults` holds against the leaves. Of a size that it never had, what no root is.
    """
    try:
        return tiles.root(session, statement_id, size).hex()
    except tiles.NotKept:
        return ""


def _entries(session: Session) -> Result[Any]:
    revision, notice = aliased(Revision), aliased(Revision)
    asked = (
        select(
            Entry.id, Entry.statement_id, Entry.seq, Entry.leaf, Entry.leaf_hash,
            Change.kind, Change.method, Change.reason, Change.at, Change.seq.label("change_seq"),
            Signature.number, Signature.revision_id, Signature.name, Signature.city, Signature.state,
            Signature.country, Signature.mailbox, Signature.erased_at,
            revision.sha256.label("revision"), notice.sha256.label("notice"),
        )
        .join(Change, Entry.change_id == Change.id)
        .join(Signature, Change.signature_id == Signature.id)
        .join(revision, Signature.revision_id == revision.id)
        .join(notice, Signature.notice_id == notice.id)
        .order_by(Entry.id)
    )  # fmt: skip
    return session.execute(asked.execution_options(yield_per=_CHUNK))


def _salts(session: Session) -> Result[Any]:
    asked = select(Opening.entry_id, Opening.name, Opening.place, Opening.mailbox).order_by(Opening.entry_id)
    return session.execute(asked.execution_options(yield_per=_CHUNK))


class _Openings:
    """The salts of each leaf, read beside the leaves in the same order."""

    def __init__(self, salts: Iterable[Any]) -> None:
        self._rows = iter(salts)
        self._next = next(self._rows, None)

    def of(self, entry_id: int) -> dict[str, bytes]:
        """The salts of one leaf; leaves must be asked for in the order of their rows."""
        if self._next is None or self._next.entry_id != entry_id:
            return {}
        row, self._next = self._next, next(self._rows, None)
        return {field: getattr(row, field) for field in committing.FIELDS}


class _Ledger:
    """One statement's ledger, added up leaf by leaf."""

    def __init__(self, statement: Statement) -> None:
        self._id, self._slug = statement.id, statement.slug
        self._size = 0
        self._counts: Counter[str] = Counter()
        self._tallies: Counter[tuple[str, str]] = Counter()

    def read(self, row: Any, salts: dict[str, bytes]) -> Iterator[str]:
        """Take the next leaf, and say what is wrong with it."""
        self._size += 1
        where = f"Leaf {row.seq} of {self._slug}"
        if row.seq != self._size:
            yield f"{where} stands where leaf {self._size} should stand."
            self._size = row.seq
        if merkle.leaf_hash(row.leaf.encode()) != row.leaf_hash:
            yield f"{where} is not what its hash was taken of."
        leaf = json.loads(row.leaf)
        entered = row.kind == "verified"
        expected = {
            "kind": row.kind,
            "statement": self._slug,
            "revision": row.revision,
            "notice": row.notice,
            "seq": row.change_seq,
            "of": None if entered else row.number,
            "day": row.at.astimezone(UTC).date().isoformat(),
            "method": row.method,
            "reason": row.reason,
        }
        wrong = sorted(name for name, value in expected.items() if leaf.get(name) != value)
        if wrong or leaf["seq"] != row.seq or (entered and row.number != row.seq):
            yield f"{where} differs from its rows in {', '.join(wrong) or 'its number'}."
        if entered:
            yield from self._open(where, leaf["commitments"], row, salts)
        self._count(leaf, row)

    def _open(
        self, where: str, commitments: dict[str, str], signature: Any, salts: dict[str, bytes]
    ) -> Iterator[str]:
        if signature.erased_at is not None:
            if salts:
                yield f"{where} can still be opened, though its signature is erased."
            return
        values = leaves.values(signature)
        opened = {field: committing.commitment(field, salt, values[field]) for field, salt in salts.items()}
        if opened != commitments:
            yield f"{where} does not commit to what its signature says."

    def _count(self, leaf: dict[str, Any], signature: Any) -> None:
        counted, step = _CALLED[leaf["kind"]]
        self._counts[counted] += 1
        self._counts["verified"] += step
        parts = [(ALL, ""), (REVISION, str(signature.revision_id)), (DAY, leaf["day"])]
        # What is erased has no state any more, and was taken off its state's tally before.
        for part in [*parts, (STATE, signature.state)] if signature.state else parts:
            self._tallies[part] += step

    def compare(self, session: Session) -> Iterator[str]:
        """Say where head, tallies or signatures differ from what the leaves add up to."""
        head = session.get(Head, self._id)
        found_of = {name: self._counts[name] for name in ("verified", *(called for called, _ in _CALLED.values()))}
        for name, found in {"size": self._size, **found_of}.items():
            kept = getattr(head, name) if head else 0
            if kept != found:
                yield f"The ledger of {self._slug} has {found} {name} by its leaves, and {kept} by its head."
        kept_tallies: defaultdict[tuple[str, str], int] = defaultdict(int)
        for tally in session.scalars(select(Tally).where(Tally.statement_id == self._id)):
            kept_tallies[tally.facet, tally.part] = tally.verified
        for part in sorted({*kept_tallies, *self._tallies}):
            if kept_tallies[part] != self._tallies[part]:
                said = f"is {kept_tallies[part]}; its leaves make {self._tallies[part]}"
                yield f"The tally {' '.join(filter(None, part))} of {self._slug} {said}."
        for fault in tiles.faults(session, self._id, self._size):
            yield f"The tree of {self._slug} {fault}."
        yield from self._against_signatures(session)
        yield from self._against_networks(session)

    def _against_signatures(self, session: Session) -> Iterator[str]:
        of_statement = Change.statement_id == self._id
        waiting = session.execute(
            select(Change.kind, func.count()).where(of_statement, Change.seq.is_(None)).group_by(Change.kind)
        )
        by_ledger = self._counts["verified"] + sum(_CALLED[kind][1] * number for kind, number in waiting)
        rows = session.scalar(
            select(func.count()).where(Signature.statement_id == self._id, Signature.status == Status.VERIFIED)
        )
        if rows != by_ledger:
            yield f"{rows} signatures of {self._slug} are verified; its ledger makes {by_ledger}."
        lost = session.scalar(
            select(func.count())
            .select_from(Change)
            .outerjoin(Entry, Entry.change_id == Change.id)
            .where(of_statement, Change.seq.is_not(None), Entry.id.is_(None))
        )
        if lost:
            yield f"{lost} changes of {self._slug} have a number and no leaf."

    def _against_networks(self, session: Session) -> Iterator[str]:
        counted = session.scalar(select(func.sum(Arrival.confirmed)).where(Arrival.statement_id == self._id)) or 0
        entered = self._counts["entered"]
        if counted > entered:
            yield f"{counted} confirmations of {self._slug} are counted by network; its leaves make {entered}."
        marked = session.scalar(
            select(func.count()).where(
                Change.statement_id == self._id, Change.seq.is_not(None), Change.network.is_not(None)
            )
        )
        if marked:
            yield f"{marked} changes of {self._slug} have a number and the mark of a network still."
