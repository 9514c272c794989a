"""Uploads and page images by what they contain, on disk or in an S3-compatible store."""

from __future__ import annotations

from pipeline.service.blobs.folder import FolderBlobs
from pipeline.service.blobs.store import BlobMissingError, Blobs, BlobsAwayError

__all__ = ["BlobMissingError", "Blobs", "BlobsAwayError", "FolderBlobs"]
