"""Ids that join and tell nothing: HMAC under a key that stays with whoever exports.

A plain hash would not do: serial numbers are short, and anyone could hash them all.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

__all__ = ["KeyFileError", "age_years", "keyed", "load_key"]

OLDEST = 90
"""Ages from here on are told as this one: there are few such people, and everybody knows them."""
_BYTES = 32


class KeyFileError(Exception):
    """The key file cannot be used; the message is Chinese."""


def keyed(key: bytes, kind: str, value: str) -> str:
    """Return the id that stands for ``value`` (an application, a reviewer ...) in an export: 20 hexadecimal digits.

    ``kind`` keeps equal values of different kinds apart.
    """
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:20]


def age_years(age: float | None) -> int | None:
    """Return whole years as the export tells them."""
    return None if age is None else min(int(age), OLDEST)


def load_key(path: Path) -> bytes:
    """Read the key of earlier exports, or make one that only its owner can read.

    Raises:
        KeyFileError: the file holds no key, or cannot be written.
    """
    try:
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        return _new_key(path)
    except (OSError, UnicodeDecodeError):
        raise KeyFileError(f"读不了密钥文件：{path}") from None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise KeyFileError(f"这个文件里没有密钥：{path}")
    return key


def _new_key(path: Path) -> bytes:
    key = secrets.token_bytes(_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key.hex() + "\n")
    except OSError:
        raise KeyFileError(f"写不了密钥文件：{path}") from None
    return key
