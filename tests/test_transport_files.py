"""The file transport: one whole `.eml` file for each e-mail, in the order of sending."""

import email
import email.policy
import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path

import pytest

from petition.mail.transport import FileTransport, SmtpTransport, TemporaryRefusal, explain, open_transport
from tests.postmaster import PATRON, SENDER, letter

MOMENT = datetime(2019, 10, 14, 20, 0, 0, 123456, tzinfo=UTC)


def read(path: Path) -> EmailMessage:
    parsed = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_an_email_is_written_whole_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "mail"
    FileTransport(folder, lambda: MOMENT).send(letter(), sender=SENDER, recipient=PATRON)
    [path] = folder.iterdir()
    assert path.name.startswith("20191014T200000.123456Z-")
    assert path.suffix == ".eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    message = read(path)
    assert message["Subject"] == "Žádost – one step left"
    assert message["To"] == PATRON
    assert message.get_content() == "Please confirm.\n"


def test_a_link_can_be_copied_from_the_file_as_it_stands(tmp_path: Path) -> None:
    link = "http://127.0.0.1:8000/confirm/" + "k" * 43
    FileTransport(tmp_path).send(letter(body=f"Péter, confirm:\n{link}\n"), sender=SENDER, recipient=PATRON)
    [path] = tmp_path.iterdir()
    assert link in path.read_text(encoding="utf-8").splitlines()


def test_names_sort_in_the_order_of_sending(tmp_path: Path) -> None:
    moments = [
        MOMENT,
        MOMENT,
        MOMENT,
        (MOMENT + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-5))),
    ]
    waiting = iter(moments)
    transport = FileTransport(tmp_path, lambda: next(waiting))
    for number in range(len(moments)):
        transport.send(letter(number), sender=SENDER, recipient=PATRON)
    ids = [read(path)["Message-ID"] for path in sorted(tmp_path.iterdir())]
    assert ids == [f"<{number}@petition.example>" for number in range(len(moments))]


def test_a_second_try_takes_the_place_of_the_first(tmp_path: Path) -> None:
    FileTransport(tmp_path).send(letter(1, body="first\n"), sender=SENDER, recipient=PATRON)
    FileTransport(tmp_path).send(letter(1, body="second\n"), sender=SENDER, recipient=PATRON)
    [path] = tmp_path.iterdir()
    assert read(path).get_content() == "second\n"


def test_threads_do_not_lose_or_mix_emails(tmp_path: Path) -> None:
    transport = FileTransport(tmp_path, lambda: MOMENT)

    def send(number: int) -> None:
        transport.send(letter(number), sender=SENDER, recipient=PATRON)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {read(path)["Message-ID"] for path in tmp_path.iterdir()} == {
        f"<{number}@petition.example>" for number in range(16)
    }


def test_a_folder_that_cannot_be_written_is_a_temporary_refusal(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(TemporaryRefusal, match="could not be written") as refusal:
        FileTransport(tmp_path / "mail").send(letter(), sender=SENDER, recipient=PATRON)
    assert "disk" in explain(refusal.value)


def test_an_interrupted_write_leaves_nothing_that_looks_like_an_email(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(TemporaryRefusal, match="No space left"):
        FileTransport(tmp_path).send(letter(), sender=SENDER, recipient=PATRON)
    assert list(tmp_path.iterdir()) == []


def test_the_configuration_chooses_the_transport(tmp_path: Path) -> None:
    assert isinstance(open_transport(None, tmp_path), FileTransport)
    assert isinstance(open_transport("smtp://127.0.0.1:25", tmp_path), SmtpTransport)


def test_another_kind_of_error_is_explained_by_its_kind() -> None:
    assert "ZeroDivisionError" in explain(ZeroDivisionError())
