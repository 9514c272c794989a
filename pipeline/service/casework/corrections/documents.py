"""What is known of a document, as a person corrected it, and the dates of what stands on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.keys import Fact
from rules.engine.facts import (
    Diagnosis,
    DocumentInfo,
    DocumentType,
    Finding,
    HospitalLevel,
    LabResult,
    Treatment,
    Unknown,
    Visit,
    VisitKind,
)
from rules.vocabulary.hospitals import hospital_level

__all__ = ["corrected_info", "redated"]

_SHEETS = frozenset({DocumentType.LAB_REPORT})


def corrected_info(info: DocumentInfo, changes: Mapping[str, Any]) -> DocumentInfo:
    """Return ``info`` with a person's values. A level that followed from another name follows from the new one."""
    made = dict(changes)
    if "hospital" in changes and "hospital_level" not in changes and not _printed(info):
        name = changes["hospital"]
        made["hospital_level"] = Unknown.ABSENT if isinstance(name, Unknown) else hospital_level(name)
    return replace(info, **made)


def redated(fact: Fact, before: DocumentInfo, date: dt.date | Unknown) -> Fact:
    """Return ``fact`` of a document whose date a person corrected to ``date``.

    What took its date from the document follows it, and so does what had none; what the page dates itself stays.
    """
    if isinstance(fact, LabResult):
        return _lab(fact, before, date)
    if isinstance(fact, Diagnosis | Finding | Treatment):
        follows = fact.date == before.date or fact.date in (Unknown.ABSENT, Unknown.UNREADABLE)
        return replace(fact, date=date) if follows else fact
    if isinstance(fact, Visit):
        start, end = (date if d == before.date else d for d in (fact.start, fact.end))
        if fact.kind is VisitKind.INPATIENT:
            start = fact.start  # the date of such a document is that of the discharge
        return replace(fact, start=start, end=end)
    return fact


def _lab(fact: LabResult, before: DocumentInfo, date: dt.date | Unknown) -> LabResult:
    """The date of a laboratory sheet is that of the sampling, of all rows that do not say otherwise."""
    sampled = fact.sampled_at
    own = isinstance(sampled, dt.datetime) and sampled.date() != before.date
    if own or sampled is Unknown.CONFLICTING or (isinstance(sampled, Unknown) and before.type not in _SHEETS):
        return fact
    if isinstance(date, Unknown):
        return replace(fact, sampled_at=date)
    time = sampled.time() if isinstance(sampled, dt.datetime) else dt.time()
    return replace(fact, sampled_at=dt.datetime.combine(date, time))


def _printed(info: DocumentInfo) -> bool:
    level = info.hospital_level
    return isinstance(level, HospitalLevel) and level.source in ("printed", "person")
