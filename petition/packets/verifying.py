"""Verifying a packet without us: the seal, what the PDF carries, and the evidence that rebuilds the ledger's root.

Works on files alone. Says what was proven, what was not, and what was not looked at; a fault is one sentence.
"""

import base64
import csv
import hashlib
import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeGuard

from petition import merkle
from petition.ledger import checkpoints
from petition.ledger.checkpoints import BadCheckpoint, Signed
from petition.packets import carrying, evidence, seal_reading
from petition.packets.container import Damaged
from petition.packets.evidence import BadEvidence, Evident
from petition.packets.roster_reading import CarriedRoster
from petition.packets.seal_reading import Seal
from petition.signatures.exporting import plain

NOT_PROVEN: Final = "That the list is complete, that each entry is a different person, or that none was added"
SAMPLE: Final = ": ask for the sample that the packet describes."
NO_SAMPLE: Final = ". No sample can be drawn of this packet."


@dataclass(slots=True)
class Verdict:
    """What was found out about a packet that is intact."""

    seal: Seal
    known: bool
    proven: list[str] = field(default_factory=list)
    not_proven: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)


def verify(data: bytes, evidence_file: Path | None, known: Mapping[str, str]) -> Verdict:
    """Hold a packet against its seal, its manifest and its evidence. Raises Damaged.

    `known` says of fingerprints whose they are: "this installation's", "the one that you gave".
    """
    seal = seal_reading.read(data)
    verdict = Verdict(seal, seal.fingerprint in known)
    _tell_of_seal(verdict, known)
    _tell_of_time(verdict, hashlib.sha256(data).hexdigest())
    try:
        _tell_of_packet(verdict, evidence_file)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, csv.Error) as fault:
        if isinstance(fault, Damaged):
            raise
        raise Damaged("The packet was sealed, and what it carries is not written as ours are.") from None
    return verdict


def _tell_of_packet(verdict: Verdict, evidence_file: Path | None) -> None:
    seal = verdict.seal
    manifest = _manifest(seal)
    rows = _rows(seal, manifest)
    checkpoint = _checkpoint(seal, manifest)
    verdict.proven.append(
        f"The file carries its roster with {len(rows):,} rows, its manifest and its checkpoint, each as it was sealed."
    )
    verdict.proven.append(
        f"The ledger {checkpoint.origin} had {checkpoint.size:,} entries and the root {checkpoint.root.hex()} at "
        f"{checkpoint.at:%F %T} UTC; its key signed that."
    )
    if evidence_file is None:
        named = manifest["evidence"]["file"]
        verdict.not_checked.append(f"The ledger's entries, the counts and the roster: that takes --evidence {named}.")
    else:
        verdict.proven += _with_evidence(evidence_file, manifest, rows)
    verdict.not_proven.append(NOT_PROVEN + (SAMPLE if manifest["nonces"] else NO_SAMPLE))
    verdict.not_checked += [
        "That the printed roster shows the same rows as the attached one: compare them (pdftotext).",
        f"That others were given the same checkpoint: {checkpoint.origin} shows it to everybody.",
        "Whether a later copy has replaced this one: the site's page /verify says so.",
    ]


def _tell_of_seal(verdict: Verdict, known: Mapping[str, str]) -> None:
    seal = verdict.seal
    verdict.proven.append(
        "No byte that the seal covers has changed since it was sealed, and it covers the whole file but itself."
    )
    if verdict.known:
        verdict.proven.append(
            f"“{seal.name}” sealed it; the fingerprint {seal.fingerprint} is {known[seal.fingerprint]}."
        )
    else:
        verdict.not_proven.append(
            f"Who sealed it. The certificate says “{seal.name}”, and anybody can write that; its fingerprint is "
            f"{seal.fingerprint}. Compare it with the one that is published, and give that as --fingerprint."
        )
    if seal.unvouched:
        verdict.not_checked.append(
            "Certificates that lie in the seal beside the sealer's and that nothing in it vouches for, or not for "
            "their last bytes: " + "; ".join(seal.unvouched)
        )


