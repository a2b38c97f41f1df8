"""What a packet was asked for with: its volumes, its redaction, the copy that it adds to."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("packet_build", sa.Column("options", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("packet_build", "options")
