"""The bytes of a seal: which part of a file it signs, and whether anything stands in it that nobody vouches for.

A signature cannot cover the place where it stands itself. So of those bytes we demand the one form that our sealing
writes: hexadecimal in capitals, the CMS rebuilt from its parts to the letter, zeros to the end (RFC 5652;
ISO 32000-2, 12.8.1). Asked before any reader of PDFs sees the file.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import algos, cms
from cryptography import x509

from petition.packets.certificates import fingerprint

_RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*0 (\d{1,12}) (\d{1,12}) (\d{1,12})\s*\]")
_HEX: Final = re.compile(rb"(?:[0-9A-F]{2})+")
_STAMP: Final = "signature_time_stamp_token"


class Damaged(ValueError):
    """The file is not one that we sealed, or it was changed. The message is one sentence that says what is wrong."""


@dataclass(frozen=True, slots=True)
class Container:
    """What a file's only signature consists of."""

    contents: bytes  # as the file has it, padding included
    byte_range: tuple[int, int, int, int]
    certificate: bytes  # DER
    token: bytes | None  # the RFC 3161 token in DER
    signature: bytes
    unvouched: tuple[str, ...]  # whose certificates lie in it without anything that vouches for their last byte

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the sealer's certificate."""
        return fingerprint(self.certificate)


def find(data: bytes) -> Container:
    """The seal of a file, which covers it to its last byte. Raises Damaged."""
    found = list(_RANGE.finditer(data))
    if not found:
        raise Damaged("This is not a sealed packet: no signature was found in it." if data[:5] == b"%PDF-" else
                      "This is not a PDF.")  # fmt: skip
    if len(found) > 1:
        raise Damaged("The file has more than one signature; a packet of ours has one.")
    until, since, rest = (int(number) for number in found[0].groups())
    if since + rest != len(data):
        raise Damaged("The seal does not cover the file to its last byte: something was added or cut off.")
    if not until < since or data[until : until + 1] != b"<" or data[since - 1 : since] != b">":
        raise Damaged("The seal leaves out more of the file than itself.")
    raw = _unpadded(data[until + 1 : since - 1])
    view = memoryview(data)
    digest = hashlib.sha256(view[:until])
    digest.update(view[since:])
    return _parts(raw, digest.digest(), bytes.fromhex(data[until + 1 : since - 1].decode()), (0, until, since, rest))


def _unpadded(written: bytes) -> bytes:
    """The CMS without the zeros behind it."""
    if not _HEX.fullmatch(written):
        raise Damaged("The signature is not written as ours are.")
    raw = bytes.fromhex(written.decode())
    if raw[:2] != b"\x30\x82":
        raise Damaged("The signature is not written as ours are.")
    end = 4 + int.from_bytes(raw[2:4], "big")
    if end > len(raw) or raw[end:].strip(b"\x00"):
        raise Damaged("Something stands behind the signature, where there must be nothing.")
    return raw[:end]


def _parts(raw: bytes, digest: bytes, contents: bytes, byte_range: tuple[int, int, int, int]) -> Container:
    try:
        content = cms.ContentInfo.load(raw, strict=True)["content"]
        signer = content["signer_infos"][0]
        signed = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
        if signed["message_digest"][0].native != digest:
            raise Damaged("The file was changed after it was sealed.")
        certificates = [one.chosen.dump() for one in content["certificates"]]
        own = named(certificates, signer)
        token = _token(signer)
        if _rebuilt(content, signer, own) != raw:
            raise Damaged("The signature is not written as ours are.")
        unvouched = [*_unvouched(own, certificates), *(_strays(token) if token else [])]
        return Container(contents, byte_range, own, token, signer["signature"].native, tuple(unvouched))
    except Damaged:
        raise
    except Exception:
        # Whatever the decoder stumbles over was not written by us.
        raise Damaged("The signature is damaged.") from None


def named(certificates: list[bytes], signer: Any) -> bytes:
    """The certificate that a signer's information names. Raises Damaged."""
    issuer, serial = signer["sid"].chosen["issuer"].dump(), signer["sid"].chosen["serial_number"].native
    for one in certificates:
        parsed = cms.Certificate.load(one)
        if parsed.issuer.dump() == issuer and parsed.serial_number == serial:
            return one
    raise Damaged("The sealer's certificate is not in the signature.")


def _token(signer: Any) -> bytes | None:
    unsigned = list(signer["unsigned_attrs"])
    if not unsigned:
        return None
    if len(unsigned) > 1 or unsigned[0]["type"].native != _STAMP or len(unsigned[0]["values"]) != 1:
        raise Damaged("The signature holds something that our seals do not.")
    return bytes(unsigned[0]["values"][0].dump())


def _rebuilt(content: Any, signer: Any, own: bytes) -> bytes:
    """The CMS as sealing would have written it from the same parts."""
    method = algos.DigestAlgorithm({"algorithm": "sha256"})
    certificate = cms.Certificate.load(own)
    parts = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                )
            }
        ),
        "digest_algorithm": method,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": signer["signature_algorithm"]["algorithm"]}),
        "signed_attrs": signer["signed_attrs"],
        "signature": signer["signature"].native,
    }
    if list(signer["unsigned_attrs"]):
        parts["unsigned_attrs"] = signer["unsigned_attrs"]
    made = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms((method,)),
            "encap_content_info": {"content_type": "data"},
            "certificates": [one.chosen for one in content["certificates"]],
            "signer_infos": [cms.SignerInfo(parts)],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": made}).dump())


# --- Certificates beside the signer's -------------------------------------------------------------


def _unvouched(own: bytes, certificates: list[bytes]) -> list[str]:
    """The names of those whose bytes nothing here vouches for; Damaged for any that belong to nobody."""
    names, others = _chained(own, certificates)
    if others:
        raise Damaged("The signature holds a certificate that belongs to nobody in it.")
    return names


def _chained(own: bytes, certificates: list[bytes]) -> tuple[list[str], list[str]]:
    """Up from the signer's: the name of the last one if nothing here vouches for it, and of those in no chain."""
    at, waiting = x509.load_der_x509_certificate(own), [one for one in certificates if one != own]
    others = [x509.load_der_x509_certificate(one) for one in waiting]
    while at.issuer != at.subject:
        issuer = next((one for one in others if one.subject == at.issuer), None)
        if issuer is None:
            break
        at.verify_directly_issued_by(issuer)
        others.remove(issuer)
        at = issuer
    left = [one.subject.rfc4514_string() for one in others]
    if at.issuer == at.subject:
        at.verify_directly_issued_by(at)
        return [], left
    # The sealer's own is known by its fingerprint, and signed attributes name it.
    return [at.subject.rfc4514_string()] if len(certificates) > 1 else [], left


def _strays(token: bytes) -> list[str]:
    """What of a timestamp nobody vouches for; its signature is another's to check."""
    content = cms.ContentInfo.load(token, strict=True)["content"]
    signer = content["signer_infos"][0]
    certificates = [one.chosen.dump() for one in content["certificates"]]
    methods = [one.dump() for one in content["digest_algorithms"]]
    regular = (
        content["version"].native == "v3"
        and signer["version"].native == "v1"
        and content["encap_content_info"]["content_type"].native == "tst_info"
        and len(content["signer_infos"]) == 1
        and methods == [signer["digest_algorithm"].dump()]
        and not len(content["crls"])
        and not len(signer["unsigned_attrs"])
    )
    if not regular:
        raise Damaged("The timestamp in the seal is not written as timestamps are.")
    # Authorities of time like to send certificates for other chains too; anybody could put a whole token here anyway.
    names, others = _chained(named(certificates, signer), certificates)
    return names + others
