"""Opening: the entries that were drawn, each with what the ledger committed to and the proof that it is in it.

Only what the packet named is opened: whoever had withheld the name then, withholds it now, or had it erased, stays
closed, and so does everybody of a packet without names, of which a sample could be drawn once. The mailbox is never
opened.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.audits.models import Audit
from petition.audits.result import Line
from petition.ledger import leaves, tiles
from petition.ledger.models import Entry, Opening
from petition.packets.models import Packet
from petition.packets.options import Options
from petition.signatures import choosing
from petition.signatures.models import Signature

FORMAT: Final = "petition-sample-audit/1"


def opened(session: Session, audit: Audit, lines: list[Line]) -> dict[str, Any]:
    """The file that a publisher checks: hexadecimal digits stand for bytes."""
    packet = audit.packet
    return {
        "format": FORMAT,
        "statement": (packet.checkpoint or "").partition("\n")[0],
        "copy": packet.copy,
        "nonce": {"place": audit.place + 1, "value": audit.nonce, "sha256": packet.nonces[audit.place]},
        "seed": audit.seed,
        "size": audit.size,
        "population": audit.population,
        "ledger": {"size": packet.ledger_size, "root": packet.ledger_root},
        "checkpoint": packet.checkpoint,
        "drawn": [line.row.number for line in lines],
        "entries": [_entry(session, audit, line) for line in lines],
    }


def _entry(session: Session, audit: Audit, line: Line) -> dict[str, Any]:
    packet, number = audit.packet, line.row.number
    asked = (
        select(Entry, Opening)
        .outerjoin(Opening, Opening.entry_id == Entry.id)
        .where(Entry.statement_id == packet.statement_id, Entry.seq == number)
    )
    entry, opening = session.execute(asked).one()
    proof = tiles.inclusion(session, packet.statement_id, number, packet.ledger_size)
    return {
        "number": number,
        "leaf": entry.leaf,
        "proof": [digest.hex() for digest in proof],
        "opened": _values(line.row.signature, opening, packet.frozen_at) if _named_anybody(packet) else None,
    }


def _named_anybody(packet: Packet) -> bool:
    return Options.read(packet.options).names_signatories


def _values(signature: Signature, opening: Opening | None, frozen_at: datetime) -> dict[str, Any] | None:
    if opening is None or signature.erased_at is not None or signature.name is None:
        return None
    if choosing.left_out(signature, frozen_at):
        return None
    values = leaves.values(signature)
    return {field: {"salt": getattr(opening, field).hex(), "value": values[field]} for field in ("name", "place")}
