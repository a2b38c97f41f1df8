"""Reading a sealed file: by whom it was sealed, and what it carries. Raises `Damaged` unless the seal holds.

The signature is judged twice: its bytes by `container`, and the whole file by pyHanko, which must see the same.
Nobody is trusted here: whose certificate it is, the caller decides by the fingerprint.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from petition.packets import container
from petition.packets.container import Container, Damaged

_SUBFILTER: Final = "/ETSI.CAdES.detached"
#: So far the sealer's clock and that of a timestamp may be apart: nothing is stamped before it is sealed.
_ASTRAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal that holds: whose it is, when it says it was set, and the time that a timestamp gives."""

    fingerprint: str
    name: str
    at: datetime
    stamped_at: datetime | None
    stamped_by: str
    unvouched: tuple[str, ...]
    attachments: dict[str, bytes]


def read(data: bytes) -> Seal:
    """The seal of a file and what the file carries. Raises Damaged."""
    found = container.find(data)
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        return _judged(reader, found)
    except Damaged:
        raise
    except Exception as fault:
        # A file that means harm may bring the reader to raise anything; to us it is all one.
        raise Damaged("The file is damaged, or was never one of ours.") from fault


def _judged(reader: PdfFileReader, found: Container) -> Seal:
    embedded = reader.embedded_signatures
    if len(embedded) != 1:
        raise Damaged("The file has more than one signature; a packet of ours has one.")
    [one] = embedded
    same = tuple(one.byte_range) == found.byte_range and bytes(one.pkcs7_content) == found.contents
    if not same or str(one.sig_object["/SubFilter"]) != _SUBFILTER:
        raise Damaged("The signature is not where the file says it is.")
    certifies = reader.root["/Perms"].raw_get("/DocMDP") == one.sig_field.raw_get("/V")
    if not certifies or one.docmdp_level != MDPPerm.NO_CHANGES:
        raise Damaged("The seal does not forbid changes, as ours does.")
    own = asn1_x509.Certificate.load(found.certificate)
    stamping = _stamping(found.token)
    at = one.self_reported_timestamp
    if at is None:
        raise Damaged("The seal does not say when it was set.")
    status = validate_pdf_signature(
        one, _only(own, at), ts_validation_context=_only(stamping, at) if stamping is not None else None
    )
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE or not status.bottom_line:
        raise Damaged("The seal does not hold: its signature is not right.")
    stamp = status.timestamp_validity
    if (stamp is None) != (found.token is None):
        raise Damaged("The timestamp in the seal is damaged.")
    if stamp is not None and stamp.timestamp < at - _ASTRAY:
        raise Damaged("The timestamp in the seal is older than the seal, so somebody put it there.")
    return Seal(
        fingerprint=found.fingerprint,
        name=_name(own),
        at=at,
        stamped_at=stamp.timestamp if stamp is not None else None,
        stamped_by=_name(stamping) if stamping is not None else "",
        unvouched=found.unvouched,
        attachments=dict(_attachments(reader)),
    )


def _name(certificate: asn1_x509.Certificate) -> str:
    named = certificate.subject.native.get("common_name")
    return str(named or certificate.subject.human_friendly)


def _only(certificate: asn1_x509.Certificate, at: datetime) -> ValidationContext:
    """For the one question whether the signature is this certificate's, at the time that it names."""
    return ValidationContext(trust_roots=[certificate], moment=at, allow_fetching=False)


def _stamping(token: bytes | None) -> asn1_x509.Certificate | None:
    if token is None:
        return None
    content = cms.ContentInfo.load(token)["content"]
    return asn1_x509.Certificate.load(
        container.named([one.chosen.dump() for one in content["certificates"]], content["signer_infos"][0])
    )


def _attachments(reader: PdfFileReader) -> Iterator[tuple[str, bytes]]:
    names = reader.root["/Names"]["/EmbeddedFiles"] if "/Names" in reader.root else {}
    seen = set()
    for name, specification in _leaves(names, 0):
        if name in seen:
            raise Damaged("The file carries two attachments of one name.")
        seen.add(name)
        yield name, specification["/EF"]["/F"].data


def _leaves(node: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """A name tree's pairs (ISO 32000-2, 7.9.6)."""
    if depth > 8:
        raise Damaged("The file's list of attachments is damaged.")
    # What .get() returns may be a reference; [] follows it.
    named = node["/Names"] if "/Names" in node else ()  # noqa: SIM401
    for at in range(0, len(named), 2):
        yield str(named[at + 1]["/UF"]), named[at + 1]
    kids = node["/Kids"] if "/Kids" in node else ()  # noqa: SIM401
    for at in range(len(kids)):
        yield from _leaves(kids[at], depth + 1)
