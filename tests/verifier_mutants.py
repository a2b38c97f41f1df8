"""Planted faults of the verifier: each leaves one thing out. A packet that is wrong in that way must then pass.

That is what shows that the packet is refused for that reason, and that a test would notice if nobody looked any more.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

import pytest
from pyhanko.sign import fields
from pyhanko.sign.validation import SignatureCoverageLevel

from petition.packets import carrying, certificates, container, evidence, seal_reading, sealing, verifying
from tests.sealing import NOW, PASSWORD, Made, issued, ledger, p12, packet, ring

#: A wrong packet as a story makes it: the file's bytes, its evidence, and whose it is said to be.
Wrong = tuple[bytes, Path, str]
Story = Callable[[Path], Wrong]
Plant = Callable[[pytest.MonkeyPatch], None]
_planted: Final[dict[str, tuple[Plant, Story]]] = {}
FAULTS: Final[Mapping[str, tuple[Plant, Story]]] = _planted


def fault(story: Story) -> Callable[[Plant], Plant]:
    """Keep a fault under its name."""

    def keep(plant: Plant) -> Plant:
        _planted[plant.__name__] = plant, story
        return plant

    return keep


# --- Stories --------------------------------------------------------------------------------------


def _of(made: Made, data: bytes | None = None) -> Wrong:
    return made.pdf.read_bytes() if data is None else data, made.evidence, made.sealer.fingerprint


def hidden_in_padding(folder: Path) -> Wrong:
    made = packet(folder)
    data = made.pdf.read_bytes()
    after = container.find(data).byte_range[2]
    return _of(made, data[: after - 41] + b"DEADBEEF" + data[after - 33 :])


def appended(folder: Path) -> Wrong:
    made = packet(folder)
    return _of(made, made.pdf.read_bytes() + b"\n")


def changed_page(folder: Path) -> Wrong:
    made = packet(folder)
    return _of(made, made.pdf.read_bytes().replace(b"WeasyPrint", b"WeasyPaint"))


def changed_signature(folder: Path) -> Wrong:
    made = packet(folder)
    data = made.pdf.read_bytes()
    last = container.find(data).signature.hex().upper().encode()
    return _of(made, data.replace(last, last[:-1] + (b"0" if last[-1:] != b"0" else b"1")))


def changed_version(folder: Path) -> Wrong:
    made = packet(folder)
    # SignedData's version 1 before its digest algorithms (RFC 5652, 5.1).
    return _of(made, made.pdf.read_bytes().replace(b"020101310F300D06", b"020103310F300D06", 1))


def changed_authority(folder: Path) -> Wrong:
    root = issued("A root", ca=True)
    (folder / "seal.p12").write_bytes(p12(issued("State Library Association", root), root))
    made = packet(folder, certificates.read(folder / "seal.p12", PASSWORD, NOW))
    ending = root.certificate.signature.hex().upper().encode()
    return _of(made, made.pdf.read_bytes().replace(ending, ending[:-1] + (b"0" if ending[-1:] != b"0" else b"1")))


def open_to_changes(folder: Path) -> Wrong:
    lax = SimpleNamespace(
        MDPPerm=SimpleNamespace(NO_CHANGES=fields.MDPPerm.FILL_FORMS), SigSeedSubFilter=fields.SigSeedSubFilter
    )
    with mock.patch.object(sealing, "fields", lax), mock.patch.object(sealing, "seal_reading"):
        return _of(packet(folder))


def sealed_anew(folder: Path) -> Wrong:
    return _of(packet(folder, certificates.ours(ring(90)), named=certificates.ours(ring()).fingerprint))


def another_name(folder: Path) -> Wrong:
    return _of(packet(folder, roster=lambda data: data.replace(b"Ada", b"Eda")))


def another_count(folder: Path) -> Wrong:
    def more(name: str, data: bytes) -> bytes:
        if name != carrying.MANIFEST:
            return data
        said = json.loads(data)
        said["counts"]["withdrawn"] += 1
        return json.dumps(said).encode()

    return _of(packet(folder, change=more))


def another_ledger(folder: Path) -> Wrong:
    other = ledger()
    said = json.loads(other[-1].text)
    other[-1] = evidence.Evident(evidence.canonical({**said, "method": "code"}))
    return _of(packet(folder, evident=other))


def other_evidence(folder: Path) -> Wrong:
    made = packet(folder)
    data = made.evidence.read_bytes()
    made.evidence.write_bytes(data.replace(b'"statement":"books"', b'"statement":"boots"', 1))
    return _of(made)


# --- Faults ---------------------------------------------------------------------------------------


@fault(hidden_in_padding)
def nobody_looks_at_the_padding(patch: pytest.MonkeyPatch) -> None:
    def short(written: bytes) -> bytes:
        raw = bytes.fromhex(written.decode())
        return raw[: 4 + int.from_bytes(raw[2:4], "big")]

    patch.setattr(container, "_unpadded", short)


@fault(appended)
def nobody_looks_behind_the_seal(patch: pytest.MonkeyPatch) -> None:
    find = container.find
    patch.setattr(container, "find", lambda data: find(data[:-1]))
    validate = seal_reading.validate_pdf_signature

    def whole(*given: Any, **named: Any) -> Any:
        found = validate(*given, **named)
        return SimpleNamespace(
            coverage=SignatureCoverageLevel.ENTIRE_FILE, bottom_line=found.intact and found.valid,
            timestamp_validity=None,
        )  # fmt: skip

    patch.setattr(seal_reading, "validate_pdf_signature", whole)


def _believes(patch: pytest.MonkeyPatch) -> None:
    believed = SimpleNamespace(
        coverage=SignatureCoverageLevel.ENTIRE_FILE, bottom_line=True, timestamp_validity=None
    )
    patch.setattr(seal_reading, "validate_pdf_signature", lambda *_given, **_named: believed)


@fault(changed_page)
def nobody_computes_the_digest(patch: pytest.MonkeyPatch) -> None:
    _believes(patch)
    parts = container._parts

    def anything(raw: bytes, _digest: bytes, *more: Any) -> Any:
        signer = container.cms.ContentInfo.load(raw)["content"]["signer_infos"][0]
        signed = {one["type"].native: one["values"][0].native for one in signer["signed_attrs"]}
        return parts(raw, signed["message_digest"], *more)

    patch.setattr(container, "_parts", anything)


@fault(changed_signature)
def nobody_checks_the_signature(patch: pytest.MonkeyPatch) -> None:
    _believes(patch)


@fault(changed_version)
def nobody_rebuilds_the_cms(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(container, "_rebuilt", lambda *_given: mock.ANY)


@fault(changed_authority)
def nobody_vouches_for_authorities(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(container, "_unvouched", lambda *_given: [])


@fault(open_to_changes)
def a_seal_may_allow_changes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(seal_reading, "MDPPerm", SimpleNamespace(NO_CHANGES=fields.MDPPerm.FILL_FORMS))


@fault(sealed_anew)
def anybody_may_seal_a_manifest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verifying, "_manifest", lambda seal: json.loads(seal.attachments[carrying.MANIFEST]))


@fault(another_name)
def rows_are_not_held_against_the_ledger(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verifying._Ledger, "_compare", lambda *_given: None)


@fault(another_count)
def counts_are_believed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verifying._Ledger, "told", lambda _self: [])


@fault(another_ledger)
def the_root_is_believed(patch: pytest.MonkeyPatch) -> None:
    def believed(hashes: Any) -> bytes:
        list(hashes)
        return bytes.fromhex(ROOT)

    patch.setattr(verifying, "merkle", SimpleNamespace(root=believed, leaf_hash=verifying.merkle.leaf_hash))


@fault(other_evidence)
def any_evidence_will_do(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verifying.hashlib, "file_digest", lambda *_given: SimpleNamespace(hexdigest=lambda: mock.ANY))


def _root() -> str:
    from petition import merkle

    return merkle.root(merkle.leaf_hash(one.text.encode()) for one in ledger()).hex()


ROOT: Final = _root()
