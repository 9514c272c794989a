"""What a blob store does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

__all__ = ["BlobMissingError", "Blobs", "BlobsAwayError"]


class BlobMissingError(Exception):
    """No bytes are kept under this digest, or those kept are damaged."""


class BlobsAwayError(Exception):
    """The store does not answer now; what it keeps is as it was."""


class Blobs(Protocol):
    """Bytes under their SHA-256. Putting the same bytes twice keeps them once; what is there is never overwritten."""

    def put(self, data: BinaryIO | bytes) -> str:
        """Keep ``data`` and return its SHA-256. It is durable when this returns, and counts as put just now."""
        ...

    def read(self, digest: str) -> bytes:
        """Return the bytes, checked against their digest.

        Raises:
            BlobMissingError: they are not there or damaged.
        """
        ...

    def as_file(self, digest: str) -> AbstractContextManager[Path]:
        """Give the bytes as a file to read while the block runs.

        Raises:
            BlobMissingError: they are not there.
        """
        ...

    def has(self, digest: str) -> bool: ...

    def delete(self, digest: str) -> None:
        """Delete the bytes; nothing happens when they are not there."""
        ...

    def digests(self) -> Iterator[str]:
        """Walk everything kept."""
        ...

    def older(self, before: dt.datetime) -> Iterator[str]:
        """Walk everything that was last put before that moment."""
        ...

    def delete_older(self, digest: str, before: dt.datetime) -> bool:
        """Delete the bytes unless somebody has put them again since ``before``; return whether they are gone."""
        ...