def _tell_of_time(verdict: Verdict, sha256: str) -> None:
    seal = verdict.seal
    when = f"When it was sealed: {seal.at:%F %T} UTC is the sealer's word."
    # A token is over the signature, so the signature cannot be over the token (RFC 5126, 6.1.1).
    if seal.stamped_at is None:
        when += " No timestamp is in the seal; anybody could have taken one away, since no seal covers its own."
    else:
        when += (
            f" A timestamp of “{seal.stamped_by}” in the seal fits it, {seal.stamped_at:%F %T} UTC; anybody can put "
            "one there or take one away, since no seal covers its own."
        )
        verdict.not_checked.append(f"Who “{seal.stamped_by}” is, whose timestamp that is.")
    verdict.not_proven.append(when)
    verdict.not_checked.append(
        f"That this is the file that was issued, timestamp and all: its SHA-256 is {sha256}; compare it on the site's "
        "page /verify."
    )


# --- What the PDF carries -------------------------------------------------------------------------


def _manifest(seal: Seal) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(seal.attachments[carrying.MANIFEST])
        expected = manifest["format"] == carrying.FORMAT and manifest["version"] == carrying.VERSION
    except (KeyError, ValueError, TypeError, RecursionError):
        raise Damaged("The file is sealed and is not a packet: it carries no manifest of one.") from None
    if not expected:
        raise Damaged("The packet is of another version than this program knows.")
    if manifest["sealer"] != seal.fingerprint:
        raise Damaged("The packet was sealed by another certificate than its manifest names.")
    return manifest


def _carried(seal: Seal, manifest: dict[str, Any], which: str) -> bytes:
    data = seal.attachments.get(manifest[which]["file"])
    if data is None or hashlib.sha256(data).hexdigest() != manifest[which]["sha256"]:
        raise Damaged(f"The packet's {which} is not the one that its manifest names.")
    return data


def _rows(seal: Seal, manifest: dict[str, Any]) -> CarriedRoster:
    rows = CarriedRoster(_carried(seal, manifest, "roster"))
    counted = manifest["counts"]["verified"]
    if len(rows) != manifest["roster"]["rows"] or (manifest["roster"]["whole"] and len(rows) != counted):
        raise Damaged("The roster has another number of rows than the packet counts.")
    return rows


def _checkpoint(seal: Seal, manifest: dict[str, Any]) -> Signed:
    try:
        name, key = _key(manifest["ledger"]["key"])
        signed = checkpoints.read(_carried(seal, manifest, "checkpoint").decode(), key)
    except BadCheckpoint as bad:
        raise Damaged(f"The packet's checkpoint is not right: {bad}") from None
    if signed.origin != name:
        raise Damaged("The packet's checkpoint is of another ledger than the key.")
    if (signed.size, signed.root.hex()) != (manifest["ledger"]["size"], manifest["ledger"]["root"]):
        raise Damaged("The packet's checkpoint is of another ledger than its manifest.")
    return signed


def _key(written: str) -> tuple[str, bytes]:
    """A ledger's name and public key (C2SP signed-note, verifier keys)."""
    name, _hash, key = written.split("+", 2)
    public = base64.b64decode(key, validate=True)[1:]
    if checkpoints.verifier(name, public) != written:
        raise Damaged("The ledger's key in the manifest is not written as keys are.")
    return name, public


# --- The evidence ---------------------------------------------------------------------------------


def _with_evidence(path: Path, manifest: dict[str, Any], rows: CarriedRoster) -> list[str]:
    """What the evidence proves. Raises Damaged."""
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != manifest["evidence"]["sha256"]:
                raise Damaged("The evidence file is not the one that belongs to this packet, or it was changed.")
            file.seek(0)
            _header, entries = evidence.read(file)
            ledger = _Ledger(manifest, rows)
            root = merkle.root(ledger.hashes(entries)).hex()
    except OSError as fault:
        raise Damaged(f"{path} cannot be read: {fault.strerror}.") from None
    except BadEvidence as bad:
        raise Damaged(f"The evidence file is damaged. {bad}") from None
    if root != manifest["ledger"]["root"]:
        raise Damaged("The entries in the evidence do not make the checkpoint's root.")
    return ledger.told()


