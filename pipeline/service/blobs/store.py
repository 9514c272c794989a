"""What a store of sealed files does. It knows names and bytes, and neither whose they are nor what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

__all__ = ["BlobMissingError", "BlobsAwayError", "Store"]


class BlobMissingError(Exception):
    """No bytes are kept under this name, or those kept are damaged."""


class BlobsAwayError(Exception):
    """The store does not answer now; what it keeps is as it was."""


class Store(Protocol):
    """Files under names of 64 hexadecimal digits. What is there is never overwritten."""

    def put(self, pieces: Iterable[bytes], name: Callable[[], str]) -> str:
        """Keep a file and return its name. It is durable when this returns, and counts as put just now.

        Args:
            name: asked after the last piece. Where there is a file of that name, that one is kept.
        """
        ...

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Give the bytes to read while the block runs.

        Raises:
            BlobMissingError: they are not there.
        """
        ...

    def has(self, name: str) -> bool: ...

    def delete(self, name: str) -> None:
        """Delete the file; nothing happens when it is not there."""
        ...

    def digests(self) -> Iterator[str]:
        """Walk the names of everything kept."""
        ...

    def older(self, before: dt.datetime) -> Iterator[str]:
        """Walk everything that was last put before that moment."""
        ...

    def delete_older(self, name: str, before: dt.datetime) -> bool:
        """Delete the file unless somebody has put it again since ``before``; return whether it is gone."""
        ...
