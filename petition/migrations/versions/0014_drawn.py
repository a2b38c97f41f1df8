"""When a name was withheld and shown again; checkpoints in the order of their size; changes that are no entries."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENTS = ("withheld_at", "shown_since")
AFTER_ENTRY = sa.text("kind <> 'verified'")


def upgrade() -> None:
    for name in MOMENTS:
        op.add_column("signature", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_checkpoint_statement", table_name="checkpoint")
    op.create_index("ix_checkpoint_statement", "checkpoint", ["statement_id", "size", "id"])
    op.create_index(
        "ix_change_after_entry", "change", ["statement_id", "seq"],
        sqlite_where=AFTER_ENTRY, postgresql_where=AFTER_ENTRY,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index(
        "ix_change_after_entry", table_name="change", sqlite_where=AFTER_ENTRY, postgresql_where=AFTER_ENTRY
    )
    op.drop_index("ix_checkpoint_statement", table_name="checkpoint")
    op.create_index("ix_checkpoint_statement", "checkpoint", ["statement_id", "id"])
    for name in reversed(MOMENTS):
        op.drop_column("signature", name)
