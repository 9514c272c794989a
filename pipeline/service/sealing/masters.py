"""The bureau's own keys. They wrap the data keys and are never in the data folder, in the database or in a backup.

A file of lines ``<id> <64 hexadecimal digits>``, the first the present one, readable by the service's user alone; or
the same words in ``YUSHEN_MASTER_KEYS``, separated by commas. With them everything can be read, without them nothing.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.service.sealing.envelope import KEY_BYTES, derived, keyed_digest
from pipeline.settings import ServiceSettings

__all__ = ["ENVIRONMENT", "KeyFileError", "Masters", "key_file", "load_masters", "new_master", "write_masters"]

ENVIRONMENT = "YUSHEN_MASTER_KEYS"
_LINE = re.compile(r"(?P<id>[0-9a-z]{4,16})[\s:]+(?P<key>[0-9a-fA-F]{64})")


class KeyFileError(Exception):
    """The keys cannot be used; the message (Chinese) says what to do and quotes none."""


@dataclass(frozen=True, slots=True)
class Masters:
    """Keys by id; the first wraps what is new."""

    keys: Mapping[str, bytes]

    @property
    def current(self) -> str:
        return next(iter(self.keys))

    def wrapping(self, id: str) -> bytes:
        """Return the key that wraps data keys."""
        return derived(self.keys[id], "wrap")

    def check(self, id: str) -> str:
        """Return what the database keeps to recognise this key; nothing can be opened with it."""
        return keyed_digest(derived(self.keys[id], "check"), id)


def key_file(service: ServiceSettings) -> Path:
    """Return where the keys lie: as set, else beside the data folder, which is copied without them."""
    if service.key_file is not None:
        return service.key_file
    data = service.data_dir.resolve()
    return data.with_name(f"{data.name}.keys")


def load_masters(service: ServiceSettings) -> Masters | None:
    """Return the keys from the environment, else from their file; None where there are none.

    Raises:
        KeyFileError: they are malformed, cannot be read, or others can read them.
    """
    told = os.environ.get(ENVIRONMENT, "")
    if told.strip():
        return _parsed(re.split(r"[,;\n]+", told), ENVIRONMENT)
    path = key_file(service)
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"密钥文件 {path} 其他人也能读取，请先执行 chmod 600 {path}")
        return _parsed(path.read_text(encoding="ascii").splitlines(), str(path))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"密钥文件 {path} 不能读取（{type(error).__name__}）") from None


def new_master() -> tuple[str, bytes]:
    """Return a new key and its id."""
    return secrets.token_hex(4), secrets.token_bytes(KEY_BYTES)


def write_masters(path: Path, masters: Masters, *, new: bool = False) -> bool:
    """Write the key file, whole or not at all; it is durable when this returns.

    Args:
        new: only where there is none yet.

    Returns:
        False where ``new`` and another process was first.

    Raises:
        KeyFileError: it cannot be written.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    text = "".join(f"{id} {key.hex()}\n" for id, key in masters.keys.items())
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            if new:
                try:
                    os.link(part, path)
                except FileExistsError:
                    return False
            else:
                part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise KeyFileError(f"密钥文件 {path} 不能写入（{reason}）；可在设置 service.key_file 里另指定位置") from None
    return True


def _parsed(lines: list[str], where: str) -> Masters:
    keys: dict[str, bytes] = {}
    for number, raw in enumerate(lines, start=1):
        line = raw.split("#")[0].strip()
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if match is None or match["id"] in keys:
            raise KeyFileError(f"{where} 第 {number} 行不是密钥（应为：编号 空格 64 位十六进制数，编号不重复）")
        keys[match["id"]] = bytes.fromhex(match["key"])
    if not keys:
        raise KeyFileError(f"{where} 里没有密钥")
    return Masters(keys)
