"""Sealed files in an S3-compatible store of the same network, for several machines. Needs the extra ``yushen[s3]``."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.service.blobs.store import BlobMissingError, BlobsAwayError

__all__ = ["S3Blobs"]

_URL = re.compile(r"s3://(?P<bucket>[^/]+)/?(?P<prefix>.*)")
_NAME = re.compile(r"[0-9a-f]{64}")
_YOUNG = dt.timedelta(hours=1)
"""Bytes put again within this are not sent again: nobody deletes what is as young as that."""
_MISSING = {"404", "NoSuchKey", "NotFound"}


class S3Blobs:
    """A :class:`~pipeline.service.blobs.store.Store` in a bucket; credentials come from the environment.

    Args:
        url: ``s3://bucket/prefix``.
        endpoint: address of the store; empty: that of the environment.
        cache: folder for sealed files while they are written or read; emptied as they are done with.
    """

    def __init__(self, url: str, *, endpoint: str, cache: Path) -> None:
        import boto3

        match = _URL.fullmatch(url)
        if match is None:
            raise ValueError("not an s3:// address")
        self._bucket, prefix = match["bucket"], match["prefix"].strip("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._client: Any = boto3.client("s3", endpoint_url=endpoint or None)
        self._cache = cache
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, pieces: Iterable[bytes], name: Callable[[], str]) -> str:
        with tempfile.TemporaryFile(dir=self._cache) as part:
            for piece in pieces:
                part.write(piece)
            found = name()
            if not self._young(found):  # also where it is there: it then counts as put now
                part.seek(0)
                with self._errors(found):
                    self._client.upload_fileobj(part, self._bucket, self._key(found))
        return found

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with tempfile.TemporaryFile(dir=self._cache) as copy:
            with self._errors(name):
                self._client.download_fileobj(self._bucket, self._key(name), copy)
            copy.seek(0)
            yield copy

    def has(self, name: str) -> bool:
        try:
            with self._errors(name):
                self._client.head_object(Bucket=self._bucket, Key=self._key(name))
        except BlobMissingError:
            return False
        return True

    def delete(self, name: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=self._key(name))

    def digests(self) -> Iterator[str]:
        for name, _ in self._entries():
            yield name

    def older(self, before: dt.datetime) -> Iterator[str]:
        for name, put in self._entries():
            if put < before:
                yield name

    def delete_older(self, name: str, before: dt.datetime) -> bool:
        put = self._put_at(name)
        if put is not None and put >= before:
            return False
        self.delete(name)
        return True

    def _entries(self) -> Iterator[tuple[str, dt.datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        for page in pages:
            for entry in page.get("Contents", ()):
                name = entry["Key"].rsplit("/", 1)[-1]
                if _NAME.fullmatch(name):
                    yield name, entry["LastModified"]

    def _put_at(self, name: str) -> dt.datetime | None:
        try:
            with self._errors(name):
                put: dt.datetime = self._client.head_object(Bucket=self._bucket, Key=self._key(name))["LastModified"]
        except BlobMissingError:
            return None
        return put

    def _young(self, name: str) -> bool:
        put = self._put_at(name)
        return put is not None and put > dt.datetime.now(dt.UTC) - _YOUNG

    def _key(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise BlobMissingError("not a name")
        return f"{self._prefix}{name[:2]}/{name}"

    @contextmanager
    def _errors(self, name: str) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                raise BlobMissingError(name) from error
            raise BlobsAwayError from error
        except (BotoCoreError, Boto3Error) as error:
            raise BlobsAwayError from error
