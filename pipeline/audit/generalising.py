"""Rows that strangers could tell people by: traits taken out until enough applications share those that are left.

Whoever knows that somebody of this age and sex applied for this disease at this hospital in this month could find the
row and read the rest. On request every combination of these traits is made common (k-anonymity): ages become bands of
ten years and days months for all; then, only where a combination is still rare, age, sex, hospital and channel are
given up in this order; what is rare even so (a disease seldom applied for) is left out as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.audit.rows import Rows
from pipeline.audit.schema import TABLES, Kind

__all__ = ["generalised"]

_AGE_BAND = 10
_TRAITS = ("region", "disease", "month", "channel", "hospital", "sex", "age_years")
_LADDER = (("age_years",), ("sex",), ("hospital", "hospital_level"), ("channel",))
"""Traits in the order in which they are given up."""
_HOSPITALS = ("documents", "criteria", "corrections")
"""Further tables that tell of a hospital."""


def generalised(rows: Rows, smallest: int) -> tuple[Rows, int]:
    """Return the rows of a whole store without rare combinations of traits, and how many applications were left out.

    Facts are left out altogether: they tell age, days and hospital again.
    """
    applications = [_coarse(row) for row in rows.get("applications", [])]
    for step in _LADDER:
        for number in _rare(applications, smallest):
            applications[number] |= dict.fromkeys(step)
    rare = set(_rare(applications, smallest))
    kept = [row for number, row in enumerate(applications) if number not in rare]
    ids = {row["application_id"] for row in kept}
    nowhere = {row["application_id"] for row in kept if row.get("hospital") is None}
    changed: Rows = {"applications": kept, "facts": []}
    for table in TABLES:
        if table.name in changed:
            continue
        days = [column.name for column in table.columns if column.kind is Kind.DATE]
        found = [_first_days(row, days) for row in rows.get(table.name, []) if row["application_id"] in ids]
        if table.name in _HOSPITALS:
            found = [_without_hospital(row) if row["application_id"] in nowhere else row for row in found]
        changed[table.name] = found
    return changed, len(rare)


def _coarse(row: Mapping[str, Any]) -> dict[str, Any]:
    age = row.get("age_years")
    days = [name for name in row if name.endswith("_on")]
    return _first_days(row, days) | {"age_years": None if age is None else age // _AGE_BAND * _AGE_BAND}


def _first_days(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Days as the first of their month."""
    days = {name: row[name].replace(day=1) for name in names if isinstance(row.get(name), dt.date)}
    return dict(row) | days


def _without_hospital(row: Mapping[str, Any]) -> dict[str, Any]:
    gone = [name for name in ("hospital", "hospital_level", "department") if name in row]
    return dict(row) | dict.fromkeys(gone)


def _rare(rows: Sequence[Mapping[str, Any]], smallest: int) -> list[int]:
    combinations = [tuple(row.get(name) for name in _TRAITS) for row in rows]
    shared = Counter(combinations)
    return [number for number, combination in enumerate(combinations) if shared[combination] < smallest]
