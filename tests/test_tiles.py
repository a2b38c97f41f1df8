"""The ledger's tree as it is kept: what it proves, in how few rows, and that no row can be bent unseen."""

import os
from collections.abc import Callable

import flask_migrate
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from petition import merkle
from petition.cli import synthetic
from petition.ledger import adding_up, tiles
from petition.ledger.models import Entry, Head, Tile
from petition.paths import MIGRATIONS
from petition.statements import reading
from tests.ground import SLUG, House

LEDGER = 1  # the first statement's


def sampled(house: House, number: int) -> None:
    with house.app.app_context(), house.writing() as session:
        published = reading.published(session, SLUG, "en")
        people = synthetic.People(1)
        people.sign(session, house.app.extensions["keys"], published, number, now=house.clock.now())
    house.register()


def laid(session: Session, hashes: list[bytes], *steps: int) -> None:
    """A tree laid in so many steps."""
    session.execute(delete(Tile))
    begin = 0
    for end in (*steps, len(hashes)):
        tiles.append(session, LEDGER, begin, hashes[begin:end])
        begin = end


def kept(session: Session) -> set[tuple[int, int, bytes]]:
    return {(row.level, row.number, row.hashes) for row in session.execute(select(Tile.__table__))}


@pytest.mark.parametrize("size", [1, 31, 32, 33, 1023, 1024, 1025, 2100])
def test_a_tree_laid_in_any_steps_has_the_root_and_proofs_of_its_leaves(house: House, size: int) -> None:
    hashes = [os.urandom(32) for _leaf in range(size)]
    root = merkle.root(hashes)
    with house.writing() as session:
        laid(session, hashes, size // 3, size // 3 + 1, size // 2)
        assert tiles.root(session, LEDGER, size) == root
        for index in {0, size // 2, size - 1}:
            proof = tiles.inclusion(session, LEDGER, index + 1, size)
            assert merkle.includes(hashes[index], index, size, proof, root)
        for old in {1, size // 2 or 1, size}:
            proof = tiles.consistency(session, LEDGER, old, size)
            assert merkle.begins_with(old, size, tiles.root(session, LEDGER, old), root, proof)
            assert tiles.root(session, LEDGER, old) == merkle.root(hashes[:old])
        laid_in_steps = kept(session)
        laid(session, hashes)
        assert kept(session) == laid_in_steps
        session.rollback()


def test_a_proof_reads_two_rows_a_level_however_long_the_ledger(house: House) -> None:
    size = 100_003
    hashes = [number.to_bytes(32) for number in range(size)]
    with house.writing() as session:
        laid(session, hashes)
        kept = session.scalar(select(func.count()).select_from(Tile)) or 0
        levels = 1 + (session.scalar(select(func.max(Tile.level))) or 0)
        assert (levels, kept) == (4, 3126 + 98 + 4 + 1)
        root = tiles.root(session, LEDGER, size)
        assert root == merkle.root(hashes)
        for index in (0, 31, 32, 50_000, 99_999, size - 1):
            assert len(tiles.places(merkle.inclusion(index, size))) <= 2 * levels
            assert merkle.includes(hashes[index], index, size, tiles.inclusion(session, LEDGER, index + 1, size), root)
        for old in (1, 32, 33, 50_000, 99_999):
            assert len(tiles.places(merkle.consistency(old, size))) <= 2 * levels
        session.rollback()


def test_the_registrar_lays_the_tree_with_the_leaves(house: House) -> None:
    sampled(house, 70)
    house.signed("late@patron.example")
    hashes = [entry.leaf_hash for entry in house.rows(Entry)]
    with house.reading() as session:
        assert tiles.root(session, LEDGER, 71) == merkle.root(hashes)
        assert tiles.root(session, LEDGER, 40) == merkle.root(hashes[:40])
        assert tiles.root(session, LEDGER, 0) == merkle.root([])
        assert list(tiles.faults(session, LEDGER, 71)) == []
        with pytest.raises(tiles.NotKept):
            tiles.root(session, LEDGER, 72)


def test_a_ledger_that_was_there_before_gets_its_tree(house: House) -> None:
    sampled(house, 1100)
    with house.reading() as session:
        root = tiles.root(session, LEDGER, 1100)
    before = house.dump()
    with house.writing():
        flask_migrate.downgrade(directory=str(MIGRATIONS), revision="0008")
    with house.writing():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
    assert house.dump() == before
    with house.reading() as session:
        assert tiles.root(session, LEDGER, 1100) == root


Fault = Callable[[Session], object]
FAULTS: dict[str, Fault] = {
    "a bent hash": lambda session: session.execute(
        update(Tile).where(Tile.level == 0, Tile.number == 1).values(hashes=bytes(1024))
    ),
    "a bent branch": lambda session: session.execute(update(Tile).where(Tile.level == 1).values(hashes=bytes(64))),
    "a lost tile": lambda session: session.execute(delete(Tile).where(Tile.level == 0, Tile.number == 2)),
    "a lost level": lambda session: session.execute(delete(Tile).where(Tile.level == 1)),
    "another leaf": lambda session: session.execute(update(Entry).where(Entry.seq == 40).values(leaf_hash=bytes(32))),
    "a longer ledger": lambda session: session.execute(update(Head).values(size=Head.size + 1)),
}


def test_no_row_of_the_tree_can_be_bent_unseen(house: House) -> None:
    sampled(house, 70)
    for fault in FAULTS.values():
        with house.writing() as session:
            assert list(adding_up.faults(session)) == []
            fault(session)
            size = session.scalar(select(Head.size)) or 0
            assert list(tiles.faults(session, LEDGER, size)) != []
            assert list(adding_up.faults(session)) != []
            session.rollback()


def test_nothing_is_laid_on_a_tree_of_another_size(house: House) -> None:
    sampled(house, 3)
    with house.writing() as session:
        with pytest.raises(tiles.NotKept):
            tiles.append(session, LEDGER, 2, [bytes(32)])
        session.rollback()
