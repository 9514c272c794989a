"""``yushen backup``."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.digests import sha256_of
from pipeline.service import trail
from pipeline.service.backup import databases
from pipeline.service.backup.manifest import (
    BLOBS,
    DATABASE,
    KEY,
    BackupError,
    FileEntry,
    Manifest,
    check_files,
    sync,
)
from pipeline.service.blobs import BlobMissingError
from pipeline.service.database import Database
from pipeline.service.health import schema_of
from pipeline.service.office import Office
from pipeline.service.sealing import SERVICE
from pipeline.service.sealing.envelope import place, seal
from pipeline.service.tables import PageRow, Upload

__all__ = ["PLACE", "blobs_named", "save"]

PLACE = place("server-key")
"""What the server's key is bound to where it is sealed."""
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Seen:
    rows: int
    head: str
    broken_at: int | None
    blobs: set[str]


def save(office: Office, folder: Path) -> Manifest:
    """Write a backup of ``office`` into ``folder``, read it back and return its manifest. The service may go on.

    Raises:
        BackupError: the folder is not empty, an upload is missing, or a program fails.
        BlobMissingError: an upload is damaged.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise BackupError(f"{folder} 不是空目录；每次备份请用新的目录")
        folder.chmod(0o700)
        return _save(office, folder)
    except OSError as error:
        raise BackupError(f"{folder} 不能写入：{error.strerror or type(error).__name__}") from error


def _save(office: Office, folder: Path) -> Manifest:
    kind = databases.kind_of(office.database.url)
    made_at, schema = office.now(), schema_of(office)
    copy = folder / DATABASE[kind]
    copy.parent.mkdir(mode=0o700)
    if kind == "postgresql":
        # Before the dump: what holds and is named now is in it, whatever comes meanwhile.
        seen = _look(office.database)
        databases.dump(office.database.url, copy)
    else:
        databases.dump(office.database.url, copy)
        with databases.opened_copy(copy) as copied:
            seen = _look(copied)
    copy.chmod(0o600)
    sync(copy)
    names = [DATABASE[kind], _write_key(office, folder), *_copy_blobs(office, folder, seen.blobs)]
    files = {name: FileEntry(sha256=sha256_of(folder / name), size=(folder / name).stat().st_size) for name in names}
    missing = seen.blobs - {name.rsplit("/", 1)[-1] for name in names}
    if missing:
        raise BackupError(f"有 {len(missing)} 份材料在存储里找不到，备份不完整；请先检查材料存储")
    manifest = Manifest(
        made_at=made_at.isoformat(),
        version=version("yushen"),
        database=kind,
        schema_revision=schema or "",
        master=office.keyring.masters.current,
        trail_rows=seen.rows,
        trail_head=seen.head,
        trail_broken_at=seen.broken_at,
        files=files,
    )
    check_files(folder, manifest)
    manifest.write(folder)
    return manifest


def _look(database: Database) -> _Seen:
    """A broken trail is no reason not to save what there is, but it is told."""
    with database.snapshot() as session:
        rows, head, broken = trail.verify(session)
        return _Seen(rows, head, broken.seq if broken else None, blobs_named(session))


def blobs_named(session: Session) -> set[str]:
    """Return the digests of all uploads and page images that rows name."""
    return set(session.scalars(select(Upload.blob))) | set(session.scalars(select(PageRow.image)))


def _write_key(office: Office, folder: Path) -> str:
    path = folder / KEY
    path.touch(mode=0o600)
    masters = office.keyring.masters
    path.write_bytes(seal(masters.wrapping(masters.current), SERVICE, PLACE, office.key))
    sync(path)
    return KEY


def _copy_blobs(office: Office, folder: Path, named: set[str]) -> list[str]:
    """Copy every blob as it is kept, sealed; each is opened once to see that it can be.

    One that no row names may vanish meanwhile, or be of a case whose key is deleted.
    """
    names = []
    (folder / BLOBS).mkdir(mode=0o700)
    for digest in office.blobs.digests():
        if not office.blobs.check(digest):
            if digest in named:
                raise BlobMissingError(digest)
            continue
        name = f"{BLOBS}/{digest[:2]}/{digest}"
        target = folder / name
        target.parent.mkdir(exist_ok=True, mode=0o700)
        with office.blobs.store.open(digest) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, _CHUNK)
        target.chmod(0o600)
        sync(target)
        names.append(name)
    return names
