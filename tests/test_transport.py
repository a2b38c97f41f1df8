"""The SMTP transport, against real servers in this process: handing over, refusals, connections that die."""

import socket
import threading
from collections.abc import Iterator

import pytest

from petition.mail.refusals import HINTS
from petition.mail.transport import PermanentRefusal, Refused, SmtpTransport, TemporaryRefusal, explain
from tests.postmaster import PATRON, SENDER, Postmaster, free_port, letter, serving, text_of, transport_to


@pytest.fixture
def postmaster() -> Iterator[Postmaster]:
    with serving() as postmaster:
        yield postmaster


@pytest.fixture
def transport(postmaster: Postmaster) -> Iterator[SmtpTransport]:
    with transport_to(postmaster) as transport:
        yield transport


# --- Handing over ---------------------------------------------------------------------------------


def test_two_emails_go_out_whole_on_one_connection(postmaster: Postmaster, transport: SmtpTransport) -> None:
    body = "Ελληνικά, עברית, 日本語.\n.\n.. a line of dots\nend\n"
    transport.send(letter(1, body=body), sender=SENDER, recipient=PATRON)
    transport.send(letter(2), sender=SENDER, recipient=PATRON)
    assert [text_of(taken) for taken in postmaster.taken] == [body, "Please confirm.\n"]
    assert [taken.rcpt_tos for taken in postmaster.taken] == [[PATRON], [PATRON]]
    assert postmaster.taken[0].mail_from == SENDER
    assert postmaster.taken[0].content.isascii()
    assert postmaster.greeted == 1


def test_many_threads_share_one_transport(postmaster: Postmaster, transport: SmtpTransport) -> None:

    def send(number: int) -> None:
        transport.send(letter(number), sender=SENDER, recipient=PATRON)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(postmaster.taken) == 12
    assert postmaster.greeted == 1


def test_a_refused_recipient_does_not_spoil_the_next_email(
    postmaster: Postmaster, transport: SmtpTransport
) -> None:
    postmaster.answers["RCPT"] = ["550 5.1.1 No such user"]
    with pytest.raises(PermanentRefusal):
        transport.send(letter(1), sender=SENDER, recipient="nobody@patron.example")
    transport.send(letter(2), sender=SENDER, recipient=PATRON)
    assert [taken.rcpt_tos for taken in postmaster.taken] == [[PATRON]]
    assert postmaster.greeted == 1


# --- Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "answer", "kind", "stage"),
    [
        ("MAIL", "451 4.3.0 Try later", TemporaryRefusal, "sender"),
        ("MAIL", "550 5.7.1 Sender address rejected: not owned by user", TemporaryRefusal, "sender"),
        ("MAIL", "530 5.7.0 Must issue a STARTTLS command first", TemporaryRefusal, "encryption"),
        ("MAIL", "530 5.7.0 Authentication required", TemporaryRefusal, "login"),
        ("RCPT", "450 4.2.0 Greylisted, try again in five minutes", TemporaryRefusal, "recipient"),
        ("RCPT", "452 4.2.2 Mailbox full", TemporaryRefusal, "recipient"),
        ("RCPT", "550 5.1.1 User unknown", PermanentRefusal, "recipient"),
        ("RCPT", "554 5.7.1 Relay access denied", TemporaryRefusal, "relay"),
        ("RCPT", "554 5.7.1 Client host [192.0.2.1] blocked using a list", TemporaryRefusal, "greeting"),
        ("DATA", "451 4.3.0 Local error", TemporaryRefusal, "content"),
        ("DATA", "552 5.3.4 Message too big", PermanentRefusal, "content"),
        ("DATA", "550 5.7.26 This e-mail fails DMARC", TemporaryRefusal, "sender"),
        ("DATA", "421 4.3.2 Closing", TemporaryRefusal, "lost"),
    ],
)
def test_a_refusal_is_temporary_unless_it_is_about_this_patron_or_text(
    postmaster: Postmaster,
    transport: SmtpTransport,
    command: str,
    answer: str,
    kind: type[Refused],
    stage: str,
) -> None:
    postmaster.answers[command] = [answer]
    with pytest.raises(kind) as refusal:
        transport.send(letter(), sender=SENDER, recipient=PATRON)
    assert answer in refusal.value.reason
    assert refusal.value.stage == stage
    assert explain(refusal.value) == HINTS[stage]
    assert postmaster.taken == []


