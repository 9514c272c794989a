"""Digests that name a run without a date: of the cases, of the code that reads and judges, of the settings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pipeline.settings import REPOSITORY, Settings

__all__ = ["case_digest", "code_digest", "digest", "settings_digest"]

_LENGTH = 16
_PARTS = ("pipeline", "rules", "models")
_NOT_READING = ("cli", "catalogue", "doctor", "evaluating", "reporting", "service")
"""Stages of ``pipeline`` that do not change what a review reads or concludes."""
_KINDS = {".py", ".yaml", ".yml", ".json", ".onnx"}


def digest(parts: Iterable[bytes | str]) -> str:
    """Return a short SHA-256 over ``parts``, which cannot run into each other."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()[:_LENGTH]


def case_digest(folder: Path) -> str:
    """Return the digest of all files of a case, its truth included."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return digest(part for path in paths for part in (path.relative_to(folder).as_posix(), path.read_bytes()))


@cache
def code_digest() -> str:
    """Return the digest of code, rules and weights; computed once, as code that runs does not change either."""
    paths = sorted(
        path
        for part in _PARTS
        for path in (REPOSITORY / part).rglob("*")
        if path.suffix in _KINDS
        and path.is_file()
        and not (part == "pipeline" and path.relative_to(REPOSITORY).parts[1] in _NOT_READING)
    )
    return digest(part for path in paths for part in (path.relative_to(REPOSITORY).as_posix(), path.read_bytes()))


def settings_digest(settings: Settings) -> str:
    """Return the digest of ``settings``; where the installation lies and how it serves does not count."""
    text = settings.model_dump_json(exclude={"service"}).replace(str(REPOSITORY), "")
    return digest([text])
