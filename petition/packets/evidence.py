"""The evidence file: every leaf of a ledger, with what opens those whose rows a packet names.

Whoever has it can rebuild each leaf to the letter, its hash and the ledger's root. Version 1, which docs/evidence.md
describes so that anybody can write a reader: a magic line, a header in JSON, blocks of entries in the ledger's order,
and an end. Of an entry that is opened it holds name, place and the salts of both; of a hidden one the three
commitments. What compresses is kept in columns and deflated; salts and hashes are kept as they are.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from petition import merkle
from petition.errors import CannotBuild
from petition.ledger.committing import FIELDS, commitment, place_value

MAGIC: Final = b"petition-evidence/1\n"
BLOCK: Final = 4096  # entries in one block: the compression of more is no better, and a reader holds one at a time
_LEVEL: Final = 9
# What a reader accepts before it takes memory for it.
MOST_HEADER: Final = 65_536
MOST_COLUMNS: Final = 32 << 20
# Made once: `json.dumps` would make one for each leaf.
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_SHA256: Final = re.compile("[0-9a-f]{64}")


class BadEvidence(ValueError):
    """The file is not evidence of ours, or it is damaged. The message says where, in a sentence."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What opens a leaf's name and place: both values as they were committed to, and their salts."""

    name: str
    place: tuple[str, str, str]  # city, state, country
    name_salt: bytes
    place_salt: bytes


@dataclass(frozen=True, slots=True)
class Evident:
    """One leaf, as text and taken apart, and what opens it if anything does."""

    text: str
    opened: Opened | None = None
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the file's SHA-256 in hexadecimal, its size, how many entries and how many of them opened."""

    sha256: str
    size_bytes: int
    entries: int
    opened: int


def canonical(said: dict[str, Any]) -> str:
    """A leaf's text: JSON with sorted keys and no spaces."""
    return _CANONICAL.encode(said)


# --- Writing --------------------------------------------------------------------------------------


def write(out: Path, entries: Iterable[Evident], *, statement: str, size: int, root: str) -> Written:
    """Write a ledger's entries, first to last. Raises CannotBuild when they are not those of the root."""
    header = {"format": "petition-evidence", "version": 1, "statement": statement, "size": size, "root": root}
    try:
        with out.open("wb") as file:
            writer = _Writer(file)
            found = merkle.root(writer.write(header, iter(entries))).hex()
    except OSError as fault:
        with suppress(OSError):
            out.unlink()
        raise CannotBuild(f"{out} cannot be written: {fault.strerror}.") from None
    if (writer.entries, found) != (size, root):
        out.unlink()
        raise CannotBuild("The ledger's entries do not add up to its root. `petition doctor` says more.")
    return Written(writer.digest.hexdigest(), out.stat().st_size, writer.entries, writer.opened)


class _Writer:
    """Writes, counts and hashes what passes, so that nothing is read twice and nothing is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.entries = self.opened = 0

    def write(self, header: dict[str, Any], entries: Iterator[Evident]) -> Iterator[bytes]:
        """Write the whole file, and give back the hash of each leaf."""
        said = canonical(header).encode()
        self._put(MAGIC + len(said).to_bytes(4, "big") + said)
        while block := list(islice(entries, BLOCK)):
            self._put(_packed(block, self.entries + 1))
            self.entries += len(block)
            self.opened += sum(one.opened is not None for one in block)
            yield from (merkle.leaf_hash(one.text.encode()) for one in block)
        self._put(bytes(12))

    def _put(self, piece: bytes) -> None:
        self.digest.update(piece)
        self._file.write(piece)


def _packed(block: list[Evident], first: int) -> bytes:
    columns, secrets = _Columns(), bytearray()
    for number, one in enumerate(block, start=first):
        secrets += columns.add(one, number)
    deflated = zlib.compress(json.dumps(columns.kept, ensure_ascii=False, separators=(",", ":")).encode(), _LEVEL)
    sizes = (len(block), len(deflated), len(secrets))
    return b"".join(size.to_bytes(4, "big") for size in sizes) + deflated + bytes(secrets)


class _Columns:
    """A block's columns: what leaves have in common is written once, and named by its place."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Any]] = {"forms": [], "form": [], "of": [], "names": [], "places": [], "place": []}
        self._forms: dict[str, int] = {}
        self._places: dict[tuple[str, str, str], int] = {}

    def add(self, one: Evident, number: int) -> bytes:
        """Add one leaf; returns its salts and commitments."""
        said = one.said or json.loads(one.text)
        commitments = said.get("commitments")
        plain = _is_plain(said, number) and canonical(said) == one.text
        if not plain:
            # A leaf of a kind that this version does not know stands as it is.
            self._form({"verbatim": one.text}, None)
            return b""
        form = {key: value for key, value in said.items() if key not in ("seq", "of", "commitments")}
        if not commitments:
            self._form({"said": form}, said["of"])
            return b""
        opened = one.opened if one.opened is not None and _opens(one.opened, commitments) else None
        self._form({"said": form, "opened": opened is not None, "commitments": True}, said["of"])
        if opened is None:
            return b"".join(bytes.fromhex(commitments[name]) for name in FIELDS)
        self.kept["names"].append(opened.name)
        self.kept["place"].append(self._place(opened.place))
        return opened.name_salt + opened.place_salt + bytes.fromhex(commitments["mailbox"])

    def _form(self, form: dict[str, Any], of: int | None) -> None:
        key = repr(form)  # its keys are sorted, as the leaf's are
        if key not in self._forms:
            self._forms[key] = len(self._forms)
            self.kept["forms"].append(form)
        self.kept["form"].append(self._forms[key])
        if "said" in form and not form.get("commitments"):
            self.kept["of"].append(of)

    def _place(self, place: tuple[str, str, str]) -> int:
        if place not in self._places:
            self._places[place] = len(self._places)
            self.kept["places"].append(list(place))
        return self._places[place]


