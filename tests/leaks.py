"""Looking for what must not be in a PDF: in its bytes once unpacked, in its text, and in what is attached to it."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pikepdf


def leaks(pdf: Path, secrets: Iterable[str]) -> set[tuple[str, str]]:
    """Which of these words are in the file, each with where it was found: "bytes", "text" or an attachment's name."""
    places = {"bytes": _unpacked(pdf), "text": _text(pdf), **_attached(pdf)}
    return {
        (secret, where) for secret in secrets for where, content in places.items()
        if any(form in content.lower() for form in _forms(secret))
    }  # fmt: skip


def _forms(secret: str) -> set[bytes]:
    """The ways in which a PDF writes a word: as it is, in UTF-16, and either of them in hexadecimal."""
    plain, wide = secret.lower().encode(), secret.lower().encode("utf-16-be")
    return {plain, wide, plain.hex().encode(), wide.hex().encode()}


def _unpacked(pdf: Path) -> bytes:
    command = ["qpdf", "--qdf", "--object-streams=disable", "--stream-data=uncompress", str(pdf), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _text(pdf: Path) -> bytes:
    # A name may be broken over two lines.
    said = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, check=True).stdout
    return said + b"\n" + said.replace(b"\n", b"")


def _attached(pdf: Path) -> dict[str, bytes]:
    with pikepdf.open(pdf) as opened:
        return {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}
