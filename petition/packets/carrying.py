"""What a packet's PDF carries for machines: its roster as CSV, a manifest of what it says, and the signed checkpoint.

The manifest names everything else by its SHA-256, so that the seal over the PDF holds for the evidence file too.
"""

import csv
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from petition.packets.contents import PacketContents
from petition.packets.evidence import Written
from petition.pdf.document import Attachment
from petition.signatures.exporting import plain

FORMAT: Final = "petition-packet"
VERSION: Final = 1
ROSTER: Final = "roster.csv"
MANIFEST: Final = "manifest.json"
CHECKPOINT: Final = "checkpoint.txt"
COLUMNS: Final = ("number", "day", "name", "place", "state")
#: How a roster names people (see petition.packets.redaction): only the first can be held against the evidence.
NAMES: Final = "names"


@dataclass(frozen=True, slots=True)
class Bound:
    """What the manifest says beyond the packet's own contents."""

    statement: str  # its slug
    language: str
    key: str  # under which checkpoints are read: NAME+HASH+KEY
    sealer: str  # SHA-256 of the certificate
    evidence: Written
    evidence_name: str
    withheld_as: str  # what stands in the place of a name that was withheld
    redaction: str = NAMES
    part: str = "whole"
    complete: bool = True  # all rows of the packet are in this file
    whole: bool = True  # every signature that counts has its row in this file


def attachments(contents: PacketContents, bound: Bound, folder: Path) -> tuple[Attachment, ...]:
    """The files for one PDF; the roster is written into `folder`, where it stays until the press is done."""
    roster = folder / ROSTER
    rows = write_roster(contents, roster)
    manifest = json.dumps(_manifest(contents, bound, roster, rows), ensure_ascii=False, indent=1, sort_keys=True)
    return (
        Attachment(ROSTER, roster, "text/csv", "The roster, a row for each entry"),
        Attachment(MANIFEST, manifest.encode(), "application/json", "What this packet says, in figures"),
        Attachment(CHECKPOINT, contents.checkpoint.encode(), "text/plain", "The signed state of the ledger"),
    )


def write_roster(contents: PacketContents, out: Path) -> int:
    """Write the roster as it is printed, one entry to a row; returns how many. No cell is a formula."""
    rows = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for group in contents.roster:
            for one in group.entries:
                table.writerow((one.number, one.day.isoformat(), plain(one.name), plain(one.place), group.code))
                rows += 1
    return rows


def _manifest(contents: PacketContents, bound: Bound, roster: Path, rows: int) -> dict[str, Any]:
    with roster.open("rb") as file:
        roster_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    count = contents.count
    return {
        "format": FORMAT,
        "version": VERSION,
        "statement": bound.statement,
        "title": contents.title,
        "copy": contents.copy,
        "part": bound.part,
        "language": bound.language,
        "sample": contents.sample,
        "taken": count.as_of.astimezone(UTC).isoformat(timespec="seconds"),
        "sealer": bound.sealer,
        "counts": {
            name: getattr(count, name)
            for name in (
                "verified", "mailboxes", "entered", "withdrawn", "invalidated", "restored", "never_confirmed", "held",
                "waiting",
            )
        },
        "texts": [
            {"number": text.number, "language": text.language, "sha256": text.sha256, "verified": text.verified}
            for text in contents.texts
        ],
        "notice_sha256": contents.notice_sha256,
        "ledger": {"size": contents.ledger_size, "root": contents.ledger_root_hex, "key": bound.key},
        "nonces": list(contents.nonces),
        "roster": {
            "file": ROSTER, "sha256": roster_sha256, "rows": rows, "redaction": bound.redaction,
            "complete": bound.complete, "whole": bound.whole, "withheld_as": bound.withheld_as,
        },
        "checkpoint": {"file": CHECKPOINT, "sha256": hashlib.sha256(contents.checkpoint.encode()).hexdigest()},
        "evidence": {"file": bound.evidence_name, **asdict(bound.evidence)},
    }  # fmt: skip
