"""The record of what was done: who, what, when, on what. It can only grow, and each entry seals those before it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.accounts.models import Account, AuditEntry
from petition.db import advisory_lock

#: What the first entry is chained to.
START: Final = bytes(32)
_STEP: Final = 1000  # entries read at once


@dataclass(frozen=True, slots=True)
class Digest:
    """The record at one moment: the id of its last entry, and the SHA-256 chained over all of them."""

    last: int
    head: bytes


def of(account: Account) -> str:
    """What the record calls an account."""
    return f"account {account.id}"


def record(session: Session, now: datetime, who: Account | None, act: str, on: str, **details: str) -> AuditEntry:
    """Record an act with the change it belongs to, as the last thing before the transaction ends.

    `who` None is the operator at the command line. Details hold no address, name or token. On PostgreSQL
    whoever records waits for whoever recorded before to commit, so that the chain has one order.
    """
    advisory_lock(session, "record")
    entry = AuditEntry(
        at=now, account_id=who.id if who is not None else None, act=act, subject=on, details=_canonical(details)
    )
    entry.digest = _link(digest(session).head, entry)
    session.add(entry)
    session.flush()
    return entry


def digest(session: Session) -> Digest:
    """What the record adds up to now: its head can be published, and then no earlier entry can change unnoticed."""
    last = session.execute(select(AuditEntry.id, AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)).first()
    return Digest(last.id, last.digest) if last else Digest(0, START)


def broken(session: Session) -> int | None:
    """The id of the first entry that does not follow from those before it; None when the record is whole."""
    head, after = START, 0
    while entries := _following(session, after):
        for entry in entries:
            head, after = _link(head, entry), entry.id
            if head != entry.digest:
                return entry.id
    return None


def _following(session: Session, after: int) -> Sequence[AuditEntry]:
    return session.scalars(
        select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id).limit(_STEP)
    ).all()


def newest(session: Session, before: int | None, most: int) -> list[AuditEntry]:
    """The newest entries older than the entry `before`, newest first."""
    found = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most)
    if before is not None:
        found = found.where(AuditEntry.id < before)
    return list(session.scalars(found))


def _link(before: bytes, entry: AuditEntry) -> bytes:
    said = _canonical(
        {
            "at": entry.at.astimezone(UTC).isoformat(),
            "who": str(entry.account_id or ""),
            "act": entry.act,
            "on": entry.subject,
            "details": entry.details,
        }
    )
    return hashlib.sha256(before + said.encode()).digest()


def _canonical(facts: dict[str, str]) -> str:
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
