"""Reading PDFs as a stranger would: their words, their pages, their bytes unpacked, what they say of themselves."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf

Needs = Callable[[str], str]


def words(needs: Needs, pdf: Path, *options: str) -> str:
    """The text in the order in which it stands in the file, every run of white space as one."""
    command = [needs("pdftotext"), "-raw", *options, str(pdf), "-"]
    return re.sub(r"\s+", " ", subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def pages(needs: Needs, pdf: Path) -> list[str]:
    """The text of each page."""
    command = [needs("pdftotext"), "-raw", str(pdf), "-"]
    said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [re.sub(r"\s+", " ", page) for page in said.split("\f")[:-1]]


def unpacked(needs: Needs, pdf: Path) -> bytes:
    """The file with nothing packed in it any more."""
    command = [needs("qpdf"), "--qdf", "--object-streams=disable", str(pdf), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def outline(pdf: Path) -> list[str]:
    """The titles of its outline's first floor."""
    with pikepdf.open(pdf) as opened, opened.open_outline() as found:
        return [item.title for item in found.root]


def told(pdf: Path) -> dict[str, str]:
    """Title, author and language as the file tells them."""
    with pikepdf.open(pdf) as opened:
        info = {key.lstrip("/"): str(value) for key, value in opened.docinfo.items()}
        return {**info, "Lang": str(opened.Root.get("/Lang", ""))}


def embeds_every_font(needs: Needs, pdf: Path) -> bool:
    """Whether nothing is left to the fonts of whoever opens it."""
    command = [needs("pdffonts"), str(pdf)]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()[2:]
    return bool(lines) and all(re.search(r"\byes (yes|no) (yes|no)\s+\d+\s+\d+$", line) for line in lines)
