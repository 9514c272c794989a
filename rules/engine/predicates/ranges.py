"""Whether a result is abnormal by the range and the mark printed beside it."""

from __future__ import annotations

from rules.engine.facts import Flag, LabResult
from rules.engine.outcome import Weight
from rules.engine.predicates.thresholds import Threshold, compare

__all__ = ["by_range"]

_MARKS = {Flag.HIGH: "high", Flag.LOW: "low"}


def by_range(result: LabResult, side: str, words: str) -> tuple[Weight, str, str]:
    """Judge by the number and the printed range; where no range can be used, by the printed mark.

    ``side`` is ``high``, ``low`` or ``any``. A mark that contradicts the number leaves it to a person.
    """
    unit = f" {result.unit}" if result.unit and result.unit not in result.text else ""
    shown = f"{result.name} {result.text}{unit}"
    low, high = result.reference_low, result.reference_high
    if low is not None and high is not None and low > high:
        return Weight.UNSURE, "reference_unclear", f"{shown} 的参考范围 {low}-{high} 前后颠倒"
    span = _span(result)
    found = _by_number(result)
    mark = _MARKS.get(result.flag) if result.flag is not None else None
    if found is None:
        if mark is None:
            return Weight.UNSURE, "no_reference", f"{shown} 没有可用的参考范围，不能确定是否{words}"
        found = mark
        span = "异常标记"
    elif mark is not None and mark != found:
        return Weight.UNSURE, "flag_range_disagree", f"{shown} 的异常标记与参考范围 {span} 不符"
    if found == side or (side == "any" and found in ("high", "low")):
        return Weight.SUPPORT, "evidence_found", f"{shown} {words}（{span}）"
    return Weight.CONTRARY, "within_range", f"{shown}，未{words}（{span}）"


def _span(result: LabResult) -> str:
    if result.reference_text:
        return result.reference_text
    low, high = result.reference_low, result.reference_high
    if low is not None and high is not None:
        return f"{low}-{high}"
    return f"≥{low}" if low is not None else f"≤{high}"


def _by_number(result: LabResult) -> str | None:
    """``high``, ``low``, ``normal``; None when number or range is not there or leaves it open."""
    low, high = result.reference_low, result.reference_high
    if result.value is None or (low is None and high is None):
        return None
    above = False if high is None else compare(result.value, result.comparator, Threshold(">", high, ""))
    below = False if low is None else compare(result.value, result.comparator, Threshold("<", low, ""))
    if above:
        return "high"
    if below:
        return "low"
    return None if above is None or below is None else "normal"
