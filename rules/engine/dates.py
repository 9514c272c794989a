"""Periods and look-back windows.

"近2年" means: dated from the same calendar day two years before the application date up to the application date, both
days included. Where that calendar day does not exist (29 February), the window starts on 28 February: the wider reading
by one day, in favour of the applicant. A date after the application date is never inside.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

__all__ = ["Period", "parse_period"]

_PERIOD = re.compile(r"(?:近|至少|满)?\s*(\d+|[一二三四五六七八九十两半])\s*个?\s*(年|月|周|天|日)")
_WORDS = {w: n for n, w in enumerate("一二三四五六七八九十", start=1)} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of calendar time."""

    months: int = 0
    days: int = 0

    @property
    def text(self) -> str:
        if self.months and self.months % 12 == 0:
            return f"{self.months // 12}年"
        return f"{self.months}个月" if self.months else f"{self.days}天"

    def before(self, day: dt.date) -> dt.date:
        """Return the day that lies this period before ``day``; 29 February becomes the 28th where there is none."""
        return _shift(day, -self.months) - dt.timedelta(days=self.days)

    def after(self, day: dt.date) -> dt.date:
        return _shift(day, self.months) + dt.timedelta(days=self.days)


def _shift(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def parse_period(text: str) -> Period:
    """Parse ``2年``, ``近2年``, ``6个月``, ``半年``, ``90天``.

    Raises:
        ValueError: anything else, or a period of zero.
    """
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"“{text}”不是一段时间，写法如 2年、6个月、90天")
    number, unit = match.groups()
    if number == "半":
        if unit != "年":
            raise ValueError(f"“{text}”不是一段时间，写法如 半年、6个月、90天")
        return Period(months=6)
    count = int(number) if number.isdigit() else _WORDS[number]
    if count == 0:
        raise ValueError(f"“{text}”是零长度的时间")
    if unit == "年":
        return Period(months=12 * count)
    if unit == "月":
        return Period(months=count)
    return Period(days=count * 7 if unit == "周" else count)
