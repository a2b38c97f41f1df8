"""The seal: by whose certificate, with whose time, and what happens when either is no good."""

import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.fields import MDPPerm

from petition.errors import CannotBuild
from petition.packets import certificates, seal_reading, sealing, timestamps
from petition.packets.binding import Binder
from petition.packets.certificates import BadCertificate
from petition.packets.issuing import Made
from petition.pdf.document import Report
from tests.sealing import NOW, PASSWORD, issued, p12, ring, small_pdf, timestamp_server

pytestmark = pytest.mark.one_database("sqlite", "no database is asked")
Needs = Callable[[str], str]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_pdf(tmp_path_factory.mktemp("page") / "page.pdf")


def said_by_pdfsig(needs: Needs, path: Path) -> str:
    return subprocess.run([needs("pdfsig"), "-nocert", path], capture_output=True, text=True, check=False).stdout


# --- The certificate ------------------------------------------------------------------------------


def test_the_same_key_file_makes_the_same_certificate_to_the_byte() -> None:
    assert certificates.ours(ring()).pem == certificates.ours(ring()).pem
    assert certificates.ours(ring()).fingerprint != certificates.ours(ring(40)).fingerprint
    # Packets are out under this fingerprint: whoever changes how it is made makes readers distrust them.
    assert certificates.ours(ring()).fingerprint == "a8c5dac9b343ab64ccaf79183e8d39045af624d6b4ff2b0219bc0394c03445bd"


def test_an_organizers_certificate_is_read_from_pkcs12_and_from_pem(tmp_path: Path) -> None:
    root = issued("A root", ca=True)
    between = issued("An authority between", root, ca=True)
    own = issued("State Library Association", between)
    stranger = issued("A stranger", ca=True)
    (tmp_path / "seal.p12").write_bytes(p12(own, stranger, root, between))
    (tmp_path / "seal.pem").write_bytes(own.key_pem + between.pem + own.pem + root.pem)

    read = [
        certificates.read(tmp_path / "seal.p12", PASSWORD, NOW),
        certificates.read(tmp_path / "seal.pem", None, NOW),
    ]

    for sealer in read:
        assert sealer.certificate == own.certificate
        assert list(sealer.chain) == [between.certificate, root.certificate]
        assert sealer.name == "State Library Association"
        assert not sealer.self_made


def test_a_certificate_that_cannot_seal_is_refused_with_one_sentence(tmp_path: Path) -> None:
    own, other = issued("State Library Association"), issued("Another")
    odd = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    bundle = p12(own)
    day = timedelta(days=1)
    cases: dict[str, tuple[bytes, str | None]] = {
        "SEAL_PASSWORD is not set": (bundle, None),
        "does not open with this password": (bundle, "velvet pelicam"),
        "is damaged": (bundle[:-200], PASSWORD),
        "or it is damaged": (b"\x00not a certificate", None),
        "or PEM file, or it is damaged": (own.key_pem + b"-----BEGIN CERTIFICATE-----\nAAAA\n", None),
        "holds no private key": (own.pem, None),
        "holds a key and no certificate": (own.key_pem, None),
        "fits the key": (own.key_pem + other.pem, None),
        "neither RSA nor ECDSA": (odd + own.pem, None),
        "expired on": ((old := issued("Old", begins=NOW - 9 * day, ends=NOW - day)).key_pem + old.pem, None),
        "is not valid before": ((new := issued("New", begins=NOW + day)).key_pem + new.pem, None),
        "is not for signing": ((web := issued("Web", signs=False)).key_pem + web.pem, None),
    }
    for number, (sentence, (data, password)) in enumerate(cases.items()):
        path = tmp_path / f"seal-{number}"
        path.write_bytes(data)
        with pytest.raises(BadCertificate, match=sentence) as refused:
            certificates.read(path, password, NOW)
        assert str(refused.value).startswith("PETITION_SEAL_")
        assert "\n" not in str(refused.value)
        assert not password or password not in str(refused.value)
    with pytest.raises(BadCertificate, match="cannot be read"):
        certificates.read(tmp_path / "nowhere.p12", None, NOW)


# --- The seal -------------------------------------------------------------------------------------


def test_readers_call_the_sealed_file_valid_and_signed_as_a_whole(page: Path, tmp_path: Path, needs: Needs) -> None:
    sealer = certificates.ours(ring())
    sealed = sealing.seal(page, tmp_path / "sealed.pdf", sealer, now=NOW, reason="Packet")
    said = said_by_pdfsig(needs, tmp_path / "sealed.pdf")
    assert sealed.fingerprint == sealer.fingerprint
    assert sealed.stamped_at is None
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert (tmp_path / "sealed.pdf").read_bytes().startswith(page.read_bytes())


