"""Checkpoints: how long a ledger is and what its root is, at one moment, under our signature.

A checkpoint is a signed note: a body of lines, an empty line, and one signature line (C2SP signed-note,
c2sp.org/signed-note; the body after C2SP tlog-checkpoint, c2sp.org/tlog-checkpoint). Whoever kept an older one
can hold us to it: the newer ledger must begin with the older.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select
from sqlalchemy.orm import Session

from petition.crypto import KeyRing
from petition.ledger.models import Checkpoint
from petition.statements.models import Statement

#: The kind byte of an Ed25519 signature in a signed note.
_ED25519: Final = b"\x01"
_DASH: Final = "\u2014 "
_TIME: Final = "time "


class BadCheckpoint(ValueError):
    """What was given is not a checkpoint under the key it is held against. The message says why."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What one checkpoint says: whose ledger, how many leaves, their root (32 bytes), and when we said so."""

    origin: str
    size: int
    root: bytes
    at: datetime


def private_key(keys: KeyRing) -> Ed25519PrivateKey:
    """The key that signs checkpoints: derived from the seal's, so that one recovery sheet brings it back."""
    return Ed25519PrivateKey.from_private_bytes(keys.mac("seal", b"checkpoint", b"ed25519"))


def public_key(keys: KeyRing) -> bytes:
    """Its public half: 32 bytes (RFC 8032, 5.1.5)."""
    return _raw(private_key(keys).public_key())


def fingerprint(keys: KeyRing) -> str:
    """The public half's SHA-256, 64 hexadecimal digits: short enough to be compared with the eye."""
    return hashlib.sha256(public_key(keys)).hexdigest()


def origin(base_url: str, slug: str) -> str:
    """By which a ledger is known: an address without its scheme, as tlog-checkpoint asks."""
    return f"{base_url.split('://', 1)[-1].rstrip('/')}/ledger/{slug}"


def verifier(name: str, public: bytes) -> str:
    """The public key as whoever checks notes is given it: NAME+HASH+KEY (C2SP signed-note, verifier keys)."""
    return f"{name}+{_key_id(name, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


def note(keys: KeyRing, said: Signed) -> str:
    """The checkpoint as text, signed."""
    moment = said.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    body = f"{said.origin}\n{said.size}\n{base64.b64encode(said.root).decode()}\n{_TIME}{moment}\n"
    signature = private_key(keys).sign(body.encode())
    told = base64.b64encode(_key_id(said.origin, public_key(keys)) + signature).decode()
    return f"{body}\n{_DASH}{said.origin} {told}\n"


def read(text: str, public: bytes) -> Signed:
    """What a checkpoint says, once its signature fits the key. Raises BadCheckpoint."""
    body, separator, signatures = text.partition("\n\n")
    body += "\n"
    if not separator:
        raise BadCheckpoint("It has no signature.")
    lines = body.split("\n")
    try:
        said = Signed(
            origin=lines[0],
            size=_size(lines[1]),
            root=base64.b64decode(lines[2], validate=True),
            at=datetime.fromisoformat(_time(lines[3:])),
        )
    except (IndexError, ValueError, StopIteration):
        raise BadCheckpoint("Its lines are not those of a checkpoint.") from None
    if len(said.root) != hashlib.sha256().digest_size:
        raise BadCheckpoint("Its root is not a SHA-256.")
    if not any(_fits(line, said.origin, body, public) for line in signatures.split("\n")):
        raise BadCheckpoint("Its signature does not fit the key.")
    return said


def take(
    session: Session, keys: KeyRing, base_url: str, statement: Statement, *, size: int, root: bytes, now: datetime
) -> Checkpoint:
    """Sign the state of a statement's ledger and keep what was signed."""
    said = Signed(origin(base_url, statement.slug), size, root, now)
    checkpoint = Checkpoint(statement_id=statement.id, size=size, root=root.hex(), made_at=now, note=note(keys, said))
    session.add(checkpoint)
    session.flush()
    return checkpoint


#: The longest ledger first. A packet's checkpoint is filed after its state was read, and a longer one may come between.
NEWEST_FIRST: Final = (Checkpoint.size.desc(), Checkpoint.id.desc())


def newest(session: Session, statement: Statement) -> Checkpoint | None:
    """The one of the longest ledger."""
    return session.scalar(
        select(Checkpoint).where(Checkpoint.statement_id == statement.id).order_by(*NEWEST_FIRST).limit(1)
    )


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _size(line: str) -> int:
    # One way to write a number: no sign, no zero before it.
    if not line.isascii() or not line.isdigit() or str(int(line)) != line:
        raise ValueError(line)
    return int(line)


def _time(lines: list[str]) -> str:
    return next(line.removeprefix(_TIME) for line in lines if line.startswith(_TIME))


def _fits(line: str, name: str, body: str, public: bytes) -> bool:
    if not line.startswith(f"{_DASH}{name} "):
        return False
    try:
        raw = base64.b64decode(line.removeprefix(f"{_DASH}{name} "), validate=True)
        if raw[:4] != _key_id(name, public):
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], body.encode())
    except (ValueError, InvalidSignature):
        return False
    return True
