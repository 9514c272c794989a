"""What a backup holds: its manifest and the check against it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.digests import sha256_of

__all__ = [
    "BLOBS",
    "DATABASE",
    "KEY",
    "BackupError",
    "FileEntry",
    "Manifest",
    "check_files",
    "read_manifest",
    "sync",
]

NAME = "manifest.json"
FORMAT = "yushen.backup.v2"
DATABASE = {"sqlite": "database/yushen.db", "postgresql": "database/yushen.dump"}
SERVER_KEY = "server.key"
"""In the data folder."""
KEY = "server.key.sealed"
"""... and in a backup: the backup holds no key that opens anything of it."""
BLOBS = "blobs"
_CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup or restore cannot be done or is not whole; the message (Chinese) says what to do."""


class FileEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    sha256: str
    size: int


class Manifest(BaseModel):
    """``manifest.json``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: str = FORMAT
    made_at: str
    version: str
    """Of the program."""
    database: str
    """``sqlite`` or ``postgresql``."""
    schema_revision: str
    master: str
    """Id of the bureau's key that the server's key is sealed with here; the data keys may need others besides."""
    trail_rows: int
    """Rows of the trail that hold; with PostgreSQL at least so many are in the dump."""
    trail_head: str
    """Hash of the last of them."""
    trail_broken_at: int | None = None
    """Where the trail broke already when it was saved."""
    files: dict[str, FileEntry]
    """Path in the backup to digest and size: everything besides the manifest."""

    def write(self, folder: Path) -> None:
        """Write the manifest; it comes last, so a backup without one is not whole."""
        part = folder / f"{NAME}.part"
        part.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        part.replace(folder / NAME)
        sync(folder / NAME)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup after comparing every file with it.

    Raises:
        BackupError: there is none, it is of another kind, or a file is missing or changed.
    """
    try:
        data = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except OSError as error:
        raise BackupError(f"{folder} 里没有可读的 {NAME}，不是完整的备份") from error
    except ValueError as error:
        raise BackupError(f"{folder / NAME} 已损坏") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BackupError(f"{folder / NAME} 不是本程序能用的备份格式（应为 {FORMAT}）")
    try:
        manifest = Manifest.model_validate(data)
    except ValidationError as error:
        raise BackupError(f"{folder / NAME} 已损坏") from error
    check_files(folder, manifest)
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file of a backup with its manifest.

    Raises:
        BackupError: one is missing or changed.
    """
    wrong = []
    for name, entry in manifest.files.items():
        path = folder / name
        inside = path.resolve().is_relative_to(folder.resolve())
        if not inside or not path.is_file() or path.stat().st_size != entry.size or sha256_of(path) != entry.sha256:
            wrong.append(name)
    if wrong:
        more = f"等 {len(wrong)} 个文件" if len(wrong) > 1 else ""
        raise BackupError(f"备份不完整或已损坏：{wrong[0]}{more}")


def sync(path: Path) -> None:
    """Make a file durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
