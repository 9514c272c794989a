"""Whether rules and page reader read one field of a head differently.

Both look at the same characters: they differ where they take another piece of print for the answer. What only one of
them has is no difference, nor is one name within the other, nor a field that the page reader answers twice, once as
the rules do.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from pipeline.extracting.lab.text import squeeze
from rules.engine.facts import Unknown

__all__ = ["DISPUTING", "dates_differ", "texts_differ"]

DISPUTING = 0.9
"""Sureness of label, value and link from which the page reader's word is held against the rules'."""


def texts_differ(rules: str | Unknown, theirs: Sequence[str]) -> bool:
    """Compare a name of a person or hospital with all that the page reader takes for one."""
    if isinstance(rules, Unknown) or not theirs:
        return False
    mine = _bare(rules)
    return bool(mine) and not any(mine in other or other in mine for other in map(_bare, theirs) if other)


def dates_differ(rules: dt.date | Unknown, theirs: dt.date | None) -> bool:
    return not isinstance(rules, Unknown) and theirs is not None and theirs != rules


def _bare(text: str) -> str:
    return re.sub(r"[^\w]", "", squeeze(text)).lower()
