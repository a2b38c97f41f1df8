"""The ledger alone, in this process: its tree, its proofs, and the registrar that lays it. CPU time of this process.

On PostgreSQL that is our side only: the server's own work is not in it.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bench import databases, seeding
from petition import clock, merkle
from petition.app import Petition, create_app
from petition.cli.synthetic import People
from petition.db import db, reading, writing
from petition.ledger import tiles
from petition.ledger.models import Head, Tile
from petition.signatures.models import Change
from petition.worker import steps

_LEAF: Final = 560  # bytes, as a verified signature's leaf is
_PEOPLE: Final = 1000  # made in one transaction


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured: leaves in the tree, proofs, signatures that wait for the registrar, turns of a few."""

    leaves: int = 1_000_000
    proofs: int = 300
    backlog: int = 10_000
    turns: int = 60


SMALL: Final = Sizes(leaves=2_000, proofs=5, backlog=100, turns=2)


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured: the median and the span, in that unit, and the target with whether it is kept."""

    database: str
    name: str
    unit: str
    turns: tuple[float, ...]
    target: str = ""
    kept: bool | None = None

    def line(self) -> list[str]:
        """The figure as a row of the table."""
        middle, least, most = median(self.turns), min(self.turns), max(self.turns)
        digits = 0 if middle >= 100 else 3
        said = f"{middle:,.{digits}f} ({least:,.{digits}f}–{most:,.{digits}f})"
        kept = "" if self.kept is None else "met" if self.kept else "missed"
        return [self.database, self.name, self.unit, said, self.target, kept]


def table(figures: Sequence[Figure]) -> Iterator[list[str]]:
    """One line for each figure."""
    yield ["database", "what", "unit", "median (least–most)", "target", ""]
    for figure in figures:
        yield figure.line()


def measure(database: str, sizes: Sizes) -> list[Figure]:
    """Everything about the ledger on one kind of database."""
    figures = _tree(database, sizes)
    with tempfile.TemporaryDirectory(prefix="petition-bench-") as name, ExitStack() as opened:
        url = opened.enter_context(databases.made(database, "ledger", Path(name)))
        app = create_app(seeding.make(Path(name) / "house", 0, 1, url, None).config)
        with app.app_context():
            opened.callback(db.engine.dispose)
            figures += _registrar(app, database, sizes)
            figures += _proofs(database, sizes)
    return figures


def _spent(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return max(time.process_time() - began, 1e-6)


def _tree(database: str, sizes: Sizes) -> list[Figure]:
    leaves = [os.urandom(_LEAF) for _leaf in range(min(sizes.leaves, 200_000))]
    turns = tuple(len(leaves) / _spent(lambda: _root_of(leaves)) for _turn in range(3))
    return [
        Figure(database, "tree over ready leaves", "leaves a CPU-second", turns, "≥ 500,000", median(turns) >= 500_000)
    ]


def _root_of(leaves: Sequence[bytes]) -> bytes:
    """Every tile's hash, level by level, as they are laid."""
    hashes = list(map(merkle.leaf_hash, leaves))
    width = tiles.WIDTH
    while len(hashes) >= width:
        hashes = [merkle.complete_root(b"".join(hashes[at : at + width])) for at in range(0, len(hashes), width)]
    return b"".join(hashes)


def _registrar(app: Petition, database: str, sizes: Sizes) -> list[Figure]:
    people = People(seed=1)
    steps.register()

    def sign(number: int) -> None:
        for start in range(0, number, _PEOPLE):
            with writing() as session:
                published = seeding.published(session)
                more = min(_PEOPLE, number - start)
                people.sign(session, app.extensions["keys"], published, more, now=clock.now())
                _come_from_networks(session)

    rates = []
    for _turn in range(3):
        sign(sizes.backlog)
        rates.append(sizes.backlog / _spent(steps.register))
    few = []
    for _turn in range(sizes.turns):
        sign(3)
        few.append(_spent(steps.register) * 1e3)
    return [
        Figure(database, "registrar, a backlog", "leaves a CPU-second", tuple(rates), "≥ 20,000",
               median(rates) >= 20_000),
        Figure(database, "registrar, three at a time", "CPU, ms a batch", tuple(few)),
    ]  # fmt: skip


def _come_from_networks(session: Session) -> None:
    """Mark what waits for the registrar as confirmed from networks, three from each, spread."""
    session.flush()
    waiting = session.scalars(select(Change.id).where(Change.seq.is_(None), Change.network.is_(None))).all()
    marks = [os.urandom(16) for _network in range(max(1, len(waiting) // 3))]
    marked = [{"id": change, "network": marks[at % len(marks)]} for at, change in enumerate(waiting)]
    session.execute(update(Change), marked)


def _proofs(database: str, sizes: Sizes) -> list[Figure]:
    size, random = sizes.leaves, Random(1)  # noqa: S311  (which leaves are asked for is no secret)
    hashes = [os.urandom(32) for _leaf in range(size)]
    with writing() as session:
        statement_id = session.scalars(select(Head.statement_id)).one()
        session.execute(delete(Tile))
        tiles.append(session, statement_id, 0, hashes)
    with reading() as session:
        root = tiles.root(session, statement_id, size)
        wanted = [random.randrange(size) for _proof in range(sizes.proofs)]
        included = _proven(session, statement_id, hashes, wanted, root)
        grown = _grown(session, statement_id, size, [max(1, each) for each in wanted], root)
    found = {"prove inclusion": included[0], "verify inclusion": included[1],
             "prove consistency": grown[0], "verify consistency": grown[1]}  # fmt: skip
    return [
        Figure(database, f"{name}, {size:,} leaves", "CPU, ms", tuple(turns), "≤ 1", median(turns) <= 1)
        for name, turns in found.items()
    ]


def _proven(
    session: Session, statement_id: int, hashes: Sequence[bytes], wanted: Sequence[int], root: bytes
) -> tuple[list[float], list[float]]:
    proving, verifying = [], []
    for index in wanted:
        began = time.process_time()
        proof = tiles.inclusion(session, statement_id, index + 1, len(hashes))
        proven = time.process_time()
        held = merkle.includes(hashes[index], index, len(hashes), proof, root)
        verifying.append((time.process_time() - proven) * 1e3)
        proving.append((proven - began) * 1e3)
        assert held
    return proving, verifying


def _grown(
    session: Session, statement_id: int, size: int, wanted: Sequence[int], root: bytes
) -> tuple[list[float], list[float]]:
    proving, verifying = [], []
    for old in wanted:
        before = tiles.root(session, statement_id, old)
        began = time.process_time()
        proof = tiles.consistency(session, statement_id, old, size)
        proven = time.process_time()
        held = merkle.begins_with(old, size, before, root, proof)
        verifying.append((time.process_time() - proven) * 1e3)
        proving.append((proven - began) * 1e3)
        assert held
    return proving, verifying
