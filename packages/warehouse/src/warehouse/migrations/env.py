"""Alembic's entry: runs inside the connection and transaction that `warehouse.migrate` hands over."""

from alembic import context
from sqlalchemy import text

from warehouse.tables import metadata

connection = context.config.attributes["connection"]
# A migration that waits for a lock makes everybody behind it wait too: better to fail and try again.
connection.execute(text("SET LOCAL lock_timeout = '5s'"))
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table_schema="etl",
    include_schemas=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
