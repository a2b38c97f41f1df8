"""The hash tree over a ledger's leaves, after RFC 9162, section 2.1.1: its root vouches for every leaf."""

import hashlib
from collections.abc import Iterable


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The tree's root over leaf hashes in ledger order; of no leaves, the SHA-256 of nothing."""
    # One complete subtree per bit of the size so far, largest first: memory O(log n).
    complete: list[tuple[int, bytes]] = []
    for digest in leaf_hashes:
        height = 0
        while complete and complete[-1][0] == height:
            digest = node_hash(complete.pop()[1], digest)
            height += 1
        complete.append((height, digest))
    if not complete:
        return hashlib.sha256(b"").digest()
    top = complete.pop()[1]
    while complete:
        top = node_hash(complete.pop()[1], top)
    return top
