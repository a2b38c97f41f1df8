"""Chapters' own texts: drafts, originals, submissions, officers, institutions, letterheads and templates."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "submission", "officer", "institution", "change_request", "template", "page_image", "draft", "original",
    "letterhead",
)  # fmt: skip
WAS = "id, slug, campaign_id, addressee_id, kind, place, year, issuer, chapter_id"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_statement(grown=True)
    else:
        op.drop_constraint(op.f("ck_statement_kind"), "statement", type_="check")
        op.create_check_constraint(op.f("ck_statement_kind"), "statement", _check(grown=True))
        for column in _columns():
            op.add_column("statement", column)
        op.create_foreign_key(
            op.f("fk_statement_successor_id_statement"), "statement", "statement", ["successor_id"], ["id"]
        )
    # All texts could be signed until now, and all came from organizers' folders.
    op.execute("UPDATE statement SET takes_signatures = true")
    op.execute(
        "UPDATE statement SET listed_at = (SELECT min(published_at) FROM revision WHERE statement_id = statement.id)"
    )
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("statement", "takes_signatures", server_default=None)
    op.create_table(
        "letterhead",
        sa.Column("chapter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_letterhead_chapter_id_chapter")),
        sa.PrimaryKeyConstraint("chapter_id", name=op.f("pk_letterhead")),
    )
    op.create_table(
        "original",
        sa.Column("id", KEY, nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("markdown", sa.Text(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("scan", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_original_account_id_account")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_original_chapter_id_chapter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_original_chapter_id", "original", ["chapter_id"])
    op.create_table(
        "template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_template_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template")),
        sa.UniqueConstraint("campaign_id", "kind", "language", name=op.f("uq_template_campaign_id_kind_language")),
    )
    op.create_table(
        "draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("local", sa.JSON(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("adopted_by", sa.String(length=160), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("vote", sa.String(length=80), nullable=False),
        sa.Column("officers", sa.LargeBinary(), nullable=True),
        sa.Column("takes_signatures", sa.Boolean(), nullable=False),
        sa.Column("original_id", KEY, nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facsimile", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id_account")),
        sa.ForeignKeyConstraint(["addressee_id"], ["publisher.id"], name=op.f("fk_draft_addressee_id_publisher")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_draft_chapter_id_chapter")),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_draft_original_id_original")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_draft_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("statement_id", name=op.f("uq_draft_statement_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_chapter_id", "draft", ["chapter_id"])
    op.create_table(
        "page_image",
        sa.Column("original_id", KEY, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["original_id"], ["original.id"], name=op.f("fk_page_image_original_id_original")),
        sa.PrimaryKeyConstraint("original_id", "number", name=op.f("pk_page_image")),
    )
    op.create_table(
        "change_request",
        sa.Column("id", KEY, nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_change_request_account_id_account")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_change_request_revision_id_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
    )
    op.create_index("ix_change_request_revision_id", "change_request", ["revision_id"])
    op.create_table(
        "institution",
        sa.Column("id", KEY, nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("stand", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("domain", sa.String(length=253), nullable=True),
        sa.Column("officer", sa.String(length=120), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("mailbox", sa.LargeBinary(length=32), nullable=True),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.String(length=10), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_institution_account_id_account")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_institution_revision_id_revision")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_institution_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_institution_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_institution_mailbox", "institution", ["mailbox"])
    op.create_index("ix_institution_stand", "institution", ["statement_id", "stand", "id"])
    op.create_table(
        "officer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("mailbox", sa.LargeBinary(length=32), nullable=True),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_officer_revision_id_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_officer_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_officer_mailbox", "officer", ["mailbox"])
    op.create_index("uq_officer_place", "officer", ["revision_id", "place"], unique=True)
    op.create_table(
        "submission",
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("adopted_by", sa.String(length=160), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("vote", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("template_words", sa.Integer(), nullable=False),
        sa.Column("original_id", sa.BigInteger(), nullable=True),
        sa.Column("facsimile", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_submission_account_id_account")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_submission_revision_id_revision")),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_submission")),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_statement(grown=False)
        return
    op.drop_constraint(op.f("fk_statement_successor_id_statement"), "statement", type_="foreignkey")
    for column in reversed(_columns()):
        op.drop_column("statement", column.name)
    op.drop_constraint(op.f("ck_statement_kind"), "statement", type_="check")
    op.create_check_constraint(op.f("ck_statement_kind"), "statement", _check(grown=False))


def _columns() -> list[sa.Column[Any]]:
    added = None if op.get_bind().dialect.name == "sqlite" else sa.true()
    return [
        sa.Column("takes_signatures", sa.Boolean(), nullable=False, server_default=added),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.String(length=12), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
    ]


def _check(*, grown: bool) -> str:
    return "kind IN ('petition', 'letter', 'resolution'" + (", 'notice')" if grown else ")")


def _rebuild_statement(*, grown: bool) -> None:
    """Make the table anew by hand, for the reason that migration 0006 gives."""
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(f"CREATE TEMPORARY TABLE kept_statement AS SELECT {WAS} FROM statement")  # noqa: S608
    op.drop_index("ix_statement_chapter_id", "statement")
    op.drop_index("ix_statement_campaign_id", "statement")
    op.drop_table("statement")
    more: list[sa.schema.SchemaItem] = []
    if grown:
        successor = ["successor_id"], ["statement.id"]
        more = [*_columns(), sa.ForeignKeyConstraint(*successor, name=op.f("fk_statement_successor_id_statement"))]
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
        sa.Column("chapter_id", sa.Integer(), nullable=True),
        *more,
        sa.CheckConstraint(_check(grown=grown), name=op.f("ck_statement_kind")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_statement_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["addressee_id"], ["publisher.id"], name=op.f("fk_statement_addressee_id_publisher")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapter.id"], name=op.f("fk_statement_chapter_id_chapter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("slug", name=op.f("uq_statement_slug")),
    )
    op.create_index("ix_statement_campaign_id", "statement", ["campaign_id"])
    op.create_index("ix_statement_chapter_id", "statement", ["chapter_id"])
    kept, given = (f"{WAS}, takes_signatures", f"{WAS}, true") if grown else (WAS, WAS)
    op.execute(f"INSERT INTO statement ({kept}) SELECT {given} FROM kept_statement")  # noqa: S608
    op.execute("DROP TABLE kept_statement")
