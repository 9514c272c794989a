"""Values that change with time: ``by_date`` anywhere in a formula or a condition.

    at_least:
      by_date:
        - {from: 2024-01-01, to: 2026-12-31, value: 707 μmol/L}
        - {from: 2027-01-01, value: 600 μmol/L}

Both days are included, and one period follows the other without a gap. Before the first and after the last the rule
says nothing and everything is for a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from rules.engine.marked_yaml import Marked, Trail

__all__ = ["NoValueError", "change_days", "resolve"]


class NoValueError(LookupError):
    """No value is given for the day."""


def _entries(data: Any, marked: Marked, trail: Trail) -> list[tuple[dt.date, dt.date, Any]]:
    if set(data) != {"by_date"} or not isinstance(data["by_date"], list) or not data["by_date"]:
        raise marked.error("by_date 要独占一处，下面写一列 {from: 日期, to: 日期, value: 值}", trail)
    entries: list[tuple[dt.date, dt.date, Any]] = []
    for index, entry in enumerate(data["by_date"]):
        at = (*trail, "by_date", index)
        if not isinstance(entry, dict) or not {"from", "value"} <= set(entry) <= {"from", "to", "value"}:
            raise marked.error("每一段要写 from 和 value，可写 to", at)
        first, last = entry["from"], entry.get("to") or dt.date.max
        if not (isinstance(first, dt.date) and isinstance(last, dt.date)):
            raise marked.error("from 和 to 应写日期，如 2024-01-01", at)
        if last < first:
            raise marked.error("to 早于 from", at)
        if entries and first <= entries[-1][1]:
            raise marked.error("时间段要从早到晚，不能重叠", at)
        if entries and first != entries[-1][1] + dt.timedelta(days=1):
            follows = entries[-1][1] + dt.timedelta(days=1)
            raise marked.error(f"与上一段之间有空档，from 应写 {follows.isoformat()}，或改上一段的 to", at)
        entries.append((first, last, entry["value"]))
    return entries


def change_days(data: Any, marked: Marked, trail: Trail) -> Iterator[dt.date]:
    """Yield the days on which a value begins or has ended."""
    if isinstance(data, dict):
        if "by_date" in data:
            for index, (first, last, value) in enumerate(_entries(data, marked, trail)):
                yield first
                if last != dt.date.max:
                    yield last + dt.timedelta(days=1)
                yield from change_days(value, marked, (*trail, "by_date", index, "value"))
            return
        for key, value in data.items():
            yield from change_days(value, marked, (*trail, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from change_days(value, marked, (*trail, index))


def resolve(data: Any, day: dt.date, marked: Marked, trail: Trail) -> Any:
    """Return ``data`` with every ``by_date`` replaced by its value on ``day``.

    Raises:
        NoValueError: one of them has no value on that day.
    """
    if isinstance(data, dict):
        if "by_date" in data:
            for index, (first, last, value) in enumerate(_entries(data, marked, trail)):
                if first <= day <= last:
                    return resolve(value, day, marked, (*trail, "by_date", index, "value"))
            raise NoValueError
        return {key: resolve(value, day, marked, (*trail, key)) for key, value in data.items()}
    if isinstance(data, list):
        return [resolve(value, day, marked, (*trail, index)) for index, value in enumerate(data)]
    return data
