"""Signed checkpoints of the ledgers, and the files of issued packets."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("id", KEY, nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_checkpoint_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
    )
    op.create_index("ix_checkpoint_statement", "checkpoint", ["statement_id", "id"])
    for column in _of_packets():
        op.add_column("packet", column)
    op.create_table(
        "packet_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("later_token", sa.LargeBinary(), nullable=True),
        sa.Column("later_token_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_packet_file_packet_id_packet"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet_file")),
        sa.UniqueConstraint("packet_id", "part", name=op.f("uq_packet_file_packet_id_part")),
    )
    op.create_index("ix_packet_file_sha256", "packet_file", ["sha256"])


def downgrade() -> None:
    op.drop_table("packet_file")
    for column in reversed(_of_packets()):
        op.drop_column("packet", column.name)
    op.drop_table("checkpoint")


def _of_packets() -> list[sa.Column[object]]:
    return [
        sa.Column("language", sa.String(length=10), nullable=False, server_default="en"),
        sa.Column("checkpoint", sa.Text(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("nonces", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealer", sa.String(length=64), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
    ]