@pytest.mark.parametrize(
    "answer",
    [
        "550 5.1.1 <ada.lovelace@patron.example>: Recipient address rejected",
        "550 5.1.1 Ada.Lovelace@Patron.EXAMPLE unknown",
        "550 user ada.lovelace does not exist; forwarded to ada@elsewhere.example",
        "550 verp ada.lovelace=patron.example@bounces.example",
    ],
)
def test_a_refusal_never_names_the_recipient(
    postmaster: Postmaster, transport: SmtpTransport, answer: str
) -> None:
    postmaster.answers["RCPT"] = [answer]
    with pytest.raises(PermanentRefusal) as refusal:
        transport.send(letter(), sender=SENDER, recipient=PATRON)
    said = (str(refusal.value) + repr(refusal.value) + refusal.value.reason).lower()
    assert "ada" not in said
    assert "@" not in said
    assert refusal.value.__cause__ is None


def test_a_refused_sender_is_named_to_the_operator(postmaster: Postmaster, transport: SmtpTransport) -> None:
    postmaster.answers["MAIL"] = [f"553 5.7.1 <{SENDER}> is not yours"]
    with pytest.raises(TemporaryRefusal, match=SENDER):
        transport.send(letter(), sender=SENDER, recipient=PATRON)


# --- Connections that die -------------------------------------------------------------------------


def test_a_connection_that_died_between_emails_is_replaced(
    postmaster: Postmaster, transport: SmtpTransport
) -> None:
    transport.send(letter(1), sender=SENDER, recipient=PATRON)
    postmaster.hang_up()
    transport.send(letter(2), sender=SENDER, recipient=PATRON)
    assert len(postmaster.taken) == 2
    assert postmaster.greeted == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_server_closing_a_kept_connection_is_asked_once_more(
    postmaster: Postmaster, transport: SmtpTransport, command: str
) -> None:
    transport.send(letter(1), sender=SENDER, recipient=PATRON)
    postmaster.answers[command] = ["421 4.7.0 Too many e-mails on this connection"]
    transport.send(letter(2), sender=SENDER, recipient=PATRON)
    assert [taken.rcpt_tos for taken in postmaster.taken] == [[PATRON], [PATRON]]
    assert postmaster.greeted == 2


def test_a_connection_lost_after_the_text_is_not_tried_again_at_once(
    postmaster: Postmaster, transport: SmtpTransport
) -> None:
    transport.send(letter(1), sender=SENDER, recipient=PATRON)
    postmaster.answers["DATA"] = ["hang up"]
    with pytest.raises(TemporaryRefusal, match="before the e-mail server said") as refusal:
        transport.send(letter(2), sender=SENDER, recipient=PATRON)
    assert refusal.value.stage == "lost"
    assert (
        len(postmaster.taken) == 2
    )  # it did have the e-mail: a second copy now would have been one too many
    assert postmaster.greeted == 1


def test_an_idle_connection_is_not_trusted(
    postmaster: Postmaster, transport: SmtpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport.send(letter(1), sender=SENDER, recipient=PATRON)
    monkeypatch.setattr("petition.mail.transport.IDLE", 0.0)
    transport.send(letter(2), sender=SENDER, recipient=PATRON)
    assert postmaster.greeted == 2


def test_a_stalled_server_is_given_up_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        transport = SmtpTransport(f"smtp://127.0.0.1:{silent.getsockname()[1]}", 0.2)
        with pytest.raises(TemporaryRefusal) as refusal:
            transport.send(letter(), sender=SENDER, recipient=PATRON)
    assert refusal.value.stage == "connection"


def test_nobody_listening_is_temporary_and_explained() -> None:
    with pytest.raises(TemporaryRefusal) as refusal:
        SmtpTransport(f"smtp://127.0.0.1:{free_port()}", 2).send(letter(), sender=SENDER, recipient=PATRON)
    assert refusal.value.reason.endswith("cannot be reached (Connection refused).")
    assert "host and port" in explain(refusal.value)


def test_an_unknown_host_is_temporary_and_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", unknown)
    with pytest.raises(TemporaryRefusal, match=r"name smtp\.nowhere\.example is not known"):
        SmtpTransport("smtp://smtp.nowhere.example").send(letter(), sender=SENDER, recipient=PATRON)


@pytest.mark.parametrize("greeting", [b"554 5.3.2 No service here\r\n", b"421 Too busy\r\n"])
def test_a_server_that_turns_us_away_at_the_door_is_temporary(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def turn_away() -> None:
            with listener.accept()[0] as visitor:
                visitor.sendall(greeting)

        door = threading.Thread(target=turn_away)
        door.start()
        with pytest.raises(TemporaryRefusal) as refusal:
            SmtpTransport(f"smtp://127.0.0.1:{listener.getsockname()[1]}", 20).send(
                letter(), sender=SENDER, recipient=PATRON
            )
        door.join()
    assert refusal.value.stage == "greeting"
    assert greeting.decode().strip() in refusal.value.reason
