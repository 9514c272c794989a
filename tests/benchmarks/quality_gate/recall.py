"""How much of a page's print was really read: the outcome that the gate has to foresee."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.reading.found import Reading

__all__ = ["recall"]

_SAME = 85
"""Likeness (0 to 100) from which a printed line counts as read."""


def recall(texts: Sequence[str], reading: Reading) -> float:
    """Return the share of printed lines (two characters and more) found in the reading; 1 where nothing is printed."""
    wanted = [text for text in map(_plain, texts) if len(text) >= 2]
    found = [_plain(line.text) for line in reading.lines]
    whole = "".join(found)
    hits = sum(
        1
        for text in wanted
        if text in whole or any(fuzz.partial_ratio(text, one) >= _SAME for one in found if len(one) >= 0.7 * len(text))
    )
    return hits / len(wanted) if wanted else 1.0


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace())
