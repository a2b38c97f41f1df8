"""The ten nonces of a packet's sample audit: made before anybody knows the seed, one opened for each audit.

Their SHA-256 are printed on the seal page. A nonce is derived from the seal's key, so nothing secret is stored
and a restored key file opens it again.
"""

import hashlib
from typing import Final

from petition.crypto import KeyRing

NONCES: Final = 10  # one for each audit that may be asked of one packet
DAYS_TO_ASK: Final = 30  # after the packet's moment; the last day is printed on the seal page


def nonce(keys: KeyRing, origin: str, copy: int, place: int) -> bytes:
    """The nonce at a place (0 to 9) of one copy of a ledger's packets: 32 bytes."""
    return keys.mac("seal", b"audit", origin.encode(), str(copy).encode(), str(place).encode())


def hashes(keys: KeyRing, origin: str, copy: int) -> list[str]:
    """What the seal page prints of them: the SHA-256 of each, in hexadecimal."""
    return [hashlib.sha256(nonce(keys, origin, copy, place)).hexdigest() for place in range(NONCES)]
