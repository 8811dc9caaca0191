"""The first format: where every ledger that is migrated comes from. A new one is made in today's at once."""

revision = "1"
down_revision = None


def upgrade() -> None:
    """Nothing came before it."""
