"""Files in the clear, for programs that want a path: in memory where there is room, and gone when they are done with.

Linux keeps ``/dev/shm`` in memory, so nothing of them reaches a disk (unless the machine swaps). Where it is missing,
small or not ours they lie in the folder of passing files of the data folder. What killed processes leave in either is
deleted by the next sweep.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["PassingFiles"]

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own below it, checked
_SPARE = 256 * 1024 * 1024
"""Bytes of the memory's file system that are left to others."""


class PassingFiles:
    """Makes them.

    Args:
        disk: folder of the data folder; made when needed.
        memory: a file system in memory.
    """

    def __init__(self, disk: Path, memory: Path = _MEMORY) -> None:
        self._disk = disk
        told = hashlib.sha256(str(disk.resolve()).encode()).hexdigest()[:12]
        self._memory = memory / f"yushen-{os.getuid() if hasattr(os, 'getuid') else 0}-{told}"

    @property
    def folders(self) -> tuple[Path, Path]:
        """Return where files may have been left by processes that were killed."""
        return self._disk, self._memory

    def prepared(self) -> tuple[Path, ...]:
        """Return the folders in which files may come to lie, made: who is shut in has to be told them beforehand."""
        self._disk.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            return (self._disk, self._memory) if _private(self._memory) else (self._disk,)
        except OSError:
            return (self._disk,)

    @contextmanager
    def file(self, pieces: Iterable[bytes]) -> Iterator[Path]:
        """Write ``pieces`` to a private file and give it while the block runs."""
        handle, name = tempfile.mkstemp(dir=self._folder(), prefix="f-")
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                for piece in pieces:
                    out.write(piece)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _folder(self) -> Path:
        try:
            if shutil.disk_usage(self._memory.parent).free > _SPARE and _private(self._memory):
                return self._memory
        except OSError:
            pass
        self._disk.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._disk


def _private(folder: Path) -> bool:
    """Make the folder; whether it is ours alone. Others could have made one of that name to read along."""
    folder.mkdir(exist_ok=True, mode=0o700)
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
