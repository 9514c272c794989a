"""The database: one engine a process, read and write transactions, the schema brought up to date.

On SQLite a write transaction takes the lock when it begins (``BEGIN IMMEDIATE``): one that first reads and then writes
would otherwise fail at once when another writer was faster, instead of waiting for it.

On PostgreSQL every step is a trip to another process. A reading session therefore opens no transaction there (each
statement sees what is committed, as it would inside one), and a connection used a moment ago is not asked whether it
still lives.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.settings import ServiceSettings

if TYPE_CHECKING:
    from pipeline.service.blobs import Blobs
    from pipeline.service.sealing import Keyring

__all__ = ["MIGRATIONS", "Database", "database_url"]

_BUSY_MS = 15_000
_RESTED_SECONDS = 2.0
"""A connection that lay in the pool for longer is asked whether it still lives before it is used."""
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
        sqlite = self.engine.dialect.name == "sqlite"
        self._reading = self.engine if sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; it refuses to write. What is changed in its rows is not kept."""
        with _reading(self._reading, self._info()) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that reads everything as of one moment, however long it takes."""
        with _reading(self.engine, self._info()) as session:
            if session.get_bind().dialect.name == "postgresql":  # SQLite does so anyhow
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: kept when the block ends, undone when it raises."""
        with Session(self._writing, expire_on_commit=False, info=self._info()) as session, session.begin():
            yield session

    def _info(self) -> dict[Any, Any]:
        return {"keyring": self.keyring} if self.keyring is not None else {}

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


@contextmanager
def _reading(engine: Engine, info: dict[Any, Any]) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False, autoflush=False, info=info) as session:
        event.listen(session, "before_flush", _refuse)
        yield session  # closed without a commit; a rollback would also empty the rows that the caller keeps


def _refuse(session: Session, *_: object) -> None:
    raise RuntimeError("a reading session writes nothing")


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=10, max_overflow=20, hide_parameters=True)
        event.listen(engine, "checkin", _rest)
        event.listen(engine, "checkout", _wake)
        return engine
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


def _rest(connection: Any, record: ConnectionPoolEntry) -> None:
    del connection
    record.info["rested"] = time.monotonic()


def _wake(connection: Any, record: ConnectionPoolEntry, proxy: Any) -> None:
    """Have the pool open its connections anew where one that rested turns out to be dead."""
    since = record.info.get("rested")
    if since is None or time.monotonic() - since < _RESTED_SECONDS:
        return
    del proxy
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise InvalidatePoolError from error
