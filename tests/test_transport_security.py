"""The SMTP transport: encryption, logging in, addresses beyond ASCII, and headers that cannot be forged."""

import contextlib
import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from petition.errors import BadConfiguration
from petition.mail.transport import PermanentRefusal, SmtpTransport, TemporaryRefusal, explain
from tests.postmaster import PATRON, SENDER, Postmaster, letter, serving, transport_to


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "certificate.pem", folder / "key.pem"


def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
) -> AuthResult:
    return AuthResult(success=login == LoginPassword(b"clerk", b"p@ss:word/"), handled=False)


@contextlib.contextmanager
def encrypted(certificate: tuple[Path, Path], **options: Any) -> Iterator[Postmaster]:
    with serving(tls_context=tls(certificate), **options) as postmaster:
        yield postmaster


# --- Encryption -----------------------------------------------------------------------------------


def test_starttls_is_used_when_it_is_offered(certificate: tuple[Path, Path]) -> None:
    with (
        encrypted(certificate, require_starttls=True) as postmaster,
        transport_to(postmaster, f"?cafile={certificate[0]}") as transport,
    ):
        transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert len(postmaster.taken) == 1


def test_an_unknown_certificate_is_not_accepted(certificate: tuple[Path, Path]) -> None:
    with encrypted(certificate) as postmaster, transport_to(postmaster) as transport:
        with pytest.raises(TemporaryRefusal, match="self-signed certificate") as refusal:
            transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert "cafile" in explain(refusal.value)
        assert postmaster.taken == []


def test_a_server_that_requires_starttls_is_explained(certificate: tuple[Path, Path]) -> None:
    with (
        encrypted(certificate, require_starttls=True) as postmaster,
        transport_to(postmaster, "?starttls=never") as transport,
    ):
        with pytest.raises(TemporaryRefusal, match="530") as refusal:
            transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert "starttls=required" in explain(refusal.value)


def test_nothing_is_sent_when_required_starttls_is_not_offered() -> None:
    with serving() as postmaster, transport_to(postmaster, "?starttls=required") as transport:
        with pytest.raises(TemporaryRefusal, match="offers no STARTTLS"):
            transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert postmaster.taken == []


def test_a_password_does_not_cross_the_network_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("petition.mail.server._LOOPBACK", ())
    with serving() as postmaster, transport_to(postmaster, login="clerk:secret@") as transport:
        with pytest.raises(TemporaryRefusal, match="nothing was sent") as refusal:
            transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert refusal.value.stage == "encryption"


def test_smtps_is_encrypted_from_the_first_byte(certificate: tuple[Path, Path]) -> None:
    with (
        serving(ssl_context=tls(certificate)) as postmaster,
        transport_to(postmaster, f"?cafile={certificate[0]}", scheme="smtps") as transport,
    ):
        transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert len(postmaster.taken) == 1


def test_smtps_to_a_port_that_speaks_plainly_is_explained() -> None:
    with serving() as postmaster, transport_to(postmaster, scheme="smtps") as transport:
        with pytest.raises(TemporaryRefusal) as refusal:
            transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert refusal.value.stage == "encryption"


# --- Logging in -----------------------------------------------------------------------------------


def test_logging_in_over_starttls_works(certificate: tuple[Path, Path]) -> None:
    with (
        encrypted(certificate, authenticator=authenticate, auth_required=True) as postmaster,
        transport_to(
            postmaster, f"?starttls=required&cafile={certificate[0]}", login="clerk:p%40ss%3Aword%2F@"
        ) as transport,
    ):
        transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert len(postmaster.taken) == 1


def test_a_wrong_password_is_temporary_and_never_repeated(certificate: tuple[Path, Path]) -> None:
    with (
        encrypted(certificate, authenticator=authenticate, auth_required=True) as postmaster,
        transport_to(postmaster, f"?cafile={certificate[0]}", login="clerk:mistyped@") as transport,
    ):
        with pytest.raises(TemporaryRefusal) as refusal:
            transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert refusal.value.code == 535
        assert "user name and password" in explain(refusal.value)
        assert "mistyped" not in refusal.value.reason
        assert "mistyped" not in repr(transport._server)


def test_a_server_that_wants_a_login_is_temporary_and_explained(certificate: tuple[Path, Path]) -> None:
    with (
        encrypted(certificate, authenticator=authenticate, auth_required=True) as postmaster,
        transport_to(postmaster, f"?cafile={certificate[0]}") as transport,
    ):
        with pytest.raises(TemporaryRefusal) as refusal:
            transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert refusal.value.stage == "login"


