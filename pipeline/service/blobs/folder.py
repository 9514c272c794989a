"""Blobs in a folder: ``ab/abcdef...``, written beside and moved into place, so that half a file is never seen."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.faults import machine_fault
from pipeline.service.blobs.store import BlobMissingError

__all__ = ["FolderBlobs"]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1024 * 1024


class FolderBlobs:
    """A :class:`~pipeline.service.blobs.Blobs` on a file system that one or more machines share."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._parts = root / "part"
        self._parts.mkdir(exist_ok=True, mode=0o700)

    def put(self, data: BinaryIO | bytes) -> str:
        total = hashlib.sha256()
        handle, name = tempfile.mkstemp(dir=self._parts)
        try:
            with os.fdopen(handle, "wb") as out:
                if isinstance(data, bytes):
                    total.update(data)
                    out.write(data)
                else:
                    while chunk := data.read(_CHUNK):
                        total.update(chunk)
                        out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            digest = total.hexdigest()
            target = self._path(digest)
            if not _renew(target):
                target.parent.mkdir(exist_ok=True, mode=0o700)
                Path(name).replace(target)
                _sync(target.parent)
            return digest
        finally:
            Path(name).unlink(missing_ok=True)

    def read(self, digest: str) -> bytes:
        try:
            data = self._path(digest).read_bytes()
        except OSError as error:
            if machine_fault(error):
                raise  # a disk that fails now says nothing about what lies on it
            raise BlobMissingError(digest) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise BlobMissingError(digest)
        return data

    @contextmanager
    def as_file(self, digest: str) -> Iterator[Path]:
        path = self._path(digest)
        if not path.is_file():
            raise BlobMissingError(digest)
        yield path

    def has(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def delete(self, digest: str) -> None:
        self._path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        for folder in sorted(self._root.iterdir()):
            if len(folder.name) == 2 and folder.is_dir():
                yield from sorted(path.name for path in folder.iterdir() if _DIGEST.fullmatch(path.name))

    def older(self, before: dt.datetime) -> Iterator[str]:
        for digest in self.digests():
            try:
                put = self._path(digest).stat().st_mtime
            except FileNotFoundError:
                continue
            if put < before.timestamp():
                yield digest

    def delete_older(self, digest: str, before: dt.datetime) -> bool:
        target = self._path(digest)
        aside = self._parts / f"{digest}.{secrets.token_hex(4)}"
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

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise BlobMissingError("not a digest")
        return self._root / digest[:2] / digest


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
