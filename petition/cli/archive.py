"""The archive of a backup: a zip file of tables as lines of JSON, with a manifest that vouches for each member."""

import hashlib
import json
import os
import secrets
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from petition.errors import Refusal

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_KEYS: Final = "keys.sealed"
# 128 MB and about half a second for each guess (OWASP Password Storage Cheat Sheet: N=2^17, r=8, p=1).
_COST: Final = {"n": 2**17, "r": 8, "p": 1}
_SALT: Final = 16  # bytes
_NONCE: Final = 12


class BadArchive(Refusal):
    """The file is no backup of ours, or not whole. The message says what is wrong with it."""


class WrongPassphrase(Refusal):
    """The keys in the archive cannot be opened with this passphrase."""


@dataclass(frozen=True, slots=True)
class Member:
    """One table in the archive."""

    table: str
    columns: list[str]
    rows: int
    sha256: str

    @property
    def name(self) -> str:
        """Its name among the members."""
        return f"tables/{self.table}.jsonl"


@dataclass(slots=True)
class Manifest:
    """What the archive holds, of which house and of which moment."""

    program: str
    migration: str
    made_at: str
    base_url: str
    database: str
    demo: bool
    keys: dict[str, str]  # fingerprints, by purpose
    ledgers: dict[str, dict[str, Any]]  # size, verified and root of each statement's
    last_ids: dict[str, int]
    members: list[Member] = field(default_factory=list)
    sealed_keys: str | None = None  # SHA-256 of the sealed keys, when they are in it
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many rows of all tables."""
        return sum(member.rows for member in self.members)


class Writer:
    """Writes an archive, member by member; the manifest comes last."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file

    def table(self, name: str, columns: list[str], blocks: Iterable[bytes]) -> Member:
        """Write one table, in blocks of whole lines."""
        digest, rows = hashlib.sha256(), 0
        with self._file.open(f"tables/{name}.jsonl", "w", force_zip64=True) as member:
            for block in blocks:
                member.write(block)
                digest.update(block)
                rows += block.count(b"\n")
        return Member(name, columns, rows, digest.hexdigest())

    def keys(self, key_file: bytes, passphrase: str) -> str:
        """Write the keys, sealed under a passphrase; returns the SHA-256 of what was written."""
        sealed = seal(key_file, passphrase)
        self._file.writestr(_KEYS, sealed)
        return hashlib.sha256(sealed).hexdigest()

    def manifest(self, manifest: Manifest) -> None:
        """Write what all the others are."""
        self._file.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1, ensure_ascii=False))


@contextmanager
def writing_archive(path: Path) -> Iterator[Writer]:
    """An archive that stands under its name only when it is whole and on the disk; its owner's alone to read."""
    part = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as file:
                yield Writer(file)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        part.unlink(missing_ok=True)


class Reader:
    """An archive that is whole: every member is what the manifest says."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        try:
            self.manifest = self._read_manifest()
        except (ValueError, TypeError, KeyError):
            raise BadArchive("The backup's manifest cannot be read. Nothing was changed.") from None
        for member in self.manifest.members:
            digest = hashlib.sha256()
            with self._member(member.name) as lines:
                while block := lines.read(1 << 20):
                    digest.update(block)
            self._compare(member.name, digest.hexdigest(), member.sha256)
        if self.manifest.sealed_keys is not None:
            with self._member(_KEYS) as sealed:
                self._compare(_KEYS, hashlib.sha256(sealed.read()).hexdigest(), self.manifest.sealed_keys)

    def lines(self, member: Member) -> Iterator[bytes]:
        """The rows of one table."""
        with self._member(member.name) as lines:
            yield from lines

    def key_file(self, passphrase: str) -> bytes:
        """The key file in the archive. Raises WrongPassphrase, or BadArchive when there is none in it."""
        if self.manifest.sealed_keys is None:
            raise BadArchive("There are no keys in this backup.")
        with self._member(_KEYS) as sealed:
            return unseal(sealed.read(), passphrase)

    def _member(self, name: str) -> IO[bytes]:
        try:
            return self._file.open(name)
        except KeyError:
            raise BadArchive(f"The backup is not whole: {name} is missing. Nothing was changed.") from None

    def _compare(self, name: str, found: str, expected: str) -> None:
        if found != expected:
            raise BadArchive(f"The backup is not whole: {name} is not what the manifest says. Nothing was changed.")

    def _read_manifest(self) -> Manifest:
        with self._member(_MANIFEST) as raw:
            kept = json.loads(raw.read())
        if kept["format"] != FORMAT:
            raise BadArchive(f"The backup is of format {kept['format']}; this program reads format {FORMAT}.")
        return Manifest(**{**kept, "members": [Member(**member) for member in kept["members"]]})


@contextmanager
def reading_archive(path: Path) -> Iterator[Reader]:
    """A whole archive, to be read. Raises BadArchive for everything else."""
    with _saying_what_is_wrong(path), zipfile.ZipFile(path) as file:
        yield Reader(file)


@contextmanager
def _saying_what_is_wrong(path: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise BadArchive(f"{path} is not a backup of ours, or not whole. Nothing was changed.") from None


def seal(secret: bytes, passphrase: str) -> bytes:
    """Encrypt under a passphrase: scrypt and AES-256-GCM, with all that is needed to open it but the passphrase."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    head = {"kdf": "scrypt", **_COST, "salt": salt.hex(), "nonce": nonce.hex()}
    line = json.dumps(head).encode() + b"\n"
    return line + AESGCM(_stretched(passphrase, salt, **_COST)).encrypt(nonce, secret, line)


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """What `seal` was given. Raises WrongPassphrase."""
    line, _, body = sealed.partition(b"\n")
    head = json.loads(line)
    key = _stretched(passphrase, bytes.fromhex(head["salt"]), head["n"], head["r"], head["p"])
    with suppress(InvalidTag):
        return AESGCM(key).decrypt(bytes.fromhex(head["nonce"]), body, line + b"\n")
    raise WrongPassphrase("The passphrase does not open the keys in this backup.")


def _stretched(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode())