def test_a_password_for_a_server_without_login_is_explained() -> None:
    with serving() as postmaster, transport_to(postmaster, login="clerk:secret@") as transport:
        with pytest.raises(TemporaryRefusal) as refusal:
            transport.send(letter(), sender=SENDER, recipient=PATRON)
        assert refusal.value.stage == "login"


@pytest.mark.parametrize(
    "url",
    [
        "smtp://",
        "http://smtp.example",
        "smtp://smtp.example:many",
        "smtp://smtp.example:99999",
        "smtp://smtp.example/path",
        "smtp://smtp.example?starttls=perhaps",
        "smtp://smtp.example?tls=yes",
        "smtp://smtp.example?cafile=/nowhere/at/all.pem",
        "smtp://clerk:secrét@smtp.example",
        "smtp://clerk:secret@[smtp.example",
    ],
)
def test_a_bad_url_stops_the_start_without_repeating_the_password(url: str) -> None:
    with pytest.raises(BadConfiguration, match="PETITION_SMTP_URL") as refusal:
        SmtpTransport(url)
    assert "secr" not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


# --- Addresses and headers ------------------------------------------------------------------------


def test_an_address_beyond_ascii_goes_where_smtputf8_is_offered() -> None:
    with serving(enable_SMTPUTF8=True) as postmaster, transport_to(postmaster) as transport:
        recipient = "žofie@patron.example"
        transport.send(letter(1, to=recipient), sender=SENDER, recipient=recipient)
        transport.send(letter(2), sender=SENDER, recipient=PATRON)
        assert [taken.rcpt_tos for taken in postmaster.taken] == [[recipient], [PATRON]]
        assert [taken.smtp_utf8 for taken in postmaster.taken] == [True, False]
        assert f"To: {recipient}".encode() in bytes(postmaster.taken[0].content or b"")


def test_an_address_beyond_ascii_is_refused_plainly_where_it_is_not() -> None:
    with serving(enable_SMTPUTF8=False) as postmaster, transport_to(postmaster) as transport:
        recipient = "žofie@patron.example"
        with pytest.raises(PermanentRefusal, match="letters outside ASCII") as refusal:
            transport.send(letter(1, to=recipient), sender=SENDER, recipient=recipient)
        assert "žofie" not in refusal.value.reason
        transport.send(letter(2), sender=SENDER, recipient=PATRON)
        assert len(postmaster.taken) == 1
        assert postmaster.greeted == 1


def test_a_domain_beyond_ascii_goes_everywhere_as_dns_spells_it() -> None:
    with serving(enable_SMTPUTF8=False) as postmaster, transport_to(postmaster) as transport:
        recipient = "leserin@straßenbücherei.de"
        transport.send(letter(to=recipient), sender=SENDER, recipient=recipient)
        [taken] = postmaster.taken
        assert taken.rcpt_tos == ["leserin@xn--straenbcherei-edb25b.de"]
        assert b"To: leserin@xn--straenbcherei-edb25b.de\r\n" in bytes(taken.content or b"")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("header", ["Subject", "To", "From", "Reply-To"])
def test_a_header_cannot_be_made_to_hold_another(header: str, end: str) -> None:
    message = EmailMessage()
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        message[header] = f"Ada <ada@patron.example>{end}Bcc: victim@elsewhere.example"


@pytest.mark.parametrize(
    "recipient",
    [
        "ada@patron.example\r\nRCPT TO:<victim@elsewhere.example>",
        "ada@patron.example\n",
        "ada@patron.example> SIZE=1",
        "<ada@patron.example>",
        "ada@patron.example, victim@elsewhere.example",
        "ada",
        "",
    ],
)
def test_an_envelope_cannot_be_made_to_hold_a_command(recipient: str) -> None:
    with serving() as postmaster, transport_to(postmaster) as transport:
        with pytest.raises(PermanentRefusal, match="character that no e-mail address can hold"):
            transport.send(letter(), sender=SENDER, recipient=recipient)
        assert postmaster.greeted == 0


def test_an_email_without_a_message_id_is_a_mistake_of_ours() -> None:
    message = letter()
    del message["Message-ID"]
    with pytest.raises(ValueError, match="Message-ID"):
        SmtpTransport("smtp://127.0.0.1:9").send(message, sender=SENDER, recipient=PATRON)
