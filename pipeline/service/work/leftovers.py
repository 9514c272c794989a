"""Deletes what nobody will come back for: bytes that no row names, files of processes that were killed."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.service.office import Office
from pipeline.service.tables import PageRow, Upload, UploadPart

__all__ = ["clear_folder", "sweep_blobs"]

_AGE = dt.timedelta(days=2)
"""Bytes are kept before the row that names them, by a request or a step; neither takes nearly as long as this."""
_LEFT_SECONDS = 3600.0
"""Files of a killed process are older than this; those of a living one are younger."""
_AT_ONCE = 500


def sweep_blobs(office: Office) -> int:
    """Delete bytes kept long ago that no row names, and return how many there were.

    They stay behind where an upload was refused after its bytes had arrived, or a process was killed in between. What
    has been put again since counts as new. Safe to run in several processes.
    """
    before = dt.datetime.now(dt.UTC) - _AGE
    count = 0
    for digests in _batches(office.blobs.older(before)):
        with office.database.read() as session:
            unnamed = set(digests) - _named(session, digests)
        count += sum(office.blobs.delete_older(digest, before) for digest in sorted(unnamed))
    return count


def clear_folder(folder: Path) -> None:
    """Delete what killed processes left in a folder of passing files."""
    if not folder.is_dir():
        return
    before = time.time() - _LEFT_SECONDS
    for left in folder.iterdir():
        try:
            if left.lstat().st_mtime >= before:
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
        except OSError:
            continue  # another process was first


def _named(session: Session, digests: list[str]) -> set[str]:
    """Those that some row names: an upload, also one taken out; a page's image; a part of a file on its way."""
    columns = (Upload.blob, PageRow.image, UploadPart.blob)
    return {digest for column in columns for digest in session.scalars(select(column).where(column.in_(digests)))}


def _batches(digests: Iterable[str]) -> Iterator[list[str]]:
    left = iter(digests)
    while batch := list(islice(left, _AT_ONCE)):
        yield batch
