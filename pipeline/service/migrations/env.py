"""Alembic's environment: :meth:`pipeline.service.database.Database.upgrade` hands in the connection."""

from __future__ import annotations

from alembic import context

from pipeline.service.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
