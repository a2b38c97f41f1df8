"""Signatures on paper, as they were counted by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "paper_count",
        sa.Column("id", KEY, nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("collected_by", sa.String(length=160), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("kept_at", sa.String(length=200), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", KEY, nullable=True),
        sa.Column("correction", sa.String(length=200), nullable=False),
        sa.CheckConstraint("number BETWEEN 0 AND 10000000", name=op.f("ck_paper_count_number")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_paper_count_account_id_account")),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["paper_count.id"], name=op.f("fk_paper_count_corrects_id_paper_count")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_paper_count_statement_id_statement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_count")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_paper_count_corrects_id")),
    )
    op.create_index(op.f("ix_paper_count_statement_id"), "paper_count", ["statement_id"], unique=False)


def downgrade() -> None:
    op.drop_table("paper_count")
