"""The salts of a leaf in one row; the ledgers' trees, kept in tiles."""

import hashlib
from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIELDS = ("name", "place", "mailbox")
WIDTH = 32  # hashes in a tile, and bytes in a hash
TILE = sa.table(
    "tile", sa.column("statement_id"), sa.column("level"), sa.column("number"), sa.column("hashes", sa.LargeBinary())
)


def upgrade() -> None:
    # Set aside under another name: on PostgreSQL two tables cannot have keys of the same name.
    op.execute(
        "CREATE TABLE opening_before AS SELECT named.entry_id, named.salt AS name, placed.salt AS place, "
        "boxed.salt AS mailbox FROM opening AS named "
        "JOIN opening AS placed ON placed.entry_id = named.entry_id AND placed.field = 'place' "
        "JOIN opening AS boxed ON boxed.entry_id = named.entry_id AND boxed.field = 'mailbox' "
        "WHERE named.field = 'name'"
    )
    op.drop_table("opening")
    op.create_table(
        "opening",
        sa.Column("entry_id", KEY, autoincrement=False, nullable=False),
        *(sa.Column(field, sa.LargeBinary(length=16), nullable=False) for field in FIELDS),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_opening_entry_id_entry")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_opening")),
    )
    op.execute(
        "INSERT INTO opening (entry_id, name, place, mailbox) "
        "SELECT entry_id, name, place, mailbox FROM opening_before ORDER BY entry_id"
    )
    op.drop_table("opening_before")
    op.create_table(
        "tile",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(length=1024), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_tile_statement_id_statement")),
        sa.PrimaryKeyConstraint("statement_id", "level", "number", name=op.f("pk_tile")),
    )
    op.add_column("checkpoint", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    for (statement_id,) in op.get_bind().execute(sa.text("SELECT statement_id FROM ledger_head")).all():
        _fill(statement_id)


def _fill(statement_id: int) -> None:
    """Lay the tiles of a ledger that is there already, level by level."""
    connection = op.get_bind()
    level = 0
    roots = _leaf_hashes(statement_id)
    while True:
        source, begin, above = roots, 0, list[bytes]()
        while tiles := _tiles(source, most=1000):
            rows = [
                {"statement_id": statement_id, "level": level, "number": begin + at, "hashes": tile}
                for at, tile in enumerate(tiles)
            ]
            connection.execute(sa.insert(TILE), rows)
            begin += len(tiles)
            above += [_root(tile) for tile in tiles if len(tile) == WIDTH * WIDTH]
        if not above:
            return
        level, roots = level + 1, iter(above)


def _leaf_hashes(statement_id: int) -> Iterator[bytes]:
    """In ledger order, a few thousand at a time."""
    after, more = 0, sa.text(
        "SELECT seq, leaf_hash FROM entry WHERE statement_id = :of AND seq > :after ORDER BY seq LIMIT 5000"
    )  # fmt: skip
    while rows := op.get_bind().execute(more, {"of": statement_id, "after": after}).all():
        yield from (bytes(row.leaf_hash) for row in rows)
        after = rows[-1].seq


def _tiles(hashes: Iterator[bytes], most: int) -> list[bytes]:
    data = b"".join(islice(hashes, most * WIDTH))
    return [data[at : at + WIDTH * WIDTH] for at in range(0, len(data), WIDTH * WIDTH)]


def _root(tile: bytes) -> bytes:
    while len(tile) > WIDTH:
        tile = b"".join(
            hashlib.sha256(b"\x01" + tile[at : at + 2 * WIDTH]).digest() for at in range(0, len(tile), 2 * WIDTH)
        )
    return tile


def downgrade() -> None:
    op.drop_column("checkpoint", "told_at")
    op.drop_table("tile")
    op.execute(
        "CREATE TABLE opening_after AS SELECT entry_id, 'name' AS field, name AS salt FROM opening "
        "UNION ALL SELECT entry_id, 'place', place FROM opening "
        "UNION ALL SELECT entry_id, 'mailbox', mailbox FROM opening"
    )
    op.drop_table("opening")
    op.create_table(
        "opening",
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("field", sa.String(length=10), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_opening_entry_id_entry")),
        sa.PrimaryKeyConstraint("entry_id", "field", name=op.f("pk_opening")),
    )
    op.execute(
        "INSERT INTO opening (entry_id, field, salt) "
        "SELECT entry_id, field, salt FROM opening_after ORDER BY entry_id, field"
    )
    op.drop_table("opening_after")
