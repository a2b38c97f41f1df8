"""What the console shows beside the ledger: packets in the making, and signatures found by name and place."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DEAD = sa.text("state = 'dead'")
UNREAD = sa.text("comment IS NOT NULL AND comment_state IS NULL")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "packet_build",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
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
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_packet_build_packet_id_packet"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_packet_build_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet_build")),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_packet_build_due",
        "packet_build",
        ["priority", "due_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_packet_build_packet_id", "packet_build", ["packet_id"])
    op.create_index("ix_packet_build_statement", "packet_build", ["statement_id", "id"])
    op.create_table(
        "signature_word",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("signature_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_signature_word_statement_id_statement")
        ),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signature.id"],
            name=op.f("fk_signature_word_signature_id_signature"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("statement_id", "word", "signature_id", name=op.f("pk_signature_word")),
        sqlite_with_rowid=False,
    )
    # Not in batches: those would copy the tables.
    op.create_index("ix_signature_word_signature_id", "signature_word", ["signature_id"])
    op.drop_index("ix_signature_roster", "signature")
    op.create_index("ix_signature_status", "signature", ["statement_id", "status", "id"])
    op.create_index("ix_signature_state", "signature", ["statement_id", "state", "status", "id"])
    op.create_index(
        "ix_signature_unread",
        "signature",
        ["statement_id", "status", "id"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )
    op.create_index("ix_email_dead", "email", ["id"], sqlite_where=DEAD, postgresql_where=DEAD)


def downgrade() -> None:
    op.drop_index("ix_email_dead", "email")
    op.drop_index("ix_signature_unread", "signature")
    op.drop_index("ix_signature_state", "signature")
    op.drop_index("ix_signature_status", "signature")
    op.create_index("ix_signature_roster", "signature", ["statement_id", "state", "number"])
    op.drop_table("signature_word")
    op.drop_table("packet_build")