def _is_plain(said: dict[str, Any], number: int) -> bool:
    """Whether the columns can hold this leaf."""
    commitments = said.get("commitments")
    if said.get("seq") != number or "of" not in said or not isinstance(commitments, dict):
        return False
    if not commitments:
        return True
    whole = set(commitments) == set(FIELDS) and all(_is_sha256(value) for value in commitments.values())
    return whole and said["of"] is None


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _opens(opened: Opened, commitments: dict[str, str]) -> bool:
    return (
        commitment("name", opened.name_salt, opened.name) == commitments["name"]
        and commitment("place", opened.place_salt, place_value(*opened.place)) == commitments["place"]
    )


# --- Reading --------------------------------------------------------------------------------------


def read(file: BinaryIO) -> tuple[dict[str, Any], Iterator[Evident]]:
    """The header, and the entries as they stand, each rebuilt to the letter. Raises BadEvidence, also on the way."""
    if file.read(len(MAGIC)) != MAGIC:
        raise BadEvidence("It is not an evidence file of version 1.")
    size = _number(file)
    try:
        header = json.loads(_exactly(file, size if size <= MOST_HEADER else -1))
        expected = header["format"] == "petition-evidence" and header["version"] == 1
    except (ValueError, KeyError, TypeError):
        raise BadEvidence("Its header is damaged.") from None
    if not expected or not isinstance(header.get("size"), int) or not _is_sha256(header.get("root")):
        raise BadEvidence("Its header is damaged.")
    return header, _entries(file)


def _entries(file: BinaryIO) -> Iterator[Evident]:
    number = 1
    while True:
        count, packed, secret = _number(file), _number(file), _number(file)
        if not count:
            if packed or secret or file.read(1):
                raise BadEvidence("It goes on after its end.")
            return
        if count > BLOCK or packed > MOST_COLUMNS or secret > BLOCK * 96:
            raise BadEvidence(f"Its block from entry {number} on is damaged.")
        try:
            yield from _unpacked(_inflated(_exactly(file, packed)), _exactly(file, secret), number, count)
        except (ValueError, KeyError, IndexError, TypeError, StopIteration, AttributeError, zlib.error, RuntimeError):
            raise BadEvidence(f"Its block from entry {number} on is damaged.") from None
        number += count


def _inflated(data: bytes) -> dict[str, list[Any]]:
    inflating = zlib.decompressobj()
    text = inflating.decompress(data, MOST_COLUMNS)
    if not inflating.eof or inflating.unused_data:
        raise ValueError("too long")
    columns: dict[str, list[Any]] = json.loads(text)
    return columns


def _unpacked(columns: dict[str, list[Any]], secrets: bytes, first: int, count: int) -> list[Evident]:
    forms, places = columns["forms"], columns["places"]
    ofs, names, place = (iter(columns[name]) for name in ("of", "names", "place"))
    at, found = 0, []
    if len(columns["form"]) != count:
        raise ValueError("another number of entries")
    for number, which in enumerate(columns["form"], start=first):
        form = forms[which]
        if "verbatim" in form:
            found.append(Evident(form["verbatim"], said=json.loads(form["verbatim"])))
            continue
        commitments: dict[str, str] = {}
        opened = None
        if form.get("opened"):
            opened = Opened(next(names), _place(places[next(place)]), secrets[at : at + 16], secrets[at + 16 : at + 32])
            commitments = {
                "name": commitment("name", opened.name_salt, opened.name),
                "place": commitment("place", opened.place_salt, place_value(*opened.place)),
                "mailbox": secrets[at + 32 : at + 64].hex(),
            }
            at += 64
        elif form.get("commitments"):
            commitments = {f: secrets[at + 32 * i : at + 32 * i + 32].hex() for i, f in enumerate(FIELDS)}
            at += 96
        of = None if commitments else next(ofs)
        said = {**form["said"], "seq": number, "of": of, "commitments": commitments}
        found.append(Evident(canonical(said), opened, said))
    if at != len(secrets) or any(next(rest, None) is not None for rest in (names, place)):
        raise ValueError("more than its entries")
    return found


def _place(place: list[str]) -> tuple[str, str, str]:
    city, state, country = place
    if not all(isinstance(part, str) for part in place):
        raise TypeError("not words")
    return city, state, country


def _number(file: BinaryIO) -> int:
    return int.from_bytes(_exactly(file, 4), "big")


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size) if size >= 0 else b""
    if len(data) != size:
        raise BadEvidence("It ends too early.")
    return data
