"""What Alembic runs: the migrations, over the connection that opens the ledger."""

from alembic import context

from sheetsync.ledger.schema import format_of

context.configure(
    connection=context.config.attributes["connection"],
    version_table=format_of.name,
    render_as_batch=True,  # SQLite changes a table by making it anew
)
context.run_migrations()
