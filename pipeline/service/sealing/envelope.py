"""Sealed bytes: AES-256-GCM, bound to the place where they lie, so that moved or changed bytes do not open.

Short values are one message under a random nonce. Files are a stream of messages of one MiB each under a key of their
own (derived with a random salt), numbered, the last one marked: a file that is cut, reordered or put together from two
does not open. What is at fault is never told: damaged, moved and sealed with another key look the same.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = [
    "KEY_BYTES",
    "SCOPE_BYTES",
    "Addressing",
    "DamagedError",
    "derived",
    "keyed_digest",
    "open_stream",
    "place",
    "scope_of",
    "seal",
    "seal_stream",
    "unseal",
]

KEY_BYTES = 32
SCOPE_BYTES = 16
"""Of an application's id, and of :data:`~pipeline.service.sealing.SERVICE`."""
_NONCE, _TAG, _SALT = 12, 16, 16
_VALUE, _FILE = b"YV1", b"YF1"
_CHUNK = 1024 * 1024
_PAD = 32
"""Lengths of values are rounded up to this: the length of a name says something of the name."""


class DamagedError(ValueError):
    """The bytes do not open: changed, moved from another place, or sealed with another key. Quotes nothing of them."""

    def __init__(self) -> None:
        super().__init__("sealed bytes do not open")


def derived(key: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """Return the key for one purpose that ``key`` gives (HKDF-SHA256)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=f"yushen.{purpose}.v1".encode()).derive(key)


def keyed_digest(key: bytes, *parts: bytes | str) -> str:
    """Return an HMAC-SHA256 over ``parts``, each with its length before it, in hexadecimal."""
    return hmac.new(key, place(*parts), hashlib.sha256).hexdigest()


def place(*parts: bytes | str) -> bytes:
    """Return the parts as bytes that no other parts give: what a sealed value is bound to."""
    out = bytearray()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        out += len(data).to_bytes(4, "big") + data
    return bytes(out)


def seal(key: bytes, scope: str, where: bytes, plain: bytes) -> bytes:
    """Seal a short value.

    Args:
        key: of the scope, for this purpose.
        scope: hexadecimal id of whose key it is; readable in the result.
        where: see :func:`place`; the same when it is opened.
    """
    head = _VALUE + bytes.fromhex(scope)
    padded = len(plain).to_bytes(4, "big") + plain
    padded += bytes(-len(padded) % _PAD)
    nonce = os.urandom(_NONCE)
    return head + nonce + AESGCM(key).encrypt(nonce, padded, head + where)


def scope_of(sealed: bytes) -> str:
    """Return whose key ``sealed`` needs.

    Raises:
        DamagedError: it is no sealed value or file.
    """
    head = len(_VALUE)
    if sealed[:head] not in (_VALUE, _FILE) or len(sealed) < head + SCOPE_BYTES:
        raise DamagedError
    return sealed[head : head + SCOPE_BYTES].hex()


def unseal(key: bytes, where: bytes, sealed: bytes) -> bytes:
    """Open what :func:`seal` made.

    Raises:
        DamagedError: it does not open.
    """
    head = len(_VALUE) + SCOPE_BYTES
    if sealed[: len(_VALUE)] != _VALUE or len(sealed) < head + _NONCE + _TAG:
        raise DamagedError
    nonce, body = sealed[head : head + _NONCE], sealed[head + _NONCE :]
    try:
        padded = AESGCM(key).decrypt(nonce, body, sealed[:head] + where)
    except InvalidTag:
        raise DamagedError from None
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]


class Addressing:
    """Names a file by what it holds, for whoever has the case's key: equal files of two cases have unlike names."""

    def __init__(self, key: bytes) -> None:
        self._key, self._digest = derived(key, "file.name"), hashlib.sha256()

    def add(self, plain: bytes) -> None:
        self._digest.update(plain)

    @property
    def plain(self) -> str:
        """SHA-256 of the file as it was before sealing."""
        return self._digest.hexdigest()

    @property
    def name(self) -> str:
        return self.name_of(self._digest.digest())

    def name_of(self, sha256: bytes) -> str:
        """Return the name of a file of which only the digest is known."""
        return keyed_digest(self._key, sha256)


def seal_stream(key: bytes, scope: str, source: BinaryIO, naming: Addressing) -> Iterator[bytes]:
    """Yield ``source`` sealed. ``naming`` knows the file's name afterwards, to which its last message is bound."""
    salt = os.urandom(_SALT)
    head = _FILE + bytes.fromhex(scope) + salt
    cipher = AESGCM(derived(key, "file", salt))
    yield head
    chunk, number = source.read(_CHUNK), 0
    while True:
        following = source.read(_CHUNK) if chunk else b""
        naming.add(chunk)
        last = not following
        bound = head + bytes.fromhex(naming.name) if last else head
        yield cipher.encrypt(_numbered(number, last=last), chunk, bound)
        if last:
            return
        chunk, number = following, number + 1


def open_stream(key: bytes, name: str, source: BinaryIO) -> Iterator[bytes]:
    """Yield what :func:`seal_stream` sealed under ``name``, piece by piece; only the end proves the whole.

    Raises:
        DamagedError: it does not open.
    """
    size = len(_FILE) + SCOPE_BYTES + _SALT
    head = source.read(size)
    if len(head) != size or head[: len(_FILE)] != _FILE:
        raise DamagedError
    cipher = AESGCM(derived(key, "file", head[-_SALT:]))
    naming = Addressing(key)
    sealed, number = source.read(_CHUNK + _TAG), 0
    while True:
        following = source.read(_CHUNK + _TAG)
        last = not following
        bound = head + bytes.fromhex(name) if last else head
        try:
            plain = cipher.decrypt(_numbered(number, last=last), sealed, bound)
        except (InvalidTag, ValueError):
            raise DamagedError from None
        naming.add(plain)
        if last and naming.name != name:
            raise DamagedError
        yield plain
        if last:
            return
        sealed, number = following, number + 1


def _numbered(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_NONCE - 1, "big") + bytes([last])
