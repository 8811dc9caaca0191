"""Brings an older ledger to today's format, by Alembic; a new ledger is made in today's format at once."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def migrations() -> ScriptDirectory:
    """Every format there ever was, each a file in `versions`."""
    return ScriptDirectory.from_config(_config())


def knows(number: str) -> bool:
    """Whether this is a format that this sheetsync or an older one made."""
    return number in {script.revision for script in migrations().walk_revisions()}


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest format, in the transaction that is open."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "sheetsync.ledger:migrations")
    config.set_main_option("path_separator", "os")
    return config
