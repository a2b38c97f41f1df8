"""Spreadsheets that are written in the background, and sample audits."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.create_table(
        "spreadsheet",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_spreadsheet_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spreadsheet")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_spreadsheet_due", "spreadsheet", ["priority", "due_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index("ix_spreadsheet_statement", "spreadsheet", ["statement_id", "id"])
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", KEY, nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place BETWEEN 0 AND 9", name=op.f("ck_audit_place")),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name=op.f("fk_audit_packet_id_packet")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_audit_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("packet_id", "place", name=op.f("uq_audit_packet_id_place")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sampled",
        sa.Column("id", KEY, nullable=False),
        sa.Column("audit_id", KEY, nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signature_id", KEY, nullable=False),
        sa.Column("stand", sa.String(length=10), nullable=False),
        sa.Column("earlier_id", KEY, nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=4), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_sampled_answer")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_sampled_audit_id_audit")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_sampled_signature_id_signature")),
        sa.ForeignKeyConstraint(["earlier_id"], ["sampled.id"], name=op.f("fk_sampled_earlier_id_sampled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampled")),
        sa.UniqueConstraint("audit_id", "number", name=op.f("uq_sampled_audit_id_number")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_sampled_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sampled_signature_id", "sampled", ["signature_id"])


def downgrade() -> None:
    op.drop_table("sampled")
    op.drop_table("audit")
    op.drop_table("spreadsheet")
