"""Groups of people by whom a change is told, from the facts alone: age band and sex. Nothing finer is kept."""

from __future__ import annotations

import datetime as dt

from rules.engine.facts import CaseFacts, PatientIdentity, Unknown

__all__ = ["AGE_BANDS", "DIMENSIONS", "UNKNOWN", "people_of"]

UNKNOWN = "不详"
AGE_BANDS = ("0–17 岁", "18–44 岁", "45–59 岁", "60–74 岁", "75 岁及以上", UNKNOWN)
_FROM = (0, 18, 45, 60, 75)
DIMENSIONS = {"age": "年龄", "sex": "性别"}


def people_of(facts: CaseFacts) -> dict[str, str]:
    """Age band and sex, as the first document that tells them has it."""
    sex = next((p.sex for p in facts.patient if p.sex in ("男", "女")), UNKNOWN)
    years = next((y for p in facts.patient if (y := _years(p, facts.as_of)) is not None), None)
    band = UNKNOWN if years is None or years < 0 else AGE_BANDS[sum(years >= first for first in _FROM) - 1]
    return {"age": band, "sex": str(sex)}


def _years(person: PatientIdentity, day: dt.date) -> int | None:
    if not isinstance(person.birth_date, Unknown):
        born = person.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return None if isinstance(person.age, Unknown) else int(person.age)
