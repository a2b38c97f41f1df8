"""Receipts: a file with which a signatory shows that the ledger has their entry, to anybody and without us."""

import json
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.ledger import checkpoints, leaves, tiles
from petition.ledger.models import Checkpoint, Entry, Opening
from petition.signatures.models import Signature
from petition.web.language import _

FORMAT: Final = "petition-receipt/1"


def covering(session: Session, signature: Signature) -> Checkpoint | None:
    """The newest checkpoint that covers a signature's entry; None while there is none."""
    if signature.number is None:
        return None
    return session.scalar(
        select(Checkpoint)
        .where(Checkpoint.statement_id == signature.statement_id, Checkpoint.size >= signature.number)
        .order_by(*checkpoints.NEWEST_FIRST)
        .limit(1)
    )


def receipt(session: Session, signature: Signature, checkpoint: Checkpoint, public: bytes) -> dict[str, Any] | None:
    """The receipt's contents, the proof leading to that checkpoint; None once the details are erased.

    Hexadecimal digits stand for bytes. The mailbox stays closed: its salt is not given out, and its keyed hash
    could not be checked without our key anyway.
    """
    asked = (
        select(Entry, Opening)
        .join(Opening, Opening.entry_id == Entry.id)
        .where(Entry.statement_id == signature.statement_id, Entry.seq == signature.number)
    )
    found = session.execute(asked).one_or_none()
    if found is None or signature.erased_at is not None:
        return None
    entry, opening = found
    values = leaves.values(signature)
    proof = tiles.inclusion(session, signature.statement_id, entry.seq, checkpoint.size)
    origin = checkpoint.note.partition("\n")[0]
    return {
        "format": FORMAT,
        "proves": proves(),
        "does_not_prove": does_not_prove(),
        "how_to_check": how_to_check(),
        "statement": signature.statement.slug,
        "title": signature.revision.title,
        "revision_sha256": signature.revision.sha256,
        "standing": signature.status,
        "entry": {"seq": entry.seq, "leaf": entry.leaf},
        "opened": {
            field: {"salt": getattr(opening, field).hex(), "value": values[field]} for field in ("name", "place")
        },
        "inclusion": {"size": checkpoint.size, "root": checkpoint.root, "proof": [digest.hex() for digest in proof]},
        "checkpoint": checkpoint.note,
        "verifier": checkpoints.verifier(origin, public),
    }


def written(contents: dict[str, Any]) -> str:
    """The file."""
    return json.dumps(contents, ensure_ascii=False, indent=1) + "\n"


def proves() -> list[str]:
    """What a receipt shows to whoever checks it, a sentence each."""
    return [
        _("That the ledger has an entry with this number, for this name and place, under this very text."),
        _("That we have signed a state of the ledger with that entry in it: we cannot take it out unseen."),
    ]


def does_not_prove() -> list[str]:
    """What it does not show, a sentence each."""
    return [
        _("Who confirmed it. The mailbox stays closed in the receipt."),
        _("That the signature still counts. What became of it later stands in later entries."),
        _("That other entries are what they should be, or that the ledger is shown alike to everybody."),
    ]


def how_to_check() -> list[str]:
    """The four steps that need nothing but SHA-256 and Ed25519."""
    return [
        _("SHA-256(field, 0x00, salt, value) is what the leaf has under “commitments”, for name and place."),
        _("SHA-256(0x00, leaf) leads by the proof to the root: RFC 9162, section 2.1.3.2, with seq − 1 as index."),
        _("The checkpoint has that size and, in base64, that root."),
        _("The checkpoint is signed by the key under “verifier”: C2SP signed-note and tlog-checkpoint."),
    ]
