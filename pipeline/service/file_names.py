"""Names of uploads: without folders and control characters, and no two alike within a case."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["clean_name", "unique_name"]


def clean_name(name: str) -> str:
    """Return a file name without folders and control characters, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip().strip(".")
    stem, dot, suffix = clean.rpartition(".")
    if dot and len(suffix) <= 8:
        return f"{stem[:190]}.{suffix}"
    return clean[:200] or "未命名"


def unique_name(name: str, taken: Collection[str]) -> str:
    """Return ``name`` or one like it that is not ``taken``.

    Reports name pages by their file; two ``image.jpg`` of one telephone must not be one.
    """
    stem, dot, suffix = name.rpartition(".")
    result, count = name, 1
    while result in taken:
        count += 1
        result = f"{stem} ({count}).{suffix}" if dot else f"{name} ({count})"
    return result
