"""Sealed files in a folder: ``ab/abcdef...``, written beside and moved into place: half a file is never seen."""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.faults import machine_fault
from pipeline.service.blobs.store import BlobMissingError

__all__ = ["FolderBlobs"]

_NAME = re.compile(r"[0-9a-f]{64}")


class FolderBlobs:
    """A :class:`~pipeline.service.blobs.store.Store` on a file system that one or more machines share."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._parts = root / "part"
        self._parts.mkdir(exist_ok=True, mode=0o700)

    def put(self, pieces: Iterable[bytes], name: Callable[[], str]) -> str:
        handle, part = tempfile.mkstemp(dir=self._parts)
        try:
            with os.fdopen(handle, "wb") as out:
                for piece in pieces:
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            found = name()
            target = self._path(found)
            if not _renew(target):
                target.parent.mkdir(exist_ok=True, mode=0o700)
                Path(part).replace(target)
                _sync(target.parent)
            return found
        finally:
            Path(part).unlink(missing_ok=True)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        try:
            source = self._path(name).open("rb")
        except OSError as error:
            if machine_fault(error):
                raise  # a disk that fails now says nothing about what lies on it
            raise BlobMissingError(name) from error
        with source:
            yield source

    def has(self, name: str) -> bool:
        return self._path(name).is_file()

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        for folder in sorted(self._root.iterdir()):
            if len(folder.name) == 2 and folder.is_dir():
                yield from sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))

    def older(self, before: dt.datetime) -> Iterator[str]:
        for name in self.digests():
            try:
                put = self._path(name).stat().st_mtime
            except FileNotFoundError:
                continue
            if put < before.timestamp():
                yield name

    def delete_older(self, name: str, before: dt.datetime) -> bool:
        target = self._path(name)
        aside = self._parts / f"{name}.{secrets.token_hex(4)}"
        try:
            if target.stat().st_mtime >= before.timestamp():
                return False
            target.rename(aside)
        except FileNotFoundError:
            return True
        # Who put the same bytes between the look and the move has made this very file young; who comes now finds
        # none and writes one.
        young = aside.stat().st_mtime >= before.timestamp()
        if young and not target.exists():
            aside.rename(target)
        else:
            aside.unlink()
        return not young

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BlobMissingError("not a name")
        return self._root / name[:2] / name


def _renew(path: Path) -> bool:
    """Make a file that is there count as put now; return whether it is there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _sync(folder: Path) -> None:
    """Make the new name in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
