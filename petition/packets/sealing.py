"""Sealing a packet's file: a PAdES signature that certifies it and allows no change, with the time of others where
there is a timestamp server (ETSI EN 319 142-1, levels B-B and B-T; ISO 32000-2, 12.8.2.2).

The file is written beside its place and renamed into it: there is a whole sealed file or none.
"""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from petition.errors import CannotBuild
from petition.packets import seal_reading, timestamps
from petition.packets.certificates import Sealer
from petition.packets.container import Damaged
from petition.packets.timestamps import NoTimestamp

_NO_USE: Final = "The timestamp server's answer cannot be used."
FIELD: Final = "Seal"
# Hexadecimal digits kept free for the signature: ours takes about 2,500, a chain or a timestamp up to 20,000 more.
# A string of a PDF/A is shorter than 32,767 bytes (ISO 19005-3, 6.1.13).
_ROOM: Final = 24_576
_ROOM_WITH_TIME: Final = 65_532


@dataclass(frozen=True, slots=True)
class Sealed:
    """By whom a file was sealed, when we say that was, and the time that a timestamp server gave, if one did."""

    fingerprint: str
    at: datetime
    stamped_at: datetime | None
    why_not: str = ""  # no timestamp came although one was asked for


def seal(
    source: Path, out: Path, by: Sealer, *, now: datetime, reason: str = "",
    server: str | None = None, patience: float = timestamps.PATIENCE,
) -> Sealed:  # fmt: skip
    """Seal `source` as `out`; `reason` is shown by readers. Raises CannotBuild, and then leaves `out` as it was.

    A timestamp server has `patience` seconds in all; without an answer that can be used the file is sealed without.
    """
    why = ""
    if server is not None:
        asked = timestamps.Server(server, patience)
        try:
            return Sealed(by.fingerprint, now, _write(source, out, by, now, reason, asked))
        except NoTimestamp as none:
            why = str(none)
    _write(source, out, by, now, reason, None)
    return Sealed(by.fingerprint, now, None, why)


class _Writer(IncrementalPdfFileWriter):
    # pyHanko declares PDF 2.0 in all that it signs, and once more for keys on curves; PDF/A-3 is a kind of PDF 1.7.
    output_version = (1, 7)

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        super().ensure_output_version(min(version, self.output_version))  # type: ignore[no-untyped-call]


def _write(
    source: Path, out: Path, by: Sealer, now: datetime, reason: str, server: timestamps.Server | None
) -> datetime | None:
    said = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason or None,
        name=by.name,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    signer = signers.PdfSigner(said, signer=_signer(by), timestamper=server)
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    half = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file, source.open("rb") as unsealed:
            room = _ROOM if server is None else _ROOM_WITH_TIME
            signer.sign_pdf(_Writer(unsealed), output=cast("Any", file), bytes_reserved=room)
            file.flush()
            os.fsync(file.fileno())
        # What our own check calls damaged, whatever a timestamp server sent for it, must never go out.
        seal_reading.read(half.read_bytes())
        half.replace(out)
    except TimestampRequestError:
        raise NoTimestamp(_NO_USE) from None
    except OSError as fault:
        why = fault.strerror or "its file cannot be read or written"
        raise CannotBuild(f"{out} cannot be sealed: {why}.") from None
    except (PdfError, SigningError, ValueError) as fault:
        if server is not None:
            raise NoTimestamp(_NO_USE) from None
        if isinstance(fault, Damaged):
            raise CannotBuild(f"{out} cannot be sealed so that our own check accepts it. {fault}") from None
        raise CannotBuild(f"{out} cannot be sealed: what was printed is no whole PDF.") from None
    finally:
        with suppress(FileNotFoundError):
            half.unlink()
    return server.given_at if server is not None else None


def _signer(by: Sealer) -> signers.SimpleSigner:
    store = SimpleCertificateStore()
    store.register_multiple([_certificate(one) for one in by.chain])
    key = by.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(_certificate(by.certificate), asn1_keys.PrivateKeyInfo.load(key), store)


def _certificate(one: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(one.public_bytes(Encoding.DER))
