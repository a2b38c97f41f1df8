"""What somebody without our key can do to a sealed file: put a token of their own into its seal, or take one out."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from asn1crypto import algos, cms, tsp
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps import DummyTimeStamper

from petition.packets import container
from tests.sealing import issued


def token_of(data: bytes, name: str, at: datetime) -> Any:
    """A token that fits the file's signature, by an authority of that name that nobody knows."""
    authority = issued(name, stamps=True, begins=at - timedelta(days=1))
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(authority.certificate.public_bytes(Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(
            authority.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        fixed_dt=at,
    )
    asked = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "hashed_message": sha256(container.find(data).signature).digest(),
            },
            "nonce": 5,
            "cert_req": True,
        }
    )
    return stamper.request_tsa_response(asked)["time_stamp_token"]


def with_token(data: bytes, token: Any) -> bytes:
    """The file with this token in its seal, or with none; every other byte stays."""
    found = container.find(data)
    begin, end = found.byte_range[1] + 1, found.byte_range[2] - 1
    content = cms.ContentInfo.load(container._unpadded(data[begin:end]))["content"]
    signer = content["signer_infos"][0]
    stamps = [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})] if token is not None else []
    signer["unsigned_attrs"] = cms.CMSAttributes(stamps)
    written = container._rebuilt(content, signer, found.certificate).hex().upper().encode()
    changed = data[:begin] + written.ljust(end - begin, b"0") + data[end:]
    assert len(changed) == len(data)
    assert changed != data
    return changed
