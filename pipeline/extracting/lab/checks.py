"""Consistency of a table: what numbers, marks and ranges say of one another (hazards H6, H8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rules.engine.facts import Flag, LabResult

__all__ = ["doubt_disagreements", "expected_flag", "shifted_ranges"]


def expected_flag(
    value: Decimal | None, comparator: str | None, low: Decimal | None, high: Decimal | None
) -> Flag | None:
    """Return where ``value`` lies against its limits: HIGH, LOW or None (inside, or not to be told)."""
    if value is None:
        return None
    if high is not None and value > high and comparator in (None, ">", ">="):
        return Flag.HIGH
    if low is not None and value < low and comparator in (None, "<", "<="):
        return Flag.LOW
    return None


def _judged(result: LabResult) -> bool:
    limits = result.reference_low is not None or result.reference_high is not None
    return result.value is not None and limits and result.comparator is None


def _agrees(result: LabResult, low: Decimal | None, high: Decimal | None) -> bool:
    expected = expected_flag(result.value, result.comparator, low, high)
    if result.flag is Flag.ABNORMAL:
        return expected is not None
    return result.flag is expected


def shifted_ranges(results: Sequence[LabResult]) -> bool:
    """True when the ranges fit the marks clearly better one row up or down than where they stand."""
    if len(results) < 5 or not any(r.flag for r in results):
        return False
    scores = {}
    for shift in (-1, 0, 1):
        pairs = [(r, results[i + shift]) for i, r in enumerate(results) if 0 <= i + shift < len(results)]
        told = [(r, o) for r, o in pairs if r.value is not None and _judged(o)]
        scores[shift] = sum(1 for r, o in told if _agrees(r, o.reference_low, o.reference_high)) / max(len(told), 1)
    best = max(scores[-1], scores[1])
    return scores[0] < 0.6 and best >= 0.8 and best - scores[0] >= 0.3


def doubt_disagreements(results: Sequence[LabResult]) -> list[LabResult]:
    """Add ``flag_range_disagree`` where the printed mark and the limits contradict each other, ``low_confidence``
    where a decimal point or an arrow may have been misread. The number as printed always stays.

    A mark that is not there contradicts little: readers lose small arrows. It counts only where a lost decimal point
    would explain both, the number outside its limits and the missing mark (874 for 87.4 beside 57-97).
    """
    marks = any(r.flag is not None for r in results)
    glued = any(r.flag is not None and r.text and not r.text[-1].isdigit() for r in results)
    out = []
    for result in results:
        doubts = set(result.doubts)
        if _judged(result):
            agrees = _agrees(result, result.reference_low, result.reference_high)
            if not agrees and (result.flag is not None or (marks and _fits_with_a_point(result))):
                doubts.add("flag_range_disagree")
            if _lost_point(result) or (result.flag is None and (glued or marks) and _tail_arrow(result)):
                doubts.add("low_confidence")
        out.append(replace(result, doubts=tuple(sorted(doubts))))
    return out


def _decimals(number: str) -> int:
    digits = number.strip("<>≤≥=↑↓*HL ")
    return len(digits.partition(".")[2])


def _fits_with_a_point(result: LabResult) -> bool:
    """True when a whole number would lie within its limits with a decimal point somewhere in it."""
    high, low, value = result.reference_high, result.reference_low, result.value
    if value is None or high is None or "." in result.text:
        return False
    return any((low or 0) <= value / power <= high for power in (10, 100, 1000))


def _lost_point(result: LabResult) -> bool:
    """1135 beside 3.5-9.5, 2684 beside 57.0-97.0: ten times the limit or more, whole where limits print decimals."""
    high, value = result.reference_high, result.value
    if value is None or high is None or "." in result.text or high <= 0:
        return False
    return "." in (result.reference_text or "") and value >= 10 * high


def _tail_arrow(result: LabResult) -> bool:
    """5.61 beside 3.9-5.6 where other rows carry marks: the last 1 may be an arrow; one decimal more than the range
    prints."""
    if not result.text.endswith("1") or "." not in result.text or result.reference_text is None:
        return False
    limits = [str(x) for x in (result.reference_low, result.reference_high) if x is not None]
    outside = expected_flag(result.value, None, result.reference_low, result.reference_high) is not None
    return outside and _decimals(result.text) > max((_decimals(x) for x in limits), default=0)
