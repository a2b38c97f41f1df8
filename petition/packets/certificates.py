"""The certificate that packets are sealed with: the organizer's, or one that we make of the key file.

Ours is derived from the seal's key, its certificate byte for byte, so that a restored key file seals under the
fingerprint that was published. A reader will call its signer unknown until somebody compares that fingerprint.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from petition.crypto import KeyRing
from petition.errors import CannotBuild

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

#: The order of the group of P-256 (FIPS 186-5, 6.1.1; SP 800-186, 3.2.1.3).
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# Fixed, so that the same key makes the same bytes; until the last second that UTCTime can say (RFC 5280, 4.1.2.5.1).
_FROM: Final = datetime(2020, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)
_WEAK: Final = 2048  # bits of an RSA key below which readers refuse it


class BadCertificate(CannotBuild):
    """The sealing certificate cannot be used; the message is a sentence that its owner can act on."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """Who seals: a certificate, its key, those that vouch for it, and whether we made it ourselves."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)
    chain: tuple[x509.Certificate, ...] = ()
    self_made: bool = False

    @property
    def fingerprint(self) -> str:
        """By which it is known: the SHA-256 of the certificate's DER, 64 hexadecimal digits."""
        return fingerprint(self.certificate.public_bytes(Encoding.DER))

    @property
    def name(self) -> str:
        """Whom the certificate names, as a reader shows it."""
        named = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(named[0].value) if named else self.certificate.subject.rfc4514_string()

    @property
    def pem(self) -> str:
        """The certificate as text, for whoever wants their reader to know it."""
        return self.certificate.public_bytes(Encoding.PEM).decode()


def fingerprint(certificate: bytes) -> str:
    """The SHA-256 of a certificate's DER, 64 hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def sealer(keys: KeyRing, path: Path | None, password: str | None, now: datetime) -> Sealer:
    """The organizer's certificate where there is one, else ours. Raises BadCertificate."""
    return ours(keys) if path is None else read(path, password, now)


def ours(keys: KeyRing) -> Sealer:
    """The certificate that we make ourselves: the same bytes from the same key file."""
    secret = keys.mac("seal", b"certificate", b"1") + keys.mac("seal", b"certificate", b"2")
    # 512 bits before the remainder, so that no scalar is likelier than another (FIPS 186-5, A.2.1).
    key = ec.derive_private_key(int.from_bytes(secret, "big") % (_ORDER - 1) + 1, ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    serial = int.from_bytes(hashlib.sha256(b"petition seal\x00" + public).digest()[:16], "big") >> 1 or 1
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Petition packet seal {serial:032X}"[:29])])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), serial, _FROM, _UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_documents(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    try:
        return Sealer(made.sign(key, SHA256(), ecdsa_deterministic=True), key, self_made=True)
    except UnsupportedAlgorithm:
        raise BadCertificate(
            "This machine's OpenSSL is older than 3.2 and cannot make our certificate the same each time: "
            "install cryptography as a wheel, or set PETITION_SEAL_CERTIFICATE."
        ) from None


def _signs_documents() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def read(path: Path, password: str | None, now: datetime | None) -> Sealer:
    """The certificate in a PKCS#12 or PEM file, with its key. Raises BadCertificate, never what is in the file.

    Without a moment it may have expired: what it sealed before remains its seal.
    """
    try:
        data = path.read_bytes()
    except OSError:
        raise BadCertificate(f"PETITION_SEAL_CERTIFICATE: {path} cannot be read.") from None
    secret = password.encode() if password else None
    key, certificates = _pem(path, data, secret) if b"-----BEGIN " in data else _pkcs12(path, data, secret)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise BadCertificate(f"PETITION_SEAL_CERTIFICATE: the key in {path} is neither RSA nor ECDSA.")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _WEAK:
        raise BadCertificate(f"PETITION_SEAL_CERTIFICATE: the RSA key in {path} is shorter than {_WEAK} bits.")
    own = [one for one in certificates if _public(one.public_key()) == _public(key.public_key())]
    if not own:
        raise BadCertificate(f"PETITION_SEAL_CERTIFICATE: no certificate in {path} fits the key that is in it.")
    _judge(path, own[0], now)
    return Sealer(own[0], key, _chain(own[0], certificates))


def _pem(path: Path, data: bytes, password: bytes | None) -> tuple[object, list[x509.Certificate]]:
    if b"PRIVATE KEY-----" not in data:
        raise BadCertificate(f"PETITION_SEAL_CERTIFICATE: {path} holds no private key; put both into one file.")
    if b"BEGIN CERTIFICATE-----" not in data:
        raise BadCertificate(f"PETITION_SEAL_CERTIFICATE: {path} holds a key and no certificate.")
    encrypted = b"ENCRYPTED" in data
    try:
        key = load_pem_private_key(data, password if encrypted else None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise (_wrong_password(path, password) if encrypted else _damaged(path)) from None
    try:
        return key, x509.load_pem_x509_certificates(data)
    except ValueError:
        raise _damaged(path) from None


def _pkcs12(path: Path, data: bytes, password: bytes | None) -> tuple[object, list[x509.Certificate]]:
    try:
        key, certificate, more = pkcs12.load_key_and_certificates(data, password)
    except ValueError as fault:
        # What cryptography says of a wrong password, and of nothing else.
        raise (_wrong_password(path, password) if "password" in str(fault).lower() else _damaged(path)) from None
    except (TypeError, UnsupportedAlgorithm):
        raise _damaged(path) from None
    if key is None or certificate is None:
        raise BadCertificate(f"PETITION_SEAL_CERTIFICATE: {path} lacks a private key or its certificate.")
    return key, [certificate, *more]


def _wrong_password(path: Path, password: bytes | None) -> BadCertificate:
    if password is None:
        return BadCertificate(f"PETITION_SEAL_PASSWORD is not set, and {path} asks for a password.")
    return BadCertificate(f"PETITION_SEAL_PASSWORD: {path} does not open with this password.")


def _damaged(path: Path) -> BadCertificate:
    return BadCertificate(f"PETITION_SEAL_CERTIFICATE: {path} is not a PKCS#12 or PEM file, or it is damaged.")


def _judge(path: Path, certificate: x509.Certificate, now: datetime | None) -> None:
    if now is not None:
        _judge_dates(path, certificate, now)
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    except ValueError:
        raise _damaged(path) from None
    if not (usage.digital_signature or usage.content_commitment):
        raise BadCertificate(f"PETITION_SEAL_CERTIFICATE: the certificate in {path} is not for signing documents.")


def _judge_dates(path: Path, certificate: x509.Certificate, now: datetime) -> None:
    if certificate.not_valid_after_utc < now:
        raise BadCertificate(
            f"PETITION_SEAL_CERTIFICATE: the certificate in {path} expired on {certificate.not_valid_after_utc:%F}."
        )
    if certificate.not_valid_before_utc > now:
        raise BadCertificate(
            f"PETITION_SEAL_CERTIFICATE: the certificate in {path} is not valid before "
            f"{certificate.not_valid_before_utc:%F}."
        )


def _chain(certificate: x509.Certificate, given: list[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Those that vouch for it, one after the other; what vouches for nothing here is left out."""
    chain: list[x509.Certificate] = []
    at = certificate
    while at.issuer != at.subject:
        issuer = next((one for one in given if one.subject == at.issuer and _vouches(one, at)), None)
        if issuer is None or issuer in chain:
            break
        chain.append(issuer)
        at = issuer
    return tuple(chain)


def _vouches(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # whatever does not verify, for whatever reason, does not vouch
        return False
    return True


def _public(key: object) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined, no-any-return]
