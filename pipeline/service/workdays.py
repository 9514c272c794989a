"""Working days of the People's Republic by the State Council's yearly notice (国务院办公厅关于部分节假日安排的通知).

``chinesecalendar`` carries the published years. The notice for a year comes out near the end of the year before, so a
date that reaches into a year not yet published is worked out from weekends and the fixed statutory days alone and
called provisional; days that settings name by hand (the new notice before the library has it) go before both.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import chinese_calendar

__all__ = ["Calendar", "DueDate"]

_FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
"""Statutory days with a fixed date (《全国年节及纪念日放假办法》, 2024); those of the moon calendar are not guessed."""


@dataclass(frozen=True, slots=True)
class DueDate:
    day: dt.date
    provisional: bool
    """True: some day counted lies in a year whose holidays are not published yet."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked."""

    holidays: frozenset[dt.date] = field(default_factory=frozenset)
    workdays: frozenset[dt.date] = field(default_factory=frozenset)

    def is_workday(self, day: dt.date) -> tuple[bool, bool]:
        """Return whether ``day`` is worked, and whether that is certain."""
        if day in self.holidays:
            return False, True
        if day in self.workdays:
            return True, True
        try:
            return bool(chinese_calendar.is_workday(day)), True
        except NotImplementedError:
            return day.weekday() < 5 and (day.month, day.day) not in _FIXED, False

    def due(self, start: dt.date, days: int) -> DueDate:
        """Return the ``days``-th working day after ``start``; ``start`` itself does not count.

        Raises:
            ValueError: ``days`` is negative.
        """
        if days < 0:
            raise ValueError("days must not be negative")
        day, left, provisional = start, days, False
        while left:
            day += dt.timedelta(days=1)
            worked, certain = self.is_workday(day)
            provisional = provisional or not certain
            left -= worked
        return DueDate(day, provisional)

    def left(self, today: dt.date, due: dt.date) -> int:
        """Return how many working days lie after ``today`` up to ``due``; negative when it is overdue."""
        first, last, sign = (today, due, 1) if today <= due else (due, today, -1)
        day, count = first, 0
        while day < last:
            day += dt.timedelta(days=1)
            count += self.is_workday(day)[0]
        return sign * count