def test_a_file_that_is_no_pdf_leaves_nothing_half_sealed(tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(b"%PDF-1.7\nnot really\n")
    with pytest.raises(CannotBuild, match="cannot be sealed"):
        sealing.seal(tmp_path / "page.pdf", tmp_path / "sealed.pdf", certificates.ours(ring()), now=NOW)
    with pytest.raises(CannotBuild, match="cannot be sealed"):
        sealing.seal(tmp_path / "none.pdf", tmp_path / "sealed.pdf", certificates.ours(ring()), now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["page.pdf"]


# --- The time -------------------------------------------------------------------------------------


def test_a_timestamp_is_part_of_the_seal_and_asked_for_once(page: Path, tmp_path: Path, needs: Needs) -> None:
    with timestamp_server() as server:
        sealed = sealing.seal(page, tmp_path / "sealed.pdf", certificates.ours(ring()), now=NOW, server=server.url)
        assert server.asked == 1
    assert sealed.stamped_at is not None
    assert abs(sealed.stamped_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert sealed.why_not == ""
    assert "Signature is Valid" in said_by_pdfsig(needs, tmp_path / "sealed.pdf")


@pytest.mark.parametrize(
    "manner",
    [
        "stalls", "drips", "refuses", "is down", "chatters", "is not there", "stamps something else", "grants nothing",
        "sends too much",
    ],
)  # fmt: skip
def test_without_an_answer_it_is_sealed_without_the_time_of_others(manner: str, page: Path, tmp_path: Path) -> None:
    out = tmp_path / "sealed.pdf"
    with timestamp_server() as server:
        server.manner = manner
        url = "http://127.0.0.1:9/tsr" if manner == "is not there" else server.url
        begun = time.monotonic()
        sealed = sealing.seal(page, out, certificates.ours(ring()), now=NOW, server=url, patience=1.0)
        assert time.monotonic() - begun < 20  # not however long it stalls or drips, nor the 30 seconds of a packet
    assert sealed.stamped_at is None
    assert sealed.why_not.endswith(".")
    assert out.read_bytes().count(b"/ByteRange") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["sealed.pdf"]
    assert seal_reading.read(out.read_bytes()).stamped_at is None


def test_a_timestamp_with_a_certificate_that_it_does_not_need_is_taken_and_the_certificate_named(
    page: Path, tmp_path: Path
) -> None:
    with timestamp_server() as server:
        server.manner = "brings a stranger"
        sealed = sealing.seal(page, tmp_path / "sealed.pdf", certificates.ours(ring()), now=NOW, server=server.url)
    read = seal_reading.read((tmp_path / "sealed.pdf").read_bytes())
    assert sealed.stamped_at == read.stamped_at is not None
    assert read.unvouched == ("CN=A stranger",)


def test_a_seal_that_our_own_check_would_call_damaged_is_never_issued(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal_reading, "MDPPerm", SimpleNamespace(NO_CHANGES=MDPPerm.FILL_FORMS))
    with pytest.raises(CannotBuild, match="does not forbid changes"):
        sealing.seal(page, tmp_path / "sealed.pdf", certificates.ours(ring()), now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_later_token_is_held_against_the_file_it_is_for() -> None:
    with timestamp_server() as server:
        token = timestamps.ask(server.url, bytes(range(32)))
        assert timestamps.read(token.der, bytes(range(32))) == token
        with pytest.raises(timestamps.NoTimestamp, match="something else"):
            timestamps.read(token.der, bytes(32))
        damaged = bytearray(token.der)
        damaged[-100] ^= 1
        with pytest.raises(timestamps.NoTimestamp):
            timestamps.read(bytes(damaged), bytes(range(32)))
        server.manner = "stamps something else"
        with pytest.raises(timestamps.NoTimestamp):
            timestamps.ask(server.url, bytes(range(32)))


def test_a_packet_of_many_files_waits_for_its_timestamps_as_long_as_one_file_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timestamps, "PATIENCE", 4.0)
    made = []
    for name in ("brief", "roster OR", "roster NE"):
        path = small_pdf(tmp_path / f"{name}.pdf")
        made.append(Made(name, path, Report(path, 1, path.stat().st_size, 0.1, 0.1)))
    with timestamp_server() as server:
        server.manner = "takes its time"
        binder = Binder(certificates.ours(ring()), ring(), "https://petition.example", server.url)
        sealed, why_not = binder.seal(made, "Sample", NOW)
        assert server.asked == 2
    assert [one.stamped_at is not None for one in sealed] == [True, False, False]
    assert why_not == "The timestamp server did not answer in time."
    assert all(seal_reading.read(one.path.read_bytes()) for one in sealed)
