"""Backup of a whole office into a folder, and back: database, uploads, the server's key, a manifest of them all.

The database is copied first, in one moment; then the uploads. An upload is kept before any row names it and never
changes, so what the copied rows name is there. The durable queue's own records are not copied: what waited is asked for
again from the rows.
"""

from __future__ import annotations

from pipeline.service.backup.manifest import BackupError, Manifest
from pipeline.service.backup.restoring import restore
from pipeline.service.backup.saving import save

__all__ = ["BackupError", "Manifest", "restore", "save"]
