"""Outcome of comparing who a document belongs to, and the one shape test that names and numbers share."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["PersonMatch", "is_subsequence"]


class PersonMatch(StrEnum):
    """Outcome of a comparison."""

    SAME = "same"
    UNSURE = "unsure"
    """Neither safely the same nor safely another: one glyph differs, or details disagree. A person must look."""
    OTHER = "other"
    UNKNOWN = "unknown"
    """Nothing comparable is printed on both."""


def is_subsequence(short: str, long: str) -> bool:
    """Return whether ``short`` is ``long`` with glyphs left out."""
    rest = iter(long)
    return all(glyph in rest for glyph in short)
