"""Passes that found nothing to do are remembered, with what they reported."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """From the format before."""
    op.create_table(
        "quiet_pass",
        sa.Column("verb", sa.String, primary_key=True),
        sa.Column("depends_on", sa.String, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
    )
