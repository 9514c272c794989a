"""Working days of the invented months, counted quickly."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from functools import cache

import chinese_calendar

__all__ = ["add", "between"]

_FROM, _TO = dt.date(2025, 1, 1), dt.date(2026, 12, 31)


@cache
def _workdays() -> tuple[dt.date, ...]:
    return tuple(chinese_calendar.get_workdays(_FROM, _TO))


def between(start: dt.date, end: dt.date) -> int:
    """Working days after ``start`` up to ``end``."""
    days = _workdays()
    return bisect_right(days, end) - bisect_right(days, start)


def add(start: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``start``; ``start`` itself for 0. The last day known where it lies later."""
    if count <= 0:
        return start
    days = _workdays()
    return days[min(bisect_right(days, start) + count - 1, len(days) - 1)]
