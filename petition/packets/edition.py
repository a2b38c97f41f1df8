"""The edition of a packet's pages: the version of this program, and a hash of all that decides how they look."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from petition import __version__
from petition.paths import FONTS, STATIC, TEMPLATES

_DIGITS = 8  # of the SHA-256: enough to tell editions apart, and a packet's row has room for 20 letters


@lru_cache(maxsize=1)
def edition() -> str:
    """As a packet's row keeps it: 0.1.0+1f3870be."""
    found = hashlib.sha256()
    for path in _pieces():
        found.update(path.name.encode() + b"\x00" + path.read_bytes() + b"\x00")
    return f"{__version__[: 19 - _DIGITS]}+{found.hexdigest()[:_DIGITS]}"


def _pieces() -> Iterator[Path]:
    yield from sorted((TEMPLATES / "packets").rglob("*.html"))
    yield STATIC / "css" / "packet.css"
    yield from sorted(FONTS.glob("*.woff2"))
