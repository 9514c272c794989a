"""Uploads and page images, sealed, by what they contain, on disk or in an S3-compatible store."""

from __future__ import annotations

from pipeline.service.blobs.folder import FolderBlobs
from pipeline.service.blobs.passing import PassingFiles
from pipeline.service.blobs.sealed import Blobs, CaseBlobs, Kept, Pictures
from pipeline.service.blobs.store import BlobMissingError, BlobsAwayError, Store

__all__ = [
    "BlobMissingError",
    "Blobs",
    "BlobsAwayError",
    "CaseBlobs",
    "FolderBlobs",
    "Kept",
    "PassingFiles",
    "Pictures",
    "Store",
]
