"""Compares the printed mark (↑ ↓ H L *) with value and printed range (hazard H8). The number rules.

A lost arrow is common and no doubt of the number. An arrow that became a digit is: ``812↑`` read as ``8121`` is never
shortened here, but it must not turn an item either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rules.engine.facts import Flag, LabResult

__all__ = ["CheckedFlag", "check_flag", "expected_flag", "may_hold_arrow", "range_is_sound"]


@dataclass(frozen=True, slots=True)
class CheckedFlag:
    flag: Flag | None
    disagrees: bool = False


def range_is_sound(result: LabResult) -> bool:
    """False when the printed range runs backwards."""
    low, high = result.reference_low, result.reference_high
    return low is None or high is None or low <= high


def expected_flag(result: LabResult) -> Flag | None:
    """Mark that value and range call for; None inside the range, or where it cannot be told (``<5`` against 3-8)."""
    return _side(result.value, result.comparator, result.reference_low, result.reference_high)


def _side(value: Decimal | None, comparator: str | None, low: Decimal | None, high: Decimal | None) -> Flag | None:
    if value is None:
        return None
    if high is not None and value > high and comparator in (None, ">", ">="):
        return Flag.HIGH
    if high is not None and value == high and comparator == ">":
        return Flag.HIGH
    if low is not None and value < low and comparator in (None, "<", "<="):
        return Flag.LOW
    return None


def check_flag(result: LabResult) -> CheckedFlag:
    """Return the mark that holds and whether the printed one disagrees with the number."""
    comparable = result.value is not None and (result.reference_low is not None or result.reference_high is not None)
    if not comparable or not range_is_sound(result):
        return CheckedFlag(result.flag)
    expected = expected_flag(result)
    if result.flag is None:
        return CheckedFlag(expected)
    if result.flag is Flag.ABNORMAL:
        inside = expected is None and _both_ends(result)
        return CheckedFlag(None if inside else expected or Flag.ABNORMAL, disagrees=inside)
    if result.flag is expected:
        return CheckedFlag(result.flag)
    if expected is None and not _tells(result):
        return CheckedFlag(result.flag)  # one end only, or a comparator: the range cannot say otherwise
    return CheckedFlag(expected, disagrees=True)


def _both_ends(result: LabResult) -> bool:
    return result.reference_low is not None and result.reference_high is not None and result.comparator is None


def _tells(result: LabResult) -> bool:
    """True when the range is able to contradict the printed mark."""
    if result.comparator is not None:
        return False
    if result.flag is Flag.HIGH:
        return result.reference_high is not None
    return result.reference_low is not None


def may_hold_arrow(result: LabResult, *, sheet_has_flags: bool) -> bool:
    """True when the last or first 1 of the number may be an arrow up that the reader took for a digit.

    Only where it would matter: the row has no mark, the sheet marks others, and the number is above the range with and
    without that 1 (812↑ read as 8121).
    """
    if result.value is None or result.flag is not None or result.comparator is not None:
        return False
    high = result.reference_high
    if re.fullmatch(r"\s*\d+(?:\.\d+)?\s+[1lI|]\s*", result.text):
        # 812.4 1, apart from the number: an arrow up on a value that is not high is worth a look.
        return high is not None and Decimal(result.text.split()[0]) <= high
    text = re.sub(r"\s", "", result.text)
    if not sheet_has_flags or high is None or not re.fullmatch(r"\d{2,}", text):
        return False  # with decimals a trailing 1 changes the last place only
    if expected_flag(result) is not Flag.HIGH:
        return False
    cut = [text[:-1]] * text.endswith("1") + [text[1:]] * text.startswith("1")
    return any(Decimal(rest) > high for rest in cut)
