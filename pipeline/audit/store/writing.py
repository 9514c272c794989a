"""Writes a store: batches of rows into Parquet, then the manifest, then the folder under its name.

Files grow beside the folder and are moved only when all is well: who opens a store never sees half of one.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pipeline.audit.schema import TABLES, table
from pipeline.audit.schema.arrow import Row, arrow_schema, arrow_table
from pipeline.audit.store.manifest import MANIFEST, FileEntry, Manifest, StoreError, place
from pipeline.digests import sha256_of

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["Writer", "write"]

_BATCH = 20_000
"""Rows gathered before they become a row group."""
_FACTS_BATCH = 2_000
"""Facts are long; small groups let several processes read them side by side."""


class Writer:
    """Takes rows table by table, in any order and in parts; :meth:`finish` puts the store in its place.

    Use it as a context manager: left without :meth:`finish`, nothing stays.
    """

    def __init__(self, folder: Path, *, replace: bool = False) -> None:
        """Begin a store that will stand at ``folder``.

        Raises:
            StoreError: ``folder`` holds something already and is not to be replaced, or is no store.
        """
        import pyarrow.parquet as pq  # large: the service's pages import this module and never write

        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            if not replace:
                raise StoreError(f"文件夹里已有内容：{folder}")
            if not (folder / MANIFEST).is_file():
                raise StoreError(f"只覆盖审计数据，这个文件夹里是别的内容：{folder}")
        folder.parent.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._growing = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        self._files: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, list[Row]] = {t.name: [] for t in TABLES}
        self._rows = dict.fromkeys(self._waiting, 0)
        for t in TABLES:
            path = self._growing / place(t)
            path.parent.mkdir(exist_ok=True)
            self._files[t.name] = pq.ParquetWriter(path, arrow_schema(t), compression="zstd")

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file in self._files.values():
            file.close()
        if self._growing.exists():
            shutil.rmtree(self._growing)

    def add(self, name: str, rows: Iterable[Row]) -> None:
        """Add rows to a table.

        Raises:
            KeyError: there is no such table.
            SchemaError: a row is not of the table; told with the batch that it falls into.
        """
        waiting = self._waiting[name]
        waiting.extend(rows)
        if len(waiting) >= (_FACTS_BATCH if table(name).sensitive else _BATCH):
            self._flush(name)

    def add_all(self, rows: Mapping[str, Iterable[Row]]) -> None:
        """Add rows to several tables."""
        for name, some in rows.items():
            self.add(name, some)

    def _flush(self, name: str) -> None:
        rows = self._waiting[name]
        if rows:
            self._files[name].write_table(arrow_table(table(name), rows))
            self._rows[name] += len(rows)
            self._waiting[name] = []

    def finish(
        self,
        *,
        source: str,
        rules_versions: Sequence[str],
        created: dt.datetime | None = None,
        suppressed_below: int = 0,
        notes: Sequence[str] = (),
    ) -> Manifest:
        """Close the files, write the manifest and put the folder in its place.

        Raises:
            SchemaError: as for :meth:`add`.
        """
        for t in TABLES:
            self._flush(t.name)
            self._files.pop(t.name).close()
        manifest = Manifest(
            created=(created or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).isoformat(timespec="seconds"),
            source=source,
            rules_versions=tuple(sorted(set(rules_versions))),
            tables={
                t.name: FileEntry(path=place(t), rows=self._rows[t.name], sha256=sha256_of(self._growing / place(t)))
                for t in TABLES
            },
            suppressed_below=suppressed_below,
            notes=tuple(notes),
        )
        (self._growing / MANIFEST).write_text(manifest.as_json(), "utf-8")
        self._growing.chmod(0o750)
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self._growing.rename(self.folder)
        return manifest


def write(
    rows: Mapping[str, Iterable[Row] | pa.Table],
    folder: Path,
    *,
    source: str,
    rules_versions: Sequence[str],
    created: dt.datetime | None = None,
    replace: bool = False,
    notes: Sequence[str] = (),
) -> Manifest:
    """Write a whole store at once; a table that is left out is empty.

    Raises:
        KeyError, SchemaError, StoreError: see :class:`Writer`.
    """
    import pyarrow as pa

    with Writer(folder, replace=replace) as writer:
        for name, some in rows.items():
            writer.add(name, some.to_pylist() if isinstance(some, pa.Table) else some)
        return writer.finish(source=source, rules_versions=rules_versions, created=created, notes=notes)
