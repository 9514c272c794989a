"""Blobs in an S3-compatible store of the same network, for several machines. Needs the extra ``yushen[s3]``."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.service.blobs.store import BlobMissingError, BlobsAwayError

__all__ = ["S3Blobs"]

_URL = re.compile(r"s3://(?P<bucket>[^/]+)/?(?P<prefix>.*)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1024 * 1024
_YOUNG = dt.timedelta(hours=1)
"""Bytes put again within this are not sent again: nobody deletes what is as young as that."""
_MISSING = {"404", "NoSuchKey", "NotFound"}


class S3Blobs:
    """A :class:`~pipeline.service.blobs.Blobs` in a bucket; credentials come from the environment.

    Args:
        url: ``s3://bucket/prefix``.
        endpoint: address of the store; empty: that of the environment.
        cache: folder for files while they are written or read; emptied as they are done with.
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

    def put(self, data: BinaryIO | bytes) -> str:
        total = hashlib.sha256()
        with tempfile.TemporaryFile(dir=self._cache) as part:
            if isinstance(data, bytes):
                total.update(data)
                part.write(data)
            else:
                while chunk := data.read(_CHUNK):
                    total.update(chunk)
                    part.write(chunk)
            digest = total.hexdigest()
            if not self._young(digest):  # also where it is there: it then counts as put now
                part.seek(0)
                with self._errors(digest):
                    self._client.upload_fileobj(part, self._bucket, self._key(digest))
        return digest

    def read(self, digest: str) -> bytes:
        with self._errors(digest):
            data: bytes = self._client.get_object(Bucket=self._bucket, Key=self._key(digest))["Body"].read()
        if hashlib.sha256(data).hexdigest() != digest:
            raise BlobMissingError(digest)
        return data

    @contextmanager
    def as_file(self, digest: str) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile(dir=self._cache) as copy:
            with self._errors(digest):
                self._client.download_fileobj(self._bucket, self._key(digest), copy)
            copy.flush()
            yield Path(copy.name)

    def has(self, digest: str) -> bool:
        try:
            with self._errors(digest):
                self._client.head_object(Bucket=self._bucket, Key=self._key(digest))
        except BlobMissingError:
            return False
        return True

    def delete(self, digest: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=self._key(digest))

    def digests(self) -> Iterator[str]:
        for digest, _ in self._entries():
            yield digest

    def older(self, before: dt.datetime) -> Iterator[str]:
        for digest, put in self._entries():
            if put < before:
                yield digest

    def delete_older(self, digest: str, before: dt.datetime) -> bool:
        put = self._put_at(digest)
        if put is not None and put >= before:
            return False
        self.delete(digest)
        return True

    def _entries(self) -> Iterator[tuple[str, dt.datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        for page in pages:
            for entry in page.get("Contents", ()):
                name = entry["Key"].rsplit("/", 1)[-1]
                if _DIGEST.fullmatch(name):
                    yield name, entry["LastModified"]

    def _put_at(self, digest: str) -> dt.datetime | None:
        try:
            with self._errors(digest):
                put: dt.datetime = self._client.head_object(Bucket=self._bucket, Key=self._key(digest))["LastModified"]
        except BlobMissingError:
            return None
        return put

    def _young(self, digest: str) -> bool:
        put = self._put_at(digest)
        return put is not None and put > dt.datetime.now(dt.UTC) - _YOUNG

    def _key(self, digest: str) -> str:
        if not _DIGEST.fullmatch(digest):
            raise BlobMissingError("not a digest")
        return f"{self._prefix}{digest[:2]}/{digest}"

    @contextmanager
    def _errors(self, digest: str) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                raise BlobMissingError(digest) from error
            raise BlobsAwayError from error
        except (BotoCoreError, Boto3Error) as error:
            raise BlobsAwayError from error
