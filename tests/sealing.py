"""What tests of seals stand on: keys, certificates of organizers, a small PDF, and a timestamp server of our own."""

import contextlib
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from asn1crypto import cms, core, tsp
from asn1crypto import keys as asn1_keys
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
from pyhanko_certvalidator.registry import SimpleCertificateStore

from petition import merkle
from petition.crypto import PURPOSES, KeyRing
from petition.ledger import checkpoints, committing
from petition.ledger.checkpoints import Signed
from petition.packets import carrying, certificates, evidence, sealing
from petition.packets.certificates import Sealer
from petition.packets.contents import (
    Addressee,
    EvidenceFacts,
    PacketContents,
    RosterEntry,
    RosterGroup,
    SealFacts,
    SignedText,
)
from petition.packets.counts import Counts
from petition.packets.evidence import Evident
from petition.packets.volumes import cut

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
        if self.stamps.manner == "takes its time":
            time.sleep(2.5)
        if self.stamps.manner == "stalls":
            self.stamps.released.wait(60)
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
        if self.stamps.manner == "grants nothing":
            return 200, bytes.fromhex("30053003020100")
        beside = SimpleCertificateStore()
        if self.stamps.manner == "brings a stranger":
            stranger = issued("A stranger", ca=True).certificate.public_bytes(Encoding.DER)
            beside.register(asn1_x509.Certificate.load(stranger))
        answer = DummyTimeStamper(self.certificate, self.key, certs_to_embed=beside).request_tsa_response(request)
        if self.stamps.manner == "sends too much":
            more = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(b"x" * 40_000)]})
            answer["time_stamp_token"]["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([more])
            return 200, bytes(answer.dump(force=True))
        return 200, bytes(answer.dump())

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "10000")
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


# --- A packet without a house ---------------------------------------------------------------------

SLUG: Final = "books"
ORIGIN: Final = f"petition.example/ledger/{SLUG}"
TEXTS: Final = ("a1" * 32, "b2" * 32)
PEOPLE: Final = (
    ("Ada Lovelace", "Omaha", "NE", ""), ("Zoë Whitehorse", "Lincoln", "NE", ""), ("=1+1", "Anchorage", "AK", ""),
    ("Тарас Коваль", "Lviv", "ZZ", "UA"), ("Withdrawn Person", "Salem", "OR", ""), ("Hidden Person", "Salem", "OR", ""),
    ("渡辺 さくら", "Kyoto", "ZZ", "JP"), ("Doubtful Person", "Reno", "NV", ""), ("Restored Person", "Reno", "NV", ""),
)  # fmt: skip


def ledger() -> list[Evident]:
    """A small ledger in which everything has happened once, with what opens the rows that count and show a name."""
    entries: list[Evident] = []
    for name, *place in PEOPLE:
        city, state, country = place
        seq = len(entries) + 1
        salts = {field: sha256(f"{seq} {field}".encode()).digest()[:16] for field in committing.FIELDS}
        values = {"name": name, "place": committing.place_value(city, state, country), "mailbox": f"{seq:064x}"}
        commitments = {field: committing.commitment(field, salts[field], values[field]) for field in committing.FIELDS}
        opened = evidence.Opened(name, (city, state, country), salts["name"], salts["place"])
        shown = name.split()[0] not in ("Withdrawn", "Hidden", "Doubtful")
        entries.append(_leaf(seq, "verified", None, None, commitments, opened if shown else None))
    for kind, of, reason in (
        ("withdrawn", 5, None), ("invalidated", 8, "duplicate"), ("invalidated", 9, "held"), ("restored", 9, None),
    ):  # fmt: skip
        entries.append(_leaf(len(entries) + 1, kind, of, reason, {}, None))
    return entries


def _leaf(
    seq: int, kind: str, of: int | None, reason: str | None, commitments: dict[str, str], opened: Any
) -> Evident:
    said = {
        "v": 1, "kind": kind, "statement": SLUG, "revision": TEXTS[(of or seq) % 2], "notice": "c3" * 32, "seq": seq,
        "of": of, "day": f"2026-11-{seq:02}", "method": "link", "reason": reason, "commitments": commitments,
    }  # fmt: skip
    return Evident(evidence.canonical(said), opened)


