"""Run by Alembic; the connection, inside its transaction, comes from ``bot.store.migrate``."""

from alembic import context

from bot.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
