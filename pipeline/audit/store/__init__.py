"""The star schema on disk (Parquet, one file a table) and open for questions (DuckDB)."""

from __future__ import annotations

from pipeline.audit.store.manifest import Manifest, StoreError, read_manifest
from pipeline.audit.store.opening import Store, memory_store, open_store
from pipeline.audit.store.writing import Writer, write

__all__ = ["Manifest", "Store", "StoreError", "Writer", "memory_store", "open_store", "read_manifest", "write"]
