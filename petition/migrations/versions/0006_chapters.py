"""Chapters, the links that offer their offices access, and statements that belong to one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "chapter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("office", sa.LargeBinary(), nullable=False),
        sa.Column("office_mailbox", sa.LargeBinary(length=32), nullable=False),
        sa.Column("filed_mailbox", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapter")),
        sa.UniqueConstraint("state", name=op.f("uq_chapter_state")),
    )
    op.create_table(
        "access_offer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mailbox", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_access_offer_chapter_id_chapter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_offer")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_access_offer_fingerprint")),
    )
    op.create_index("ix_access_offer_mailbox", "access_offer", ["mailbox"])
    op.create_index("ix_access_offer_until", "access_offer", ["until"])
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_statement(belonging=True)
    else:
        op.add_column("statement", sa.Column("chapter_id", sa.Integer(), nullable=True))
        op.create_foreign_key(
            op.f("fk_statement_chapter_id_chapter"), "statement", "chapter", ["chapter_id"], ["id"]
        )
    op.create_index("ix_statement_chapter_id", "statement", ["chapter_id"])


def downgrade() -> None:
    op.drop_index("ix_statement_chapter_id", "statement")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_statement(belonging=False)
    else:
        op.drop_constraint(op.f("fk_statement_chapter_id_chapter"), "statement", type_="foreignkey")
        op.drop_column("statement", "chapter_id")
    op.drop_table("access_offer")
    op.drop_table("chapter")


_COLUMNS = "id, slug, campaign_id, addressee_id, kind, place, year, issuer"


def _rebuild_statement(*, belonging: bool) -> None:
    """Make the table anew, since SQLite adds no foreign key to one that is there.

    Not in a batch: that renames a copy into place, and SQLite would go on counting every signature as one without
    its statement. Put back row by row under the old name, they are found again before the transaction ends.
    """
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(f"CREATE TEMPORARY TABLE kept_statement AS SELECT {_COLUMNS} FROM statement")  # noqa: S608
    op.drop_index("ix_statement_campaign_id", "statement")
    op.drop_table("statement")
    more: list[sa.schema.SchemaItem] = []
    if belonging:
        more = [
            sa.Column("chapter_id", sa.Integer(), nullable=True),
            sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_statement_chapter_id_chapter")),
        ]
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=160), nullable=False),
        *more,
        sa.CheckConstraint("kind IN ('petition', 'letter', 'resolution')", name=op.f("ck_statement_kind")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_statement_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["addressee_id"], ["publisher.id"], name=op.f("fk_statement_addressee_id_publisher")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("slug", name=op.f("uq_statement_slug")),
    )
    op.create_index("ix_statement_campaign_id", "statement", ["campaign_id"])
    op.execute(f"INSERT INTO statement ({_COLUMNS}) SELECT {_COLUMNS} FROM kept_statement")  # noqa: S608
    op.execute("DROP TABLE kept_statement")
