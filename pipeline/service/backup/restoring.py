"""``yushen restore``."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from sqlalchemy import delete

from pipeline.service import trail
from pipeline.service.backup import databases
from pipeline.service.backup.manifest import BLOBS, DATABASE, KEY, SERVER_KEY, BackupError, Manifest, read_manifest
from pipeline.service.backup.saving import PLACE, blobs_named
from pipeline.service.blobs import Store
from pipeline.service.database import database_url
from pipeline.service.office import Office, open_office, open_store
from pipeline.service.sealing import DamagedError, KeyFileError
from pipeline.service.sealing.envelope import unseal
from pipeline.service.sealing.masters import key_file, load_masters
from pipeline.service.tables import Session, TrailRow, WorkerRow
from pipeline.settings import Settings

__all__ = ["restore"]

_CHUNK = 1024 * 1024


def restore(settings: Settings, folder: Path) -> tuple[Manifest, Office]:
    """Bring the backup in ``folder`` to where ``settings`` point, and read it back. The caller closes the office.

    Raises:
        BackupError: the backup is not whole, is of another kind of database, or something is there already.
        OfficeError: the target cannot be used.
    """
    manifest = read_manifest(folder)
    url = database_url(settings.service)
    if manifest.database != databases.kind_of(url):
        raise BackupError(f"备份来自 {manifest.database}，设置里是 {databases.kind_of(url)}；请先改设置")
    data_dir, key = settings.service.data_dir, _server_key(settings, folder, manifest)
    told = os.environ.get("YUSHEN_KEY", "")
    if told and told.lower() != key.lower():
        raise BackupError("环境变量 YUSHEN_KEY 与备份里的密钥不同：查询码会全部失效；请改用备份里的密钥")
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = open_store(settings)
        if not databases.is_empty(url) or (data_dir / SERVER_KEY).exists() or next(store.digests(), None) is not None:
            raise BackupError("目标里已有数据，没有恢复；请换一个空的数据目录（和空的数据库、空的材料存储）")
        for name in manifest.files:
            if name.startswith(f"{BLOBS}/"):
                _bring(store, folder / name)
        databases.load(folder / DATABASE[manifest.database], url)
        if not told:
            (data_dir / SERVER_KEY).touch(mode=0o600)
            (data_dir / SERVER_KEY).write_text(key + "\n", encoding="ascii")
    except OSError as error:
        raise BackupError(f"恢复中断：{error.strerror or type(error).__name__}；请清空目标后重做") from error
    office = open_office(settings)
    try:
        _read_back(office, manifest)
    except BaseException:
        office.close()
        raise
    return manifest, office


def _server_key(settings: Settings, folder: Path, manifest: Manifest) -> str:
    """Return the server's key, which shows that the bureau's key at hand is the backup's."""
    try:
        masters = load_masters(settings.service)
    except KeyFileError as error:
        raise BackupError(str(error)) from error
    if masters is None or manifest.master not in masters.keys:
        raise BackupError(
            f"备份是加密的，要用当时的主密钥 {manifest.master} 才能恢复："
            f"请先把密钥文件放到 {key_file(settings.service)}"
        )
    try:
        return unseal(masters.wrapping(manifest.master), PLACE, (folder / KEY).read_bytes()).hex()
    except (DamagedError, OSError):
        raise BackupError(f"主密钥 {manifest.master} 与备份时的不是同一把，不能恢复") from None


def _bring(store: Store, path: Path) -> None:
    with path.open("rb") as source:
        store.put(iter(partial(source.read, _CHUNK), b""), lambda: path.name)


def _read_back(office: Office, manifest: Manifest) -> None:
    with office.database.write() as session:
        # Of processes and browsers of another time.
        session.execute(delete(WorkerRow))
        session.execute(delete(Session))
    with office.database.snapshot() as session:
        rows, _, broken = trail.verify(session)
        known = session.get(TrailRow, manifest.trail_rows)
        head = known.hash if known is not None else trail.GENESIS
        broken_at = broken.seq if broken else None
        if broken_at != manifest.trail_broken_at or rows < manifest.trail_rows or head != manifest.trail_head:
            raise BackupError("恢复后的留痕与备份清单不符，请不要使用这份数据")
        missing = [digest for digest in sorted(blobs_named(session)) if not office.blobs.has(digest)]
    if missing:
        raise BackupError(f"恢复后有 {len(missing)} 份材料找不到，请不要使用这份数据")
