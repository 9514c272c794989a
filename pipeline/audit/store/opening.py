"""Opens a store for questions: a DuckDB connection with one view a table, that can read and do nothing else.

DuckDB is imported where a store is opened: the service begins without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pipeline.audit.schema import TABLES, table
from pipeline.audit.schema.arrow import Row, arrow_schema, arrow_table
from pipeline.audit.store.manifest import Manifest, StoreError, place, read_manifest
from pipeline.digests import sha256_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["Store", "memory_store", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. Every query has a cursor of its own, so threads may share it."""

    connection: duckdb.DuckDBPyConnection
    manifest: Manifest | None = None
    folder: Path | None = None

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of ``sql``; parameters are written ``$name``. Only those that ``sql`` names are bound.

        Raises:
            StoreError: it is not one ``SELECT``.
            duckdb.Error: it is no SQL, or names what the store does not hold.
        """
        named = _named(sql, params or {})
        with self.connection.cursor() as cursor:
            cursor.execute(sql, named)
            names = [part[0] for part in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def value(self, sql: str, params: Mapping[str, Any] | None = None) -> Any:
        """Return the first value of the first row, None where there is none."""
        rows = self.query(sql, params)
        return next(iter(rows[0].values()), None) if rows else None

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_store(folder: Path, *, check: bool = False, regions: Collection[str] | None = None) -> Store:
    """Open the store in ``folder``. A table whose file was left out of the copy (the sensitive facts) is empty.

    Args:
        check: compare every file's digest with the manifest.
        regions: rows of applications of these regions alone; None: of all.

    Raises:
        StoreError: no store, a file is gone or, with ``check``, was changed.
    """
    import duckdb

    folder = folder.resolve()
    manifest = read_manifest(folder)
    connection = duckdb.connect(":memory:")
    for t in TABLES:
        entry = manifest.tables.get(t.name)
        path = folder / (entry.path if entry else place(t))
        if entry is None or (t.sensitive and not path.exists()):
            _empty(connection, t.name)
            continue
        if path.resolve().parent not in (folder, folder / "facts") or not path.is_file():
            connection.close()
            raise StoreError(f"审计数据缺少文件：{path.name}")
        if check and sha256_of(path) != entry.sha256:
            connection.close()
            raise StoreError(f"审计数据的文件与清单不符：{path.name}")
        rows = f"SELECT * FROM read_parquet({_quoted(str(path))})"  # noqa: S608 - quoted
        if regions is not None:
            own = ", ".join(map(_quoted, sorted(regions))) or "NULL"
            # The first table of the schema is that of applications.
            mine = f"SELECT application_id FROM {TABLES[0].name}"  # noqa: S608 - a name of the schema
            rows += f" WHERE region IN ({own})" if t is TABLES[0] else f" WHERE application_id IN ({mine})"
        connection.execute(f"CREATE VIEW {t.name} AS {rows}")
    _lock(connection, folder)
    return Store(connection, manifest, folder)


def memory_store(rows: Mapping[str, Iterable[Row]]) -> Store:
    """Open rows without writing them.

    Raises:
        KeyError, SchemaError: see :func:`pipeline.audit.schema.arrow.arrow_table`.
    """
    import duckdb

    for name in rows:
        table(name)
    connection = duckdb.connect(":memory:")
    for t in TABLES:
        given = arrow_table(t, rows.get(t.name, ()))
        connection.register("given", given)
        connection.execute(f"CREATE TABLE {t.name} AS SELECT * FROM given")  # noqa: S608 - a name of the schema
        connection.unregister("given")
    _lock(connection, None)
    return Store(connection)


def _empty(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.register("given", arrow_schema(table(name)).empty_table())
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608 - a name of the schema
    connection.unregister("given")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _lock(connection: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    """From here on queries reach no file but those of the store, load nothing, and cannot undo this."""
    if folder is not None:
        connection.execute(f"SET allowed_directories = [{_quoted(f'{folder}/')}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute("SET lock_configuration = true")


def _named(sql: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """DuckDB refuses a parameter that the statement does not name; questions share one set.

    ``COPY`` could still write beside the files that may be read: only a question passes.
    """
    import duckdb

    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type is not duckdb.StatementType.SELECT:
        raise StoreError("只能查询（一条 SELECT）")
    return {name: value for name, value in params.items() if name in statements[0].named_parameters}
