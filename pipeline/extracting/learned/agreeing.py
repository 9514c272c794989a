"""Whether two readings of one laboratory row say the same."""

from __future__ import annotations

import re
from enum import Enum

from pipeline.extracting.lab.text import squeeze
from rules.engine.facts import LabResult
from rules.vocabulary.lookup import read_unit

__all__ = ["Agreement", "compared"]


class Agreement(Enum):
    SAME = "same"
    OPEN = "open"
    """Neither says the other wrong: one of them could not make a number or a word of what stands there."""
    DIFFERS = "differs"


def compared(one: LabResult, other: LabResult) -> Agreement:
    """Compare result, unit and range. What only one of them has is no difference."""
    parts = (_results(one, other), _units(one.unit, other.unit), _ranges(one, other))
    if Agreement.DIFFERS in parts:
        return Agreement.DIFFERS
    return parts[0]


def _results(one: LabResult, other: LabResult) -> Agreement:
    if one.value is not None and other.value is not None:
        same = (one.value, one.comparator) == (other.value, other.comparator)
        return Agreement.SAME if same else Agreement.DIFFERS
    a, b = _bare(one.text), _bare(other.text)
    if a == b:
        return Agreement.SAME
    # 阴性 and 阴性(-), or a number of which one took the arrow along: nothing contradicts.
    return Agreement.OPEN if not a or not b or a in b or b in a else Agreement.DIFFERS


def _units(one: str | None, other: str | None) -> Agreement:
    if one is None or other is None:
        return Agreement.OPEN
    a, b = _bare(one), _bare(other)
    if a == b:
        return Agreement.SAME
    known, theirs = read_unit(one, None), read_unit(other, None)
    if known is None or theirs is None:
        return Agreement.OPEN
    return Agreement.SAME if known.unit == theirs.unit else Agreement.DIFFERS


def _ranges(one: LabResult, other: LabResult) -> Agreement:
    mine, theirs = (one.reference_low, one.reference_high), (other.reference_low, other.reference_high)
    if mine == (None, None) or theirs == (None, None):
        return Agreement.OPEN
    return Agreement.SAME if mine == theirs else Agreement.DIFFERS


def _bare(text: str) -> str:
    return re.sub(r"[↑↓*x×^·]", "", squeeze(text)).replace("μ", "u").lower()
