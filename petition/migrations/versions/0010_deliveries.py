"""Deliveries to publishers' contacts, their answers, and the news of both."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GIVEN = sa.text("failed_at IS NULL")
UNSPREAD = sa.text("spread_at IS NULL")


def upgrade() -> None:
    _contacts()
    _deliveries()
    _what_follows()
    _news()


def _contacts() -> None:
    op.create_table(
        "contact",
        sa.Column("id", KEY, nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("mailbox", sa.LargeBinary(length=32), nullable=True),
        sa.Column("address_lines", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["publisher_id"], ["publisher.id"], name=op.f("fk_contact_publisher_id_publisher")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_mailbox"), "contact", ["mailbox"], unique=False)
    op.create_index(op.f("ix_contact_publisher_id"), "contact", ["publisher_id"], unique=False)
    op.create_table(
        "response",
        sa.Column("id", KEY, nullable=False),
        sa.Column("publisher_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", KEY, nullable=True),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('memo', 'letter', 'meeting', 'reversal')", name=op.f("ck_response_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_response_account_id_account")),
        sa.ForeignKeyConstraint(["corrects_id"], ["response.id"], name=op.f("fk_response_corrects_id_response")),
        sa.ForeignKeyConstraint(["publisher_id"], ["publisher.id"], name=op.f("fk_response_publisher_id_publisher")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_response_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_response_corrects_id")),
    )
    op.create_index(op.f("ix_response_publisher_id"), "response", ["publisher_id"], unique=False)
    op.create_index(op.f("ix_response_statement_id"), "response", ["statement_id"], unique=False)


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("means", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("mailbox", sa.LargeBinary(length=32), nullable=True),
        sa.Column("ledger_size", sa.Integer(), nullable=False),
        sa.Column("ledger_root", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("again_because", sa.Text(), nullable=True),
        sa.Column("attached", sa.Boolean(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("handed_by", sa.String(length=200), nullable=True),
        sa.Column("handed_to", sa.String(length=200), nullable=True),
        sa.CheckConstraint("means IN ('email', 'link', 'post', 'person')", name=op.f("ck_delivery_means")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_delivery_account_id_account")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_delivery_contact_id_contact")),
        sa.ForeignKeyConstraint(["packet_id"], ["packet.id"], name=op.f("fk_delivery_packet_id_packet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_delivery_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_delivery_contact_id"), "delivery", ["contact_id"], unique=False)
    op.create_index(
        "uq_delivery_contact",
        "delivery",
        ["packet_id", "contact_id", "turn"],
        unique=True,
        sqlite_where=GIVEN,
        postgresql_where=GIVEN,
    )
    op.create_index(
        "uq_delivery_mailbox",
        "delivery",
        ["packet_id", "mailbox", "turn"],
        unique=True,
        sqlite_where=GIVEN,
        postgresql_where=GIVEN,
    )


def _what_follows() -> None:
    op.create_table(
        "proofread",
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_proofread_account_id_account")),
        sa.ForeignKeyConstraint(
            ["packet_id"], ["packet.id"], name=op.f("fk_proofread_packet_id_packet"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("packet_id", "account_id", name=op.f("pk_proofread")),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("delivery_id", KEY, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_acknowledgement_account_id_account")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_acknowledgement_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_acknowledgement")),
    )
    op.create_table(
        "delivery_fetch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_fetch_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["file_id"], ["packet_file.id"], name=op.f("fk_delivery_fetch_file_id_packet_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_fetch")),
    )
    op.create_index(op.f("ix_delivery_fetch_delivery_id"), "delivery_fetch", ["delivery_id"], unique=False)


def _news() -> None:
    op.create_table(
        "news",
        sa.Column("id", KEY, nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", KEY, nullable=True),
        sa.Column("response_id", KEY, nullable=True),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upto", KEY, nullable=False),
        sa.Column("reached", KEY, nullable=False),
        sa.Column("spread_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(delivery_id IS NULL) <> (response_id IS NULL)", name=op.f("ck_news_event")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_news_account_id_account")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_news_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_news_response_id_response")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_news_statement_id_statement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_news_delivery_id")),
        sa.UniqueConstraint("response_id", name=op.f("uq_news_response_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_news_waiting", "news", ["id"], unique=False, sqlite_where=UNSPREAD, postgresql_where=UNSPREAD)
    op.create_table(
        "news_letter",
        sa.Column("id", KEY, nullable=False),
        sa.Column("news_id", KEY, nullable=False),
        sa.Column("signature_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["news_id"], ["news.id"], name=op.f("fk_news_letter_news_id_news")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_news_letter_signature_id_signature"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_letter")),
        sa.UniqueConstraint("news_id", "signature_id", name=op.f("uq_news_letter_news_id_signature_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_news_letter_signature_id"), "news_letter", ["signature_id"], unique=False)


def downgrade() -> None:
    for table in ("news_letter", "news", "response", "acknowledgement", "delivery_fetch", "delivery", "proofread"):
        op.drop_table(table)
    op.drop_table("contact")
