"""What an organizer decides about a signature."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WITHDRAWN = sa.text("status = 'withdrawn' AND erased_at IS NULL")
LEAVING = sa.text("withdrawn_at IS NOT NULL AND erased_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "review_note",
        sa.Column("entry_id", KEY, autoincrement=False, nullable=False),
        sa.Column("signature_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_review_note_entry_id_audit_entry")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_review_note_signature_id_signature")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_review_note")),
    )
    with op.batch_alter_table("review_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_note_signature_id"), ["signature_id"], unique=False)

    # Not in a batch: that would copy the table, which SQLite can do without for a column and its indexes.
    op.add_column("signature", sa.Column("comment_state", sa.String(length=10), nullable=True))
    op.drop_index("ix_signature_leaving", "signature")
    op.create_index(
        "ix_signature_leaving", "signature", ["withdrawn_at"], sqlite_where=LEAVING, postgresql_where=LEAVING
    )


def downgrade() -> None:
    op.drop_index("ix_signature_leaving", "signature")
    op.create_index(
        "ix_signature_leaving", "signature", ["withdrawn_at"], sqlite_where=WITHDRAWN, postgresql_where=WITHDRAWN
    )
    op.drop_column("signature", "comment_state")
    with op.batch_alter_table("review_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_note_signature_id"))

    op.drop_table("review_note")
