"""Drawing: which numbers a sample has, from one nonce, one seed and one root. Pure, so that anybody can draw again.

The drawing, version 1. P is the list of the numbers that stand in the ledger at the packet's checkpoint, ascending
(they are the roster's). `key` is SHA-256 over the 21 bytes "petition sample audit", a zero byte, the nonce (32 bytes),
the SHA-256 of the seed in UTF-8, and the ledger's root (32 bytes). For i = 0, 1, 2, …: x is SHA-256(key, i as 8 bytes,
most significant first), read as a number. Where x is no smaller than the largest multiple of len(P) up to 2^256, it is
left out, so that no number is likelier than another. Else P[x mod len(P)] is drawn, unless it has been, until there
are enough.

We fixed the nonce before we knew the seed, since the seal page carries its SHA-256; the publisher chose the seed before
it knew the nonce; and the root fixes the list. So neither can steer a draw whose seed is sent behind a delivery's link
and used as it comes. A seed by letter lies with us before it is entered: we could calculate the draw at each place, use
up places with seeds of our own, and enter it at the one that suits us. Nor can a page know who sent a seed behind a
link, which organizers can open too. Hence the page of a result lists every sample of the packet, with the way by which
its seed came; it prints PROGRAM, all that with the standard library alone.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

SIZES: Final = (59, 149, 299)  # with no bad one among them, below 5, 2 or 1 % are: see petition.audits.bounds
LABEL: Final = b"petition sample audit\x00"
_RANGE: Final = 1 << 256  # a SHA-256 is a number below it

PROGRAM: Final = '''import hashlib

def draw(nonce, seed, root, numbers, size):
    sha = lambda data: hashlib.sha256(data).digest()
    seed = sha(seed.encode())
    key = sha(b"petition sample audit\\0" + nonce + seed + root)
    drawn, i = [], 0
    while len(drawn) < min(size, len(numbers)):
        x = int.from_bytes(sha(key + i.to_bytes(8, "big")), "big")
        i += 1
        number = numbers[x % len(numbers)]
        fair = x < 2**256 - 2**256 % len(numbers)
        if fair and number not in drawn:
            drawn.append(number)
    return drawn
'''


def draw(nonce: bytes, seed: str, root: bytes, numbers: Sequence[int], size: int) -> list[int]:
    """So many of the numbers, in the order in which they were drawn; all of them where there are no more."""
    key = hashlib.sha256(LABEL + nonce + hashlib.sha256(seed.encode()).digest() + root).digest()
    drawn: dict[int, None] = {}
    turn, fair = 0, _RANGE - _RANGE % max(1, len(numbers))
    while len(drawn) < min(size, len(numbers)):
        found = int.from_bytes(hashlib.sha256(key + turn.to_bytes(8, "big")).digest(), "big")
        turn += 1
        if found < fair:
            drawn.setdefault(numbers[found % len(numbers)])
    return list(drawn)
