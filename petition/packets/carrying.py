"""What a packet's PDF carries for machines: its roster as CSV, a manifest of what it says, and the signed checkpoint.

The manifest names everything else by its SHA-256, so that the seal over the PDF holds for the evidence file too.
"""

import csv
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from petition.packets.contents import EvidenceFacts, PacketContents, RosterGroup, SealFacts
from petition.packets.volumes import Volume
from petition.pdf.document import Attachment
from petition.signatures.exporting import plain

FORMAT: Final = "petition-packet"
VERSION: Final = 1
ROSTER: Final = "roster.csv"
MANIFEST: Final = "manifest.json"
CHECKPOINT: Final = "checkpoint.txt"
COLUMNS: Final = ("number", "day", "name", "place", "state")
#: How a roster names people (petition.packets.options.Redaction): only this can be held against the evidence.
NAMES: Final = "names"


def attachments(
    contents: PacketContents, volume: Volume, language: str, nameless: Sequence[str], folder: Path
) -> tuple[Attachment, ...]:
    """The files for one file of a packet, and none for one that will not be sealed.

    The brief carries every row of the packet, a volume its own. `nameless` is what a roster says in the place of a
    name. The roster is written into `folder`, and read there by the press.
    """
    if contents.seal is None or contents.evidence is None:
        return ()
    roster = folder / ROSTER
    rows = write_roster([one for one in contents.roster if volume.is_brief or one.code in volume.codes], roster)
    said = {
        **_manifest(contents, contents.seal, contents.evidence),
        "part": volume.part,
        "language": language,
        "roster": {
            "file": ROSTER,
            "sha256": _sha256(roster),
            "rows": rows,
            "redaction": str(contents.options.redaction),
            # All rows of the packet are here; and they are all that count.
            "complete": volume.is_brief,
            "whole": volume.is_brief and contents.options.lists and contents.options.since is None,
            "nameless": list(nameless),
        },
    }
    manifest = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)
    return (
        Attachment(ROSTER, roster, "text/csv", "The roster, a row for each entry"),
        Attachment(MANIFEST, manifest.encode(), "application/json", "What this packet says, in figures"),
        Attachment(CHECKPOINT, contents.checkpoint.encode(), "text/plain", "The signed state of the ledger"),
    )


def write_roster(groups: Sequence[RosterGroup], out: Path) -> int:
    """Write a roster as it is printed, one entry to a row; returns how many. No cell is a formula."""
    rows = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for group in groups:
            for one in group.entries:
                table.writerow((one.number, one.day.isoformat(), plain(one.name), plain(one.place), group.code))
                rows += 1
    return rows


def _manifest(contents: PacketContents, seal: SealFacts, evidence: EvidenceFacts) -> dict[str, Any]:
    count = contents.count
    return {
        "format": FORMAT,
        "version": VERSION,
        "statement": contents.checkpoint.split("\n", 1)[0].rpartition("/")[2],
        "title": contents.title,
        "copy": contents.copy,
        "sample": contents.sample,
        "taken": count.as_of.astimezone(UTC).isoformat(timespec="seconds"),
        "sealer": seal.fingerprint,
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
        "ledger": {"size": contents.ledger_size, "root": contents.ledger_root_hex, "key": seal.ledger_key},
        "nonces": list(contents.nonces),
        "checkpoint": {"file": CHECKPOINT, "sha256": hashlib.sha256(contents.checkpoint.encode()).hexdigest()},
        "evidence": {"file": evidence.name, "sha256": evidence.sha256, "size_bytes": evidence.size_bytes},
    }  # fmt: skip


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
