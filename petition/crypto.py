"""The keys and what is done with them: addresses sealed at rest, mailboxes known by a keyed hash.

One key per purpose, each with an id, in a file that only the operator's account can read. The file
is made by `petition init` and is not in the database's backup unless it is asked for.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from petition.errors import BadConfiguration

PURPOSES: Final = ("cookies", "links", "addresses", "mailbox", "seal")
_NETWORK: Final = 16  # bytes: of a million networks no two are taken for one
_NONCE: Final = 12  # bytes; NIST SP 800-38D, section 8.2
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one installation, by purpose: 32 bytes each, with an id for the day they are changed."""

    keys: dict[str, tuple[str, bytes]] = field(repr=False)

    @classmethod
    def make(cls, path: Path) -> "KeyRing":
        """Make a new key file that only its owner can read. Never overwrites one."""
        ring = cls({purpose: (f"{purpose}-1", secrets.token_bytes(32)) for purpose in PURPOSES})
        ring.write(path)
        return ring

    def write(self, path: Path) -> None:
        """Write these keys to a file that only its owner can read. Raises FileExistsError, and overwrites nothing."""
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {
            "format": _FORMAT,
            "keys": {
                purpose: {"id": key_id, "key": base64.b64encode(key).decode()}
                for purpose, (key_id, key) in self.keys.items()
            },
        }
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(kept, file, indent=1)
            file.flush()
            os.fsync(file.fileno())

    @classmethod
    def read(cls, path: Path) -> "KeyRing":
        """Read the key file. Raises BadConfiguration when it is missing or not one of ours."""
        try:
            kept = json.loads(path.read_text(encoding="ascii"))
            ring = cls({p: (kept["keys"][p]["id"], base64.b64decode(kept["keys"][p]["key"])) for p in PURPOSES})
        except FileNotFoundError:
            raise BadConfiguration(f"PETITION_KEY_FILE: there is no file {path}. `petition init` makes it.") from None
        except (ValueError, KeyError, TypeError):
            raise BadConfiguration(f"PETITION_KEY_FILE: {path} is not a key file of ours.") from None
        if any(len(key) != 32 for _, key in ring.keys.values()):
            raise BadConfiguration(f"PETITION_KEY_FILE: a key in {path} is not 32 bytes long.")
        return ring

    def key(self, purpose: str) -> bytes:
        """The 32 bytes of one purpose."""
        return self.keys[purpose][1]

    def fingerprint(self, purpose: str) -> str:
        """By which people tell a key from another: 16 hexadecimal digits, which say nothing of its 256 bits."""
        return hashlib.sha256(b"petition key\x00" + purpose.encode() + b"\x00" + self.key(purpose)).hexdigest()[:16]

    def mac(self, purpose: str, *parts: bytes) -> bytes:
        """HMAC-SHA-256 over the parts, each told apart from the next by its length."""
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self.key(purpose), message, hashlib.sha256)

    def mailbox(self, canonical_address: str) -> bytes:
        """The keyed hash by which a mailbox is known without its address: 32 bytes."""
        return self.mac("mailbox", canonical_address.encode())

    def network(self, statement_id: int, network: str) -> bytes:
        """The keyed mark by which one statement counts a network: 16 bytes, others under every other statement."""
        return self.mac("mailbox", b"network", str(statement_id).encode(), network.encode())[:_NETWORK]

    def seal_address(self, address: str) -> bytes:
        """Encrypt an address for the database: key id, nonce and AES-256-GCM ciphertext."""
        return self.seal("", address)

    def open_address(self, sealed: bytes) -> str:
        """Decrypt what `seal_address` made."""
        return self.unseal("", sealed)

    def open_addresses(self, sealed: Iterable[bytes]) -> Iterator[str]:
        """Decrypt many: the cipher is made once, which is most of the cost of one."""
        cipher = AESGCM(self.key("addresses"))
        for one in sealed:
            start = 1 + one[0]
            yield cipher.decrypt(one[start : start + _NONCE], one[start + _NONCE :], one[1:start]).decode()

    def seal(self, what: str, secret: str) -> bytes:
        """Encrypt a secret for the database, to be opened only as what it is and for whom: "totp 17"."""
        key_id, key = self.keys["addresses"]
        label = key_id.encode()
        nonce = os.urandom(_NONCE)
        return (
            bytes([len(label)]) + label + nonce + AESGCM(key).encrypt(nonce, secret.encode(), label + what.encode())
        )

    def unseal(self, what: str, sealed: bytes) -> str:
        """Decrypt what `seal` made. Raises cryptography.exceptions.InvalidTag for anything else."""
        start = 1 + sealed[0]
        label, nonce, body = sealed[1:start], sealed[start : start + _NONCE], sealed[start + _NONCE :]
        return AESGCM(self.key("addresses")).decrypt(nonce, body, label + what.encode()).decode()

    def hide(self, purpose: str, number: int) -> bytes:
        """Hide a row's number in 24 opaque bytes (AES-SIV, RFC 5297), the same each time for one purpose."""
        return self._siv().encrypt(number.to_bytes(8, "big"), [purpose.encode()])

    def unhide(self, purpose: str, hidden: bytes) -> int:
        """The number `hide` was given. Raises cryptography.exceptions.InvalidTag for anything else."""
        return int.from_bytes(self._siv().decrypt(hidden, [purpose.encode()]), "big")

    def _siv(self) -> AESSIV:
        return AESSIV(self.mac("links", b"handle"))
