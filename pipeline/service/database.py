"""The database: one engine a process, read and write transactions, the schema brought up to date.

On SQLite a write transaction takes the lock when it begins (``BEGIN IMMEDIATE``): one that first reads and then writes
would otherwise fail at once when another writer was faster, instead of waiting for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.orm import Session

from pipeline.settings import ServiceSettings

if TYPE_CHECKING:
    from pipeline.service.blobs import Blobs
    from pipeline.service.sealing import Keyring

__all__ = ["MIGRATIONS", "Database", "database_url"]

_BUSY_MS = 15_000
# What is deleted is overwritten: the page of a row that is gone would else lie in the file for years.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", f"busy_timeout={_BUSY_MS}")
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
        self.keyring: Keyring | None = None
        """Opens what is sealed; without it rows can be read, their sealed columns not."""
        self._writing = self.engine.execution_options(yushen_write=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; nothing it does is kept."""
        with self._session(self.engine) as session:
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
        with self._session(self._writing) as session, session.begin():
            yield session

    def _session(self, engine: Engine) -> Session:
        return Session(engine, expire_on_commit=False, info={"keyring": self.keyring} if self.keyring else {})

    def upgrade(self, blobs: Blobs | None = None) -> None:
        """Bring the schema up to date; processes that start together wait for one another.

        Args:
            blobs: the store of files, where there may be files of an earlier version.
        """
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        after: list[Callable[[], None]] = []
        config.attributes.update(database=self, blobs=blobs, after=after)
        with self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(8420)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        for each in after:
            each()
        if after:
            self.compact()

    def checkpoint(self) -> None:
        """Leave nothing in SQLite's write-ahead log of what was deleted."""
        if self.engine.dialect.name == "sqlite":
            self._plainly("PRAGMA wal_checkpoint(TRUNCATE)")

    def compact(self) -> None:
        """Write the database's files anew, so that nothing is left in them of what was deleted or sealed."""
        if self.engine.dialect.name == "postgresql":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for table in inspect(self.engine).get_table_names():
                    connection.exec_driver_sql(f'VACUUM (FULL) "{table}"')
            return
        self._plainly("VACUUM")
        self.checkpoint()

    def _plainly(self, statement: str) -> None:
        """Run a statement of SQLite that takes no transaction."""
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute(statement).fetchall()
        finally:
            raw.close()

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
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("yushen_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
