"""From how many confirmations one network is known: a mark until the registrar has been, then a sum by network."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("network", sa.LargeBinary(length=16), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_arrival_statement_id_statement")),
        sa.PrimaryKeyConstraint("statement_id", "network", name=op.f("pk_arrival")),
        sqlite_with_rowid=False,
    )
    op.add_column("change", sa.Column("network", sa.LargeBinary(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("change", "network")
    op.drop_table("arrival")
