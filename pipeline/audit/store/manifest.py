"""What a store says of itself: versions, counts, digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline.audit.schema import SCHEMA_VERSION, Table

__all__ = ["MANIFEST", "FileEntry", "Manifest", "StoreError", "place", "read_manifest"]

MANIFEST = "manifest.json"
_FORMAT = "yushen.audit"


class StoreError(Exception):
    """A folder is no store that can be read. ``str`` is Chinese, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One table's file."""

    path: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """manifest.json of a store."""

    created: str
    """ISO 8601, UTC."""
    source: str
    """``reports``, ``service`` or ``invented``."""
    rules_versions: tuple[str, ...]
    tables: Mapping[str, FileEntry]
    schema_version: int = SCHEMA_VERSION
    suppressed_below: int = 0
    """Smallest number of applications that a combination of traits may have; 0: nothing was suppressed."""
    notes: tuple[str, ...] = field(default=())
    """Chinese: what a reader has to know of where the rows come from."""

    def as_json(self) -> str:
        return json.dumps({"format": _FORMAT, **asdict(self)}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def place(table: Table) -> str:
    """Return where the table's file lies; what is sensitive has a folder of its own."""
    return f"facts/{table.name}.parquet" if table.sensitive else f"{table.name}.parquet"


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a store.

    Raises:
        StoreError: there is none, or it is of another format or version.
    """
    try:
        data = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        raise StoreError(f"这个文件夹里没有审计数据（缺 {MANIFEST}）：{folder}") from None
    except (OSError, ValueError):
        raise StoreError(f"读不了审计数据的清单：{folder / MANIFEST}") from None
    if not isinstance(data, dict) or data.pop("format", None) != _FORMAT:
        raise StoreError(f"这不是审计数据的清单：{folder / MANIFEST}")
    if data.get("schema_version") != SCHEMA_VERSION:
        raise StoreError(f"审计数据是第 {data.get('schema_version')} 版，本程序只认第 {SCHEMA_VERSION} 版：{folder}")
    try:
        tables = {name: FileEntry(**entry) for name, entry in data.pop("tables").items()}
        for name in ("rules_versions", "notes"):
            data[name] = tuple(data.get(name, ()))
        return Manifest(tables=tables, **data)
    except (TypeError, AttributeError, KeyError):
        raise StoreError(f"审计数据的清单不完整：{folder / MANIFEST}") from None