def contents(entries: list[Evident], keys: KeyRing) -> PacketContents:
    """What a packet of that ledger says."""
    root = merkle.root(merkle.leaf_hash(one.text.encode()) for one in entries)
    rows: dict[str, list[RosterEntry]] = {}
    for number, (name, city, state, country) in enumerate(PEOPLE, start=1):
        if name.split()[0] not in ("Withdrawn", "Doubtful"):
            hidden = name.startswith("Hidden")
            place = "" if hidden else city + (f", {country}" if country else "")
            shown = "Name withheld" if hidden else name
            rows.setdefault(state, []).append(RosterEntry(number, shown, place, date(2026, 11, number)))
    said = Signed(ORIGIN, len(entries), root, NOW.replace(microsecond=0))
    return PacketContents(
        call_number=("PET", "1"), copy=3, sample=False, title="Books", ask="Sell us books", kind_words="A petition",
        addressee=Addressee("Vantage House"), issuer="Libraries", date=NOW.date(),
        texts=tuple(
            SignedText(at + 1, "en", text, "<p>Books</p>", number, NOW.date())
            for at, (text, number) in enumerate(zip(TEXTS, (3, 4), strict=True))
        ),
        count=Counts(
            verified=7, mailboxes=7, entered=9, withdrawn=1, invalidated=2, restored=1, never_confirmed=0, held=0,
            waiting=0, removed=(), as_of=NOW,
        ),
        by_state=(), ledger_size=len(entries), ledger_root_hex=root.hex(), notice_text="Sign", notice_sha256="c3" * 32,
        verify_url="https://petition.example/statements/books",
        roster=tuple(RosterGroup(state, state, tuple(found)) for state, found in rows.items()),
        checkpoint=checkpoints.note(keys, said), nonces=("00" * 32,),
    )  # fmt: skip


Change = Callable[[str, bytes], bytes]


def with_roster(change: Callable[[bytes], bytes]) -> Change:
    """The roster with something changed before sealing, and the manifest made to fit."""
    kept: dict[str, Any] = {}

    def edit(name: str, data: bytes) -> bytes:
        if name == carrying.ROSTER:
            changed = change(data)
            assert changed != data
            kept.update(sha256=sha256(changed).hexdigest(), rows=changed.count(b"\n") - 1)
            return changed
        if name == carrying.MANIFEST:
            manifest = json.loads(data)
            manifest["roster"].update(kept)
            return json.dumps(manifest).encode()
        return data

    return edit


@dataclass(frozen=True)
class Made:
    """A packet as a publisher gets it: the sealed file and its evidence."""

    pdf: Path
    evidence: Path
    sealer: Sealer


def packet(
    folder: Path, sealer: Sealer | None = None, server: str | None = None, change: Change = lambda _name, data: data,
    named: str | None = None, evident: list[Evident] | None = None, roster: Callable[[bytes], bytes] | None = None,
) -> Made:  # fmt: skip
    """Make one. `change` is what somebody does to its attachments before sealing, `roster` to the roster alone, with a
    manifest that fits; `named` is whom the manifest names, and `evident` what the evidence shows instead of the ledger.
    """
    import weasyprint

    keys = ring()
    sealer = sealer or certificates.ours(keys)
    told = contents(ledger(), keys)
    evident = evident or ledger()
    root = merkle.root(merkle.leaf_hash(one.text.encode()) for one in evident).hex()
    written = evidence.write(folder / "packet-evidence.bin", evident, statement=SLUG, size=told.ledger_size, root=root)
    change = with_roster(roster) if roster is not None else change
    key = checkpoints.verifier(ORIGIN, checkpoints.public_key(keys))
    told = replace(
        told,
        seal=SealFacts(sealer.name, named or sealer.fingerprint, not sealer.self_made, key),
        evidence=EvidenceFacts("packet-evidence.bin", written.sha256, written.size_bytes),
    )
    carried = [
        (one, change(one.name, one.data if isinstance(one.data, bytes) else one.data.read_bytes()))
        for one in carrying.attachments(told, cut(told).files[0], "en", ["Name withheld"], folder)
    ]
    files = [weasyprint.Attachment(file_obj=io.BytesIO(data), name=one.name) for one, data in carried]
    html = weasyprint.HTML(string="<title>A packet</title><h1>A packet</h1>")
    html.write_pdf(folder / "unsealed.pdf", attachments=files)
    sealing.seal(folder / "unsealed.pdf", folder / "packet.pdf", sealer, now=NOW, server=server)
    return Made(folder / "packet.pdf", folder / "packet-evidence.bin", sealer)
