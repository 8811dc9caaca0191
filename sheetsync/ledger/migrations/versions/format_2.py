"""Conflicts remember what a person chose; the format stands where Alembic keeps it, and there alone."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """From the format before."""
    op.add_column("conflict", sa.Column("choice", sa.JSON))
    op.execute("DELETE FROM fact WHERE key = 'format'")
