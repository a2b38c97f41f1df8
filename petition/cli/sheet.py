"""The recovery sheet: the keys on paper, in lines that find their own typing errors.

A line is eight bytes of a key in Crockford's base32 and a check over purpose, place and bytes: a slip, a line in
the wrong place and a key in place of another are all noticed at once. The key of the cookies is not on the
sheet: nothing that is kept depends on it, and a restore makes a new one.
"""

import hashlib
import re
import secrets
from typing import Final

from petition.crypto import PURPOSES, KeyRing
from petition.tokens import CROCKFORD, as_typed

ON_PAPER: Final = tuple(purpose for purpose in PURPOSES if purpose != "cookies")
_BYTES: Final = 8  # of a key in one line
_LINES: Final = 32 // _BYTES
_DATA: Final = 13  # characters of five bits that eight bytes take
_CHECK: Final = 3  # characters of the check: one slip in 32,768 goes unnoticed
_MEANT_FOR: Final = {
    "links": "new links and codes",
    "addresses": "the e-mail addresses in the database",
    "mailbox": "knowing who has signed already",
    "seal": "the seal of packets",
}
_NAMED: Final = re.compile(rf"^\s*((?:{'|'.join(ON_PAPER)}) [1-{_LINES}])\s+(.*)$", re.MULTILINE)
_ABOVE: Final = """\
RECOVERY SHEET of {base_url}, {day}

These are the keys of the petition. The database and its backups are of little
use without them: no address can be read, nobody who signed can be written to
or be recognised as having signed. Whoever has this sheet and a backup can read
every address.

Print this sheet or copy it by hand, now, and keep it away from the server: in
a safe, twice, where two people of the association find it. Do not photograph
it, do not send it by e-mail, do not put it beside the backups. There are
capitals and figures only: 0 is a zero, 1 is a one; no I, L, O or U.

To type it in again: petition restore --keys-from-sheet
"""


def written(keys: KeyRing, base_url: str, day: str) -> str:
    """The whole sheet, in plain text that fits on one page of 80 columns."""
    lines = [_ABOVE.format(base_url=base_url, day=day)]
    for purpose in ON_PAPER:
        key_id, key = keys.keys[purpose]
        lines.append(f"{purpose}, for {_MEANT_FOR[purpose]}: {key_id}, fingerprint {keys.fingerprint(purpose)}")
        parts = [key[start : start + _BYTES] for start in range(0, len(key), _BYTES)]
        lines += [f"  {purpose} {place + 1}  {_line(purpose, place, part)}" for place, part in enumerate(parts)]
        lines.append("")
    return "\n".join(lines)


def _line(purpose: str, place: int, part: bytes) -> str:
    text = _in_base32(int.from_bytes(part, "big"), _DATA) + _check(purpose, place, part)
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _in_base32(number: int, length: int) -> str:
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(length)))


def _check(purpose: str, place: int, part: bytes) -> str:
    digest = hashlib.sha256(f"sheet {purpose} {place} ".encode() + part).digest()
    return _in_base32(int.from_bytes(digest[:2], "big"), _CHECK)


class Mistyped(Exception):
    """A line of the sheet does not fit its check. The message says where to look."""


class Typing:
    """Takes the lines of a sheet one after the other, in their order, until the keys are whole."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    @property
    def wanted(self) -> str | None:
        """Which line comes next, as it stands at its left: links 1. None when all have come."""
        return f"{self._purpose} {self._place + 1}" if len(self._parts) < len(ON_PAPER) * _LINES else None

    @property
    def _purpose(self) -> str:
        return ON_PAPER[len(self._parts) // _LINES]

    @property
    def _place(self) -> int:
        return len(self._parts) % _LINES

    def take(self, typed: str) -> None:
        """Take the line that is wanted. Raises Mistyped, and then it is still wanted."""
        wanted = self.wanted
        text = as_typed(typed)
        if len(text) != _DATA + _CHECK:
            raise Mistyped(f"{wanted}: a line has {_DATA + _CHECK} letters and figures; this one has {len(text)}.")
        strange = sorted({character for character in text if character not in CROCKFORD})
        if strange:
            raise Mistyped(f"{wanted}: {' and '.join(strange)} cannot stand on the sheet.")
        number = 0
        for character in text[:_DATA]:
            number = number << 5 | CROCKFORD.index(character)
        part = (number & (1 << 8 * _BYTES) - 1).to_bytes(_BYTES, "big")
        if number >> 8 * _BYTES or text[_DATA:] != _check(self._purpose, self._place, part):
            raise Mistyped(f"{wanted}: this is not what the sheet says there. Compare it letter by letter.")
        self._parts.append(part)

    def keys(self) -> KeyRing:
        """The keys, once nothing is wanted; that of the cookies is new."""
        assert self.wanted is None
        whole = b"".join(self._parts)
        ring = {purpose: (f"{purpose}-1", whole[32 * n : 32 * (n + 1)]) for n, purpose in enumerate(ON_PAPER)}
        return KeyRing({"cookies": ("cookies-1", secrets.token_bytes(32)), **ring})


def lines_of(text: str) -> list[str]:
    """The typed part of each key line, in their order, from a whole sheet; from a text without names, every line."""
    named = dict(_NAMED.findall(text))
    if not named:
        return [line for line in text.splitlines() if line.strip()]
    return [named.get(f"{purpose} {place + 1}", "") for purpose in ON_PAPER for place in range(_LINES)]
