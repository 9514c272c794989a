"""The database: one engine a process, read and write transactions, the schema brought up to date.

On SQLite a write transaction takes the lock when it begins (``BEGIN IMMEDIATE``): one that first reads and then writes
would otherwise fail at once when another writer was faster, instead of waiting for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session

from pipeline.settings import ServiceSettings

__all__ = ["MIGRATIONS", "Database", "database_url"]

_BUSY_MS = 15_000
MIGRATIONS = Path(__file__).parent / "migrations"


def database_url(settings: ServiceSettings) -> str:
    """Return the URL of the database that ``settings`` name."""
    return settings.database_url or f"sqlite:///{(settings.data_dir / 'yushen.db').resolve()}"


class Database:
    """Sessions on the service's tables."""

    def __init__(self, url: str) -> None:
        self.url = url
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(yushen_write=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; nothing it does is kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session  # closed without a commit; a rollback would also empty the rows that the caller keeps

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that reads everything as of one moment, however long it takes."""
        with self.read() as session:
            if session.get_bind().dialect.name == "postgresql":  # SQLite does so anyhow
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: kept when the block ends, undone when it raises."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def upgrade(self) -> None:
        """Bring the schema up to date; processes that start together wait for one another."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(8420)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True)
    connecting = {"timeout": _BUSY_MS / 1000, "check_same_thread": False}
    engine = create_engine(url, connect_args=connecting, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, record: Any) -> None:
        del record
        # The driver's own idea of when a transaction begins would undo BEGIN IMMEDIATE.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("yushen_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
