"""Parts kept on disk while a run is under way, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.audit.replay.parts import Part, part_from_json

__all__ = ["Kept"]

_FOLDER = "unfinished"


class Kept:
    """Parts of one run below ``folder``. Those of a run by other rules or of other records are thrown away."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder / _FOLDER
        head = self._folder / "run.json"
        told = {"fingerprint": fingerprint}
        with contextlib.suppress(OSError, ValueError):
            if json.loads(head.read_text("utf-8")) == told:
                return
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        _write(head, json.dumps(told))

    def parts(self) -> Iterator[tuple[int, Part]]:
        """Those that are whole, by number."""
        for path in sorted(self._folder.glob("part-*.json")):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, IndexError):
                yield int(path.stem.removeprefix("part-")), part_from_json(path.read_bytes())

    def add(self, number: int, part: Part) -> None:
        _write(self._folder / f"part-{number:06d}.json", part.to_json())

    def clear(self) -> None:
        """The run is done."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".tmp")
    draft.write_text(text, "utf-8")
    draft.replace(path)
