"""What lies in the watched folder: which files belong to one application, and whether they still grow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CONTENT", "DONE", "FAILED", "RESULT", "STATE", "WORDS", "Batch", "batches", "files_below"]

DONE, FAILED, STATE = "done", "failed", ".yushen"
CONTENT = "yushen.json"
"""Beside the scans, if anyone writes it: disease and person, as ``POST /applications`` takes them."""
RESULT, WORDS = "result.json", "受理结果.txt"
_OWN = frozenset({CONTENT, RESULT, WORDS})
_JUNK = re.compile(r"(?:\..*|~.*|thumbs\.db|desktop\.ini|.*\.(?:tmp|temp|part|partial|crdownload|lock))", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<prefix>.+?)(?:[ _\-－—]+(?:p|页|第)?|[（(])\d{1,4}(?:页)?[）)]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Batch:
    """The files of one application: those of a subfolder, or loose ones whose names begin alike."""

    name: str
    folder: Path | None
    """None for loose files."""
    files: tuple[Path, ...]

    @property
    def key(self) -> str:
        return str(self.folder) if self.folder is not None else f"{self.name}*"

    def look(self) -> tuple[tuple[str, int, int], ...]:
        """Return names, sizes and times; the same look twice means that nothing grew in between.

        Raises:
            OSError: a file went away meanwhile.
        """
        found = []
        for path in self.files:
            state = path.stat()
            found.append((str(path), state.st_size, state.st_mtime_ns))
        return tuple(found)


def batches(root: Path) -> list[Batch]:
    """Return what waits in ``root``, by name. Links are not followed; what is no upload is left out."""
    loose: dict[str, list[Path]] = {}
    found: list[Batch] = []
    for path in sorted(root.iterdir()):
        if path.is_symlink() or _JUNK.fullmatch(path.name) or path.name in (DONE, FAILED):
            continue
        if path.is_dir():
            inside = tuple(files_below(path))
            if inside:
                found.append(Batch(path.name, path, inside))
        elif path.is_file() and path.name not in _OWN:
            loose.setdefault(_prefix(path), []).append(path)
    found += [Batch(prefix, None, tuple(paths)) for prefix, paths in loose.items()]
    return sorted(found, key=lambda batch: batch.name)


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files to upload in and below ``folder``, in the order of their names."""
    for path in sorted(folder.iterdir(), key=_natural):
        if path.is_symlink() or _JUNK.fullmatch(path.name):
            continue
        if path.is_dir():
            yield from files_below(path)
        elif path.is_file() and path.name not in _OWN:
            yield path


def _prefix(path: Path) -> str:
    """``王五_01.jpg``, ``王五-2.jpg`` and ``王五 (3).jpg`` belong together; a name without a number stands alone."""
    match = _NUMBERED.fullmatch(path.stem)
    return match["prefix"].rstrip() if match else path.stem


def _natural(path: Path) -> list[tuple[int, str]]:
    """Order in which people count: 2 before 10."""
    return [
        (int(part), "") if part.isascii() and part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name)
    ]
