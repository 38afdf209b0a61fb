"""Alembic's entry: runs steps on the connection it is handed, inside its transaction."""

from alembic import context

from consultation.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can, once we say BEGIN ourselves
)
context.run_migrations()
