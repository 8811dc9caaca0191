"""What people had put into columns of their own in a row that a pass deletes is kept."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """From the format before."""
    op.create_table(
        "own_cells",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workbook", sa.String, nullable=False),
        sa.Column("tab", sa.String, nullable=False),
        sa.Column("row_id", sa.String, nullable=False),
        sa.Column("replica", sa.String, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("contents", sa.JSON, nullable=False),
    )
    op.create_index("own_cells_of", "own_cells", ["workbook", "tab", "row_id"])
