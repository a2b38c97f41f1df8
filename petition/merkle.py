"""The hash tree over a ledger's leaves, after RFC 9162, section 2.1: its root vouches for every leaf.

Proofs are made of complete subtrees, which never change once they are complete: `Nodes` looks one up by its height
(0 is a leaf) and its number among those of its height. Where they are kept is no matter of this module.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

#: Leaves from the first to before the second, counted from 0.
Range = tuple[int, int]
#: A complete subtree: height and number.
Subtree = tuple[int, int]
Nodes = Callable[[Subtree], bytes]

_SIZE = 32  # bytes of a SHA-256


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
    return _folded([digest for _height, digest in complete])


def complete_root(level: bytes) -> bytes:
    """The root over 1, 2, 4, 8 … hashes, given one after the other; several times as fast as `root`."""
    sha256 = hashlib.sha256
    while len(level) > _SIZE:
        level = b"".join([sha256(b"\x01" + level[at : at + 64]).digest() for at in range(0, len(level), 64)])
    return level


def subtrees(over: Range) -> Iterator[Subtree]:
    """The complete subtrees that some leaves fall into, from left to right; at most two of each height."""
    begin, end = over
    while begin < end:
        height = (end - begin).bit_length() - 1
        if begin:
            height = min(height, (begin & -begin).bit_length() - 1)
        yield height, begin >> height
        begin += 1 << height


def hash_of(over: Range, nodes: Nodes) -> bytes:
    """The hash over leaves that the tree's definition makes one branch of; over none, that of nothing."""
    return _folded([nodes(subtree) for subtree in subtrees(over)])


def inclusion(index: int, size: int) -> list[Range]:
    """The branches whose hashes prove that a leaf stands at an index (from 0) in a tree (RFC 9162, 2.1.3.1).

    From the leaf up. Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    begin, end, path = 0, size, list[Range]()
    while end - begin > 1:
        split = begin + _split(end - begin)
        if index < split:
            path.append((split, end))
            end = split
        else:
            path.append((begin, split))
            begin = split
    return path[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The branches whose hashes prove that a tree begins with an older one (RFC 9162, 2.1.4.1).

    Every tree begins with the empty one, and with itself: the proof is empty. Raises ValueError for a larger old one.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves does not begin with one of {old}")
    if old in (0, new):
        return []
    begin, end, path = 0, new, list[Range]()
    while old != end:
        split = begin + _split(end - begin)
        if old <= split:
            path.append((split, end))
            end = split
        else:
            path.append((begin, split))
            begin = split
    # The older tree's own root is known to whoever asks, unless it is only a branch of it.
    return [(begin, end), *path[::-1]] if begin else path[::-1]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], tree_root: bytes) -> bool:
    """Whether a proof shows a leaf's hash at an index (from 0) of the tree with that root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, digest = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            digest = node_hash(sibling, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and digest == tree_root


def begins_with(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not proof and old_root == _folded([])
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else [*proof]
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _folded(complete: list[bytes]) -> bytes:
    """The root over complete subtrees from left to right, each smaller than the one before."""
    if not complete:
        return hashlib.sha256(b"").digest()
    top = complete[-1]
    for left in reversed(complete[:-1]):
        top = node_hash(left, top)
    return top
