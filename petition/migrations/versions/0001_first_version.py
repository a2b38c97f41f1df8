"""The first version: campaigns, statements, signatures, ledger, e-mail, packets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("hashtag", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("issuer", sa.String(length=160), nullable=False),
        sa.Column("sample_note", sa.Text(), nullable=False),
        sa.Column("goals", sa.JSON(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivery", sa.String(length=40), nullable=True),
        sa.Column("outcome_url", sa.String(length=400), nullable=True),
        sa.Column("dates", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_campaign_slug")),
    )
    op.create_table(
        "email",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("mailbox", sa.LargeBinary(length=32), nullable=True),
        sa.Column("scope", sa.Integer(), nullable=True),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("about", sa.JSON(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("email", schema=None) as batch_op:
        batch_op.create_index(
            "ix_email_due",
            ["priority", "due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index("ix_email_ended", ["ended_at"], unique=False)
        batch_op.create_index("ix_email_mailbox", ["mailbox"], unique=False)

    op.create_table(
        "mailbox",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "publisher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address_lines", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publisher")),
        sa.UniqueConstraint("slug", name=op.f("uq_publisher_slug")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "wrong_codes",
        sa.Column("mailbox", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_wrong_codes")),
    )
    op.create_table(
        "campaign_target",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_target_campaign_id_campaign")),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publisher.id"], name=op.f("fk_campaign_target_publisher_id_publisher")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "publisher_id", name=op.f("pk_campaign_target")),
    )
    op.create_table(
        "lending_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=True),
        sa.Column("announced", sa.String(length=10), nullable=True),
        sa.Column("effective", sa.String(length=10), nullable=True),
        sa.Column("ended", sa.String(length=10), nullable=True),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("conflicts_with", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publisher.id"], name=op.f("fk_lending_term_publisher_id_publisher")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lending_term")),
        sa.UniqueConstraint("key", name=op.f("uq_lending_term_key")),
    )
    with op.batch_alter_table("lending_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lending_term_publisher_id"), ["publisher_id"], unique=False)

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
        sa.CheckConstraint("kind IN ('petition', 'letter', 'resolution')", name=op.f("ck_statement_kind")),
        sa.ForeignKeyConstraint(["addressee_id"], ["publisher.id"], name=op.f("fk_statement_addressee_id_publisher")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_statement_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("slug", name=op.f("uq_statement_slug")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "ledger_head",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("invalidated", sa.Integer(), nullable=False),
        sa.Column("restored", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_ledger_head_statement_id_statement")),
        sa.PrimaryKeyConstraint("statement_id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_revision_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint(
            "statement_id", "role", "language", "number", name=op.f("uq_revision_statement_id_role_language_number")
        ),
    )
    op.create_table(
        "tally",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(length=10), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_tally_statement_id_statement")),
        sa.PrimaryKeyConstraint("statement_id", "facet", "part", name=op.f("pk_tally")),
    )
    op.create_table(
        "packet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ledger_size", sa.Integer(), nullable=False),
        sa.Column("ledger_root", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("template_version", sa.String(length=20), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["publisher_id"], ["publisher.id"], name=op.f("fk_packet_publisher_id_publisher")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_packet_revision_id_revision")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_packet_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet")),
        sa.UniqueConstraint("statement_id", "copy", name=op.f("uq_packet_statement_id_copy")),
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("city", sa.String(length=80), nullable=True),
        sa.Column("state", sa.String(length=2), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("postal_code", sa.String(length=12), nullable=True),
        sa.Column("relation", sa.String(length=12), nullable=True),
        sa.Column("affiliation", sa.String(length=160), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("mailbox", sa.LargeBinary(length=32), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("show_name", sa.Boolean(), nullable=False),
        sa.Column("updates", sa.Boolean(), nullable=False),
        sa.Column("withhold", sa.Boolean(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("method", sa.String(length=12), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'verified', 'held', 'withdrawn', 'invalidated', 'expired')",
            name=op.f("ck_signature_status"),
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["revision.id"], name=op.f("fk_signature_notice_id_revision")),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name=op.f("fk_signature_revision_id_revision")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_signature_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(
            "ix_signature_leaving",
            ["withdrawn_at"],
            unique=False,
            sqlite_where=sa.text("status = 'withdrawn' AND erased_at IS NULL"),
            postgresql_where=sa.text("status = 'withdrawn' AND erased_at IS NULL"),
        )
        batch_op.create_index("ix_signature_mailbox", ["mailbox"], unique=False)
        batch_op.create_index("ix_signature_roster", ["statement_id", "state", "number"], unique=False)
        batch_op.create_index(
            "ix_signature_shown",
            ["statement_id", "number"],
            unique=False,
            sqlite_where=sa.text("status = 'verified' AND show_name"),
            postgresql_where=sa.text("status = 'verified' AND show_name"),
        )
        batch_op.create_index(
            "ix_signature_waiting",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index(
            "uq_signature_signed",
            ["statement_id", "mailbox", "slot"],
            unique=True,
            sqlite_where=sa.text("status IN ('verified', 'held', 'invalidated')"),
            postgresql_where=sa.text("status IN ('verified', 'held', 'invalidated')"),
        )

    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('verified', 'withdrawn', 'invalidated', 'restored')", name=op.f("ck_change_kind")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_change_signature_id_signature")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_change_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_signature_id"), ["signature_id"], unique=False)
        batch_op.create_index(
            "ix_change_unnumbered",
            ["id"],
            unique=False,
            sqlite_where=sa.text("seq IS NULL"),
            postgresql_where=sa.text("seq IS NULL"),
        )
        batch_op.create_index("uq_change_seq", ["statement_id", "seq"], unique=True)

    op.create_table(
        "link",
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mailbox", sa.LargeBinary(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_link_signature_id_signature"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_link")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_signature_id"), ["signature_id"], unique=False)

    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name=op.f("fk_entry_change_id_change")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_entry_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("change_id", name=op.f("uq_entry_change_id")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("uq_entry_seq", ["statement_id", "seq"], unique=True)

    op.create_table(
        "opening",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("field", sa.String(length=10), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_opening_entry_id_entry")),
        sa.PrimaryKeyConstraint("entry_id", "field", name=op.f("pk_opening")),
    )


def downgrade() -> None:
    op.drop_table("opening")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("uq_entry_seq")

    op.drop_table("entry")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_signature_id"))

    op.drop_table("link")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index("uq_change_seq")
        batch_op.drop_index(
            "ix_change_unnumbered", sqlite_where=sa.text("seq IS NULL"), postgresql_where=sa.text("seq IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_change_signature_id"))

    op.drop_table("change")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signature_signed",
            sqlite_where=sa.text("status IN ('verified', 'held', 'invalidated')"),
            postgresql_where=sa.text("status IN ('verified', 'held', 'invalidated')"),
        )
        batch_op.drop_index(
            "ix_signature_waiting",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.drop_index(
            "ix_signature_shown",
            sqlite_where=sa.text("status = 'verified' AND show_name"),
            postgresql_where=sa.text("status = 'verified' AND show_name"),
        )
        batch_op.drop_index("ix_signature_roster")
        batch_op.drop_index("ix_signature_mailbox")
        batch_op.drop_index(
            "ix_signature_leaving",
            sqlite_where=sa.text("status = 'withdrawn' AND erased_at IS NULL"),
            postgresql_where=sa.text("status = 'withdrawn' AND erased_at IS NULL"),
        )

    op.drop_table("signature")
    op.drop_table("packet")
    op.drop_table("tally")
    op.drop_table("revision")
    op.drop_table("ledger_head")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_campaign_id"))

    op.drop_table("statement")
    with op.batch_alter_table("lending_term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lending_term_publisher_id"))

    op.drop_table("lending_term")
    op.drop_table("campaign_target")
    op.drop_table("wrong_codes")
    op.drop_table("site")
    op.drop_table("publisher")
    op.drop_table("mailbox")
    with op.batch_alter_table("email", schema=None) as batch_op:
        batch_op.drop_index("ix_email_mailbox")
        batch_op.drop_index("ix_email_ended")
        batch_op.drop_index(
            "ix_email_due", sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'")
        )

    op.drop_table("email")
    op.drop_table("campaign")