class _Ledger:
    """The ledger as its leaves tell it, one after the other, held against manifest and roster."""

    def __init__(self, manifest: dict[str, Any], rows: CarriedRoster) -> None:
        self._manifest, self._rows = manifest, rows
        self._kinds = {"verified": 0, "withdrawn": 0, "invalidated": 0, "restored": 0}
        self._verified = bytearray()  # whether each entry is a signature's, at its number
        self._counts = bytearray()  # and whether it counts
        self._texts: dict[str, int] = {}
        self._text = array("I")
        self._opened = self._hidden = 0

    def hashes(self, entries: Iterator[Evident]) -> Iterator[bytes]:
        """The hash of each leaf, once it has been looked at."""
        for seq, one in enumerate(entries, start=1):
            self._enter(seq, one)
            yield merkle.leaf_hash(one.text.encode())

    def _enter(self, seq: int, one: Evident) -> None:
        said = one.said
        kind, of = said.get("kind"), said.get("of")
        if said.get("seq") != seq or said.get("statement") != self._manifest["statement"] or kind not in self._kinds:
            raise Damaged(f"Entry {seq} of the evidence is not one of this ledger.")
        self._kinds[kind] += 1
        self._verified.append(kind == "verified")
        self._counts.append(kind == "verified")
        self._text.append(self._texts.setdefault(said["revision"], len(self._texts)))
        if kind == "verified":
            self._compare(seq, said, one)
            return
        if not self._is_signature(of) or self._counts[of - 1] != (kind != "restored"):
            raise Damaged(f"Entry {seq} of the evidence undoes what is not there.")
        self._counts[of - 1] = kind == "restored"

    def _is_signature(self, number: Any) -> TypeGuard[int]:
        return type(number) is int and 0 < number <= len(self._verified) and bool(self._verified[number - 1])

    def _compare(self, seq: int, said: dict[str, Any], one: Evident) -> None:
        row = self._rows.get(seq)
        if row is None:
            if one.opened is not None and self._manifest["roster"]["complete"]:
                raise Damaged(f"The evidence opens entry {seq}, which is not in the roster.")
            return
        day, name, place, state = row
        if day != said["day"]:
            raise Damaged(f"Entry {seq} of the roster has another day than the ledger.")
        if one.opened is None:
            self._hidden += 1
            roster = self._manifest["roster"]
            if roster["redaction"] == carrying.NAMES and name not in roster["nameless"]:
                raise Damaged(f"The roster names entry {seq}, and the evidence does not open it.")
            return
        self._opened += 1
        city, its_state, _country = one.opened.place
        abroad = its_state == "ZZ" and place.startswith(str(plain(city)))
        if name != plain(one.opened.name) or state != its_state or not (place == plain(city) or abroad):
            raise Damaged(f"Entry {seq} of the roster says something else than the ledger.")

    def told(self) -> list[str]:
        """What has come out. Raises Damaged where it does not add up to what the packet says."""
        counts, roster = self._manifest["counts"], self._manifest["roster"]
        verified = sum(self._counts)
        found = {**self._kinds, "entered": self._kinds["verified"], "verified": verified}
        if any(found[name] != counts[name] for name in ("verified", "entered", *list(self._kinds)[1:])):
            raise Damaged("The ledger's entries add up to other counts than the packet's.")
        by_text = dict.fromkeys(self._texts.values(), 0)
        for which, counts_now in zip(self._text, self._counts, strict=True):
            by_text[which] += counts_now
        for text in self._manifest["texts"]:
            if by_text.get(self._texts.get(text["sha256"], -1), 0) != text["verified"]:
                raise Damaged("Another number signed one of the texts than the packet says.")
        if any(not self._is_signature(number) or not self._counts[number - 1] for number in self._rows):
            raise Damaged("The roster has an entry that does not count.")
        if roster["whole"] and len(self._rows) != verified:
            raise Damaged("The roster lacks an entry that counts.")
        return [
            f"All {len(self._counts):,} entries of the ledger, rebuilt from the evidence, make the checkpoint's root.",
            (
                f"{verified:,} signatures follow from them: {counts['entered']:,} entered, {counts['withdrawn']:,} "
                f"withdrawn, {counts['invalidated']:,} invalidated, {counts['restored']:,} restored; and under each "
                "text as many as the packet says."
            ),
            (
                f"{self._opened:,} rows of the roster say what their entries committed to; {self._hidden:,} stand in "
                "the ledger and are not opened, because no name is given."
            ),
        ]
