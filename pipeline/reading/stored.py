"""Readings kept in a folder, so that the same pixels are read once: a page sent in again, work on later stages.

One JSON file for each page image, named by the SHA-256 of its bytes: no name of a person, a file or a hospital. What is
kept is everything of :class:`~pipeline.nouns.ReadPage` but the page itself, so a page found again keeps its own place.
The text on the page is in the file: the folder is as private as the uploads.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.digests import sha256_of
from pipeline.nouns import Page, PageReader, ReadPage

__all__ = ["StoredReadings", "reading_from_json", "reading_to_json"]

_ADAPTER = TypeAdapter(ReadPage)
_NOWHERE = Page(id="", file="", file_sha256="", number=0, width=0, height=0, image=Path())


def reading_to_json(read: ReadPage) -> bytes:
    """Write what was read, without the page it was read from."""
    return _ADAPTER.dump_json(replace(read, page=_NOWHERE))


def reading_from_json(data: bytes, page: Page) -> ReadPage:
    """Read what :func:`reading_to_json` wrote, as the reading of ``page``.

    Raises:
        ValueError: it is damaged or of another version.
    """
    return replace(_ADAPTER.validate_json(data), page=page)


class StoredReadings:
    """Readings by what the pixels are and by who read them.

    Args:
        folder: made when it is not there, for this user alone.
        version: who reads: package, models and settings. A reading of another version is not found.
    """

    def __init__(self, folder: Path, version: str) -> None:
        self._folder = folder / hashlib.sha256(version.encode()).hexdigest()[:16]
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def find(self, page: Page) -> ReadPage | None:
        """Return the reading kept for the pixels of ``page``; None where there is none that can be used."""
        try:
            return reading_from_json(self._path(page).read_bytes(), page)
        except (OSError, ValidationError):
            return None

    def keep(self, read: ReadPage) -> None:
        """Keep ``read``, unless it failed: a page that could not be read is tried again.

        Raises:
            OSError: the folder cannot be written.
        """
        if read.reader is PageReader.NONE:
            return
        path = self._path(read.page)
        part = path.with_suffix(".part")
        part.write_bytes(reading_to_json(read))
        part.replace(path)

    def _path(self, page: Page) -> Path:
        return self._folder / f"{sha256_of(page.image)}.json"
