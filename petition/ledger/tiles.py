"""The ledger's tree, kept: every complete subtree's hash can be had from one row, so that a proof reads few.

Cut into tiles after the manner of C2SP tlog-tiles (c2sp.org/tlog-tiles), but lower: a tile holds up to 32 hashes of one
level, 5 heights of the tree apart, and so takes 1 kB; what lies between is hashed anew from it.
A tile at the right edge is shorter than the others until it is full.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from petition import merkle
from petition.ledger.models import Entry, Tile
from petition.merkle import Range, Subtree

HEIGHT: Final = 5
WIDTH: Final = 1 << HEIGHT
_HASH: Final = 32  # bytes
_CHUNK: Final = 1000
_KEEP: Final = text(
    "INSERT INTO tile (statement_id, level, number, hashes) VALUES (:statement_id, :level, :number, :hashes) "
    "ON CONFLICT (statement_id, level, number) DO UPDATE SET hashes = excluded.hashes"
)

#: A tile's place in a ledger's tree: its level and its number there.
Place = tuple[int, int]


class NotKept(LookupError):
    """A tile that should be there is not, or is too short: the tree does not fit its ledger."""


def append(session: Session, statement_id: int, size: int, leaf_hashes: Sequence[bytes]) -> None:
    """Lay further leaves' hashes on a tree of so many leaves. Raises NotKept when the tree has another size."""
    level, begin, hashes = 0, size, leaf_hashes
    rows = []
    while hashes:
        first, there = divmod(begin, WIDTH)
        edge = _edge(session, statement_id, (level, first), there) if there else b""
        data = b"".join([edge, *hashes])
        tiles = list(_cut(data, WIDTH * _HASH))
        rows += [
            {"statement_id": statement_id, "level": level, "number": first + at, "hashes": tile}
            for at, tile in enumerate(tiles)
        ]
        hashes = [merkle.complete_root(tile) for tile in tiles if len(tile) == WIDTH * _HASH]
        level, begin = level + 1, first
    if rows:
        session.execute(_KEEP, rows)


def root(session: Session, statement_id: int, size: int) -> bytes:
    """The root of a ledger's tree when it had that many leaves. Raises NotKept when it never had."""
    return _hashes(session, statement_id, [(0, size)])[0]


def inclusion(session: Session, statement_id: int, seq: int, size: int) -> list[bytes]:
    """The proof that leaf `seq` (from 1) is in the tree of that size (RFC 9162, 2.1.3.1), from the leaf up.

    Raises ValueError when that tree has no such leaf, NotKept when the ledger never had that size.
    """
    return _hashes(session, statement_id, merkle.inclusion(seq - 1, size))


def consistency(session: Session, statement_id: int, old: int, new: int) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with that of `old` (RFC 9162, 2.1.4.1).

    Raises ValueError when the old one is larger, NotKept when the ledger never had that size.
    """
    return _hashes(session, statement_id, merkle.consistency(old, new))


def places(branches: Iterable[Range]) -> set[Place]:
    """The tiles out of which these branches' hashes are made."""
    return {_place(subtree) for branch in branches for subtree in merkle.subtrees(branch)}


def faults(session: Session, statement_id: int, size: int) -> Iterator[str]:
    """Where tiles differ from the leaves or from each other, one sentence each. Reads every leaf's hash."""
    below = session.scalars(
        select(Entry.leaf_hash)
        .where(Entry.statement_id == statement_id)
        .order_by(Entry.seq)
        .execution_options(yield_per=_CHUNK)
    )
    hashes: Iterable[bytes] = below
    level, expected = 0, size
    while expected or level == 0:
        number, roots = 0, bytearray()
        source = iter(hashes)
        for tile in _level(session, statement_id, level):
            if any(next(source, None) != digest for digest in _cut(tile, _HASH)):
                yield f"has another hash at level {level} than its leaves make"
                return
            number += len(tile) // _HASH
            if len(tile) == WIDTH * _HASH:
                roots += merkle.complete_root(tile)
        if number != expected:
            yield f"has {number} hashes at level {level}, and should have {expected}"
            return
        hashes, level = _cut(bytes(roots), _HASH), level + 1
        expected //= WIDTH


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def _level(session: Session, statement_id: int, level: int) -> Iterator[bytes]:
    kept = select(Tile.hashes).where(Tile.statement_id == statement_id, Tile.level == level).order_by(Tile.number)
    with session.execute(kept.execution_options(yield_per=_CHUNK)) as rows:
        yield from rows.scalars()


def _edge(session: Session, statement_id: int, place: Place, there: int) -> bytes:
    tile = session.scalar(
        select(Tile.hashes).where(Tile.statement_id == statement_id, Tile.level == place[0], Tile.number == place[1])
    )
    if tile is None or len(tile) != there * _HASH:
        raise NotKept(f"tile {place[1]} at level {place[0]} does not hold {there} hashes")
    return tile


def _hashes(session: Session, statement_id: int, branches: list[Range]) -> list[bytes]:
    kept = _kept(session, statement_id, places(branches))

    def node(subtree: Subtree) -> bytes:
        height, number = subtree
        begin = (number << height % HEIGHT) % WIDTH * _HASH
        level = kept.get(_place(subtree), b"")[begin : begin + (_HASH << height % HEIGHT)]
        if len(level) != _HASH << height % HEIGHT:
            raise NotKept(f"subtree {number} of height {height} is in no tile")
        return merkle.complete_root(level)

    return [merkle.hash_of(branch, node) for branch in branches]


def _kept(session: Session, statement_id: int, needed: set[Place]) -> dict[Place, bytes]:
    if not needed:
        return {}
    # SQLite looks a list of pairs up by walking through the whole ledger; what is joined first, by the key. All are
    # numbers of our own making, and putting the statement together by the library took longer than the look-up.
    wanted = ", ".join(f"({level}, {number})" for level, number in sorted(needed))
    found = session.connection().exec_driver_sql(
        f"WITH wanted (level, number) AS (VALUES {wanted}) "  # noqa: S608
        "SELECT tile.level, tile.number, tile.hashes FROM wanted CROSS JOIN tile "
        f"WHERE tile.statement_id = {int(statement_id)} AND tile.level = wanted.level AND tile.number = wanted.number"
    )
    return {(level, number): bytes(hashes) for level, number, hashes in found}


def _place(subtree: Subtree) -> Place:
    height, number = subtree
    return height // HEIGHT, (number << height % HEIGHT) // WIDTH
