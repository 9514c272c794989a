"""What every part of the service works with: settings, database, keys, blobs, calendar, clock, the server's key."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.service.blobs import Blobs, FolderBlobs, PassingFiles, Store
from pipeline.service.database import Database, database_url
from pipeline.service.sealing import KeyFileError, Keyring
from pipeline.service.sealing.opening import open_keyring, register
from pipeline.service.workdays import Calendar
from pipeline.settings import Settings

__all__ = ["LOCAL", "Office", "OfficeError", "open_office", "open_store", "passing_files"]

LOCAL = ZoneInfo("Asia/Shanghai")
"""Application dates, due dates and everything that people read are in this zone."""
_KEY_BYTES = 32


class OfficeError(Exception):
    """The service cannot start; the message (Chinese) says what to do."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    settings: Settings
    database: Database
    keyring: Keyring
    blobs: Blobs
    calendar: Calendar
    key: bytes
    """The server's secret: signs query codes and throttle keys. The same on all machines."""
    now: Callable[[], dt.datetime] = _now

    def today(self) -> dt.date:
        """Return the date in China."""
        return self.now().astimezone(LOCAL).date()

    def close(self) -> None:
        self.database.close()


def open_office(
    settings: Settings, *, upgrade: bool = True, told: Callable[[str], None] = lambda place: None
) -> Office:
    """Open database, keys, blobs and the server's key; make what is missing.

    Args:
        told: called with the place of the bureau's key file where one was made.

    Raises:
        OfficeError: the data folder cannot be used, or a key is missing, malformed or another one.
    """
    service = settings.service
    try:
        service.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = _key(service.data_dir)
        store = open_store(settings)
    except OSError as error:
        raise OfficeError(f"数据目录 {service.data_dir} 不能使用：{error.strerror}") from error
    database = Database(database_url(service))
    try:
        keyring = open_keyring(database, service, told)
        blobs = Blobs(store, keyring, passing_files(settings))
        if upgrade:
            database.upgrade(blobs)
            register(database, keyring)
    except KeyFileError as error:
        database.close()
        raise OfficeError(str(error)) from error
    return Office(
        settings=settings,
        database=database,
        keyring=keyring,
        blobs=blobs,
        calendar=Calendar(holidays=service.holidays, workdays=service.workdays),
        key=key,
    )


def passing_files(settings: Settings) -> PassingFiles:
    """Return where files lie in the clear for a moment."""
    return PassingFiles(settings.service.data_dir / "scratch")


def open_store(settings: Settings) -> Store:
    """Open the store of sealed files that ``settings`` name."""
    service = settings.service
    if not service.blob_url:
        return FolderBlobs(service.data_dir / "blobs")
    if not service.blob_url.startswith("s3://"):
        raise OfficeError(f"blob_url 应以 s3:// 开头：{service.blob_url}")
    from pipeline.service.blobs.s3 import S3Blobs

    return S3Blobs(service.blob_url, endpoint=service.s3_endpoint, cache=service.data_dir / "blob-cache")


def _key(data_dir: Path) -> bytes:
    """The key from ``YUSHEN_KEY`` (hex), else from the data folder, where it is made once."""
    told = os.environ.get("YUSHEN_KEY", "")
    path = data_dir / "server.key"
    if not told:
        if not path.exists():
            made = path.with_suffix(f".{os.getpid()}")
            made.touch(mode=0o600)
            made.write_text(secrets.token_hex(_KEY_BYTES) + "\n", encoding="ascii")
            try:
                os.link(made, path)  # fails where another process was first: then its key counts
            except FileExistsError:
                pass
            finally:
                made.unlink()
        told = path.read_text(encoding="ascii").strip()
    try:
        key = bytes.fromhex(told)
    except ValueError:
        key = b""
    if len(key) < _KEY_BYTES:
        raise OfficeError(f"密钥应为至少 {_KEY_BYTES} 字节的十六进制数（YUSHEN_KEY 或 {path}）")
    return key
