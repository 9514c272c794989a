"""Uploads and page images, each sealed with the key of its application before a byte reaches a disk or a bucket.

A file's name is an HMAC of what it holds under that key: the same bytes put twice into one case are kept once, and
equal files of two cases share neither name nor bytes: nobody can tell from the store that they are equal.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.service.blobs.passing import PassingFiles
from pipeline.service.blobs.store import BlobMissingError, Store
from pipeline.service.sealing.envelope import Addressing, DamagedError, open_stream, scope_of, seal_stream
from pipeline.service.sealing.keyring import SERVICE, KeyGoneError, Keyring

__all__ = ["Blobs", "CaseBlobs", "Kept", "Pictures"]

_HEAD = 64
_PROBE = b"yushen: can write"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is in the store."""

    blob: str
    """Its name there."""
    sha256: str
    """Of its bytes as they came."""


class Pictures(Protocol):
    """Where page images are found by name."""

    def as_file(self, blob: str) -> AbstractContextManager[Path]: ...


class CaseBlobs:
    """The files of one application."""

    def __init__(self, store: Store, keyring: Keyring, scope: str, passing: PassingFiles) -> None:
        self._store, self._keyring, self._scope, self._passing = store, keyring, scope, passing

    def put(self, data: BinaryIO | bytes) -> str:
        """Seal and keep ``data`` and return its name. It is durable when this returns, and counts as put just now.

        Raises:
            KeyGoneError: the application is deleted.
            KeyMissingError: the bureau's key is not at hand.
        """
        return self.keep(data).blob

    def keep(self, data: BinaryIO | bytes) -> Kept:
        """As :meth:`put`, and tell the SHA-256 besides."""
        key = self._keyring.key(self._scope)
        naming = Addressing(key)
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        blob = self._store.put(seal_stream(key, self._scope, source, naming), lambda: naming.name)
        return Kept(blob, naming.plain)

    def read(self, blob: str) -> bytes:
        """Return the bytes, which are those that were put under this name into this case.

        Raises:
            BlobMissingError: they are not there, damaged, of another case, or their key is deleted.
        """
        return b"".join(self.pieces(blob))

    def pieces(self, blob: str) -> Iterator[bytes]:
        """Yield the bytes piece by piece; only the end proves the whole.

        Raises:
            BlobMissingError: as :meth:`read`; also in the middle.
        """
        try:
            key = self._keyring.key(self._scope)
            with self._store.open(blob) as source:
                yield from open_stream(key, blob, source)
        except (DamagedError, KeyGoneError) as error:
            raise BlobMissingError(blob) from error

    @contextmanager
    def as_file(self, blob: str) -> Iterator[Path]:
        """Give the bytes as a file to read while the block runs; it is gone afterwards.

        Raises:
            BlobMissingError: as :meth:`read`.
        """
        with self._passing.file(self.pieces(blob)) as path:
            yield path

    def has(self, blob: str) -> bool:
        return self._store.has(blob)

    def delete(self, blob: str) -> None:
        self._store.delete(blob)


class Blobs:
    """All files, and the files of one application (:meth:`of`)."""

    def __init__(self, store: Store, keyring: Keyring, passing: PassingFiles) -> None:
        self._keyring, self._passing = keyring, passing
        self.store = store
        """The files as they are kept, sealed."""

    def of(self, application: str) -> CaseBlobs:
        return CaseBlobs(self.store, self._keyring, application, self._passing)

    def check(self, blob: str) -> bool:
        """Whether a file opens, whose ever it is. A file whose key is deleted counts as gone.

        Raises:
            KeyMissingError: the bureau's key is not at hand.
        """
        try:
            with self.store.open(blob) as source:
                scope = scope_of(source.read(_HEAD))
            for _ in self.of(scope).pieces(blob):
                pass
        except (BlobMissingError, DamagedError):
            return False
        return True

    def probe(self) -> bool:
        """Whether the store takes a file and gives it back."""
        own = self.of(SERVICE)
        return own.read(own.put(_PROBE)) == _PROBE

    def has(self, blob: str) -> bool:
        return self.store.has(blob)

    def delete(self, blob: str) -> None:
        self.store.delete(blob)

    def digests(self) -> Iterator[str]:
        """Walk the names of everything kept."""
        return self.store.digests()

    def older(self, before: dt.datetime) -> Iterator[str]:
        return self.store.older(before)

    def delete_older(self, blob: str, before: dt.datetime) -> bool:
        return self.store.delete_older(blob, before)
