"""What tests of seals stand on: keys, certificates of organizers, a small PDF, and a timestamp server of our own."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from petition.crypto import PURPOSES, KeyRing

NOW: Final = datetime.now(UTC)
PASSWORD: Final = "velvet pelican"


def ring(byte: int = 7) -> KeyRing:
    """A key file's keys, the same each time."""
    return KeyRing({purpose: (f"{purpose}-1", bytes([byte + at]) * 32) for at, purpose in enumerate(PURPOSES)})


@cache
def _key(which: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def issued(
    name: str, by: Issued | None = None, *, ca: bool = False, stamps: bool = False,
    begins: datetime = NOW - timedelta(days=1), ends: datetime = NOW + timedelta(days=30), signs: bool = True,
) -> Issued:  # fmt: skip
    """A certificate, by another or by itself."""
    key = _key(name)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(
        by.certificate.subject if by else subject, subject, key.public_key(), x509.random_serial_number(), begins, ends
    ).add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    usage = x509.KeyUsage(
        digital_signature=signs and not ca, content_commitment=signs and not ca, key_encipherment=not signs,
        data_encipherment=False, key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
    builder = builder.add_extension(usage, critical=True)
    return Issued(builder.sign(by.key if by else key, SHA256()), key)


def p12(one: Issued, *chain: Issued, password: str = PASSWORD) -> bytes:
    """As an organizer gets it from an authority."""
    return pkcs12.serialize_key_and_certificates(
        b"seal", one.key, one.certificate, [each.certificate for each in chain],
        BestAvailableEncryption(password.encode()),
    )  # fmt: skip


# --- Somebody else's clock ------------------------------------------------------------------------


@dataclass
class Stamps:
    """A timestamp server on this machine, and how it is to behave."""

    url: str = ""
    manner: str = "right"
    asked: int = 0
    released: threading.Event = None  # type: ignore[assignment]


class _Handler(BaseHTTPRequestHandler):
    stamps: Stamps
    certificate: Any
    key: Any

    def do_POST(self) -> None:
        self.stamps.asked += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.stamps.manner == "stalls":
            self.stamps.released.wait(10)
        elif self.stamps.manner == "drips":
            self._drip()
        else:
            self._answer(*self._token(body))

    def _token(self, body: bytes) -> tuple[int, bytes]:
        if self.stamps.manner == "refuses":
            return 200, bytes(tsp.TimeStampResp({"status": {"status": "rejection"}}).dump())
        if self.stamps.manner == "is down":
            return 503, b"down"
        if self.stamps.manner == "chatters":
            return 200, b"<html>Welcome</html>"
        request = tsp.TimeStampReq.load(body)
        if self.stamps.manner == "stamps something else":
            request["message_imprint"]["hashed_message"] = bytes(32)
        return 200, bytes(DummyTimeStamper(self.certificate, self.key).request_tsa_response(request).dump())

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not self.stamps.released.wait(0.02):
            with contextlib.suppress(OSError):
                self.wfile.write(b"0")

    def _answer(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextlib.contextmanager
def timestamp_server() -> Iterator[Stamps]:
    """Serve RFC 3161 tokens until the block ends."""
    stamps = Stamps(released=threading.Event())
    authority = issued("Sample time authority", stamps=True)
    certificate = asn1_x509.Certificate.load(authority.certificate.public_bytes(Encoding.DER))
    key = asn1_keys.PrivateKeyInfo.load(
        authority.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    )

    class Handler(_Handler):
        pass

    Handler.stamps, Handler.certificate, Handler.key = stamps, certificate, key
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stamps.url = f"http://127.0.0.1:{server.server_port}/tsr"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield stamps
    finally:
        stamps.released.set()
        server.shutdown()
        server.server_close()


def small_pdf(path: Path) -> Path:
    """A page by the writer of our pages."""
    import weasyprint

    weasyprint.HTML(string="<title>A packet</title><h1>A packet</h1>").write_pdf(path)
    return path
