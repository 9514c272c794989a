"""Where the durable queue keeps its records: a database of its own beside that of the service."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from pipeline.service.work.names import SCHEMA
from pipeline.settings import Settings

__all__ = ["prepare_system", "system_url"]


def system_url(settings: Settings) -> str:
    """Return the URL of the queue's records: the service's PostgreSQL database (schema ``work``), else ``work.db``."""
    service = settings.service
    return service.database_url or f"sqlite:///{(service.data_dir / 'work.db').resolve()}"


def prepare_system(settings: Settings) -> None:
    """Make the queue's tables or bring them up to date.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached.
    """
    from dbos import DBOS

    url = system_url(settings)
    if url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.connect() as connection:
            # Kept in the file: readers and the one writer do not wait for one another.
            connection.execute(text("PRAGMA journal_mode=WAL"))
        engine.dispose()
    DBOS.migrate(url, schema=SCHEMA)
