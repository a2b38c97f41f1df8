"""The salts of a leaf in one row."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIELDS = ("name", "place", "mailbox")


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


def downgrade() -> None:
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
