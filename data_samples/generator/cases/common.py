"""Pieces that several cases share."""

from __future__ import annotations

import datetime as dt

import numpy as np

from data_samples.generator.hospitals import HOSPITALS
from data_samples.generator.labs import LabOrder, lab_sheet
from data_samples.generator.people import Person
from data_samples.generator.records import Dx
from data_samples.generator.sheets import Json, Sheet

__all__ = ["AS_OF", "DIABETES", "HYPERTENSION", "dx", "finding", "lab", "measured", "treated"]

AS_OF = dt.date(2026, 3, 15)
DIABETES = (16, "糖尿病伴有并发症")
HYPERTENSION = (12, "高血压伴有并发症")


def dx(name: str, icd10: str | None = None, concept: str | None = None, **more: str) -> Dx:
    """A diagnosis in one line."""
    return Dx(name=name, icd10=icd10, concept=concept, **more)


def finding(concept: str, words: str, status: str = "confirmed") -> tuple[str, Json]:
    """Words that state a finding."""
    return words, {"concept": concept, "status": status}


def measured(concept: str, words: str, value: float, unit: str) -> tuple[str, Json]:
    """Words that state a measurement."""
    return words, {"concept": concept, "status": "confirmed", "value": value, "unit": unit}


def treated(kind: str, words: str, on: dt.date, **more: str) -> tuple[str, Json]:
    """Words inside a record that state a treatment."""
    return words, {"kind": "treatments", "name": words, "treatment": kind, "status": "confirmed", "date": on, **more}


def lab(
    person: Person,
    hospital: str,
    panel: str,
    layout: str,
    when: tuple[int, int, int, int, int],
    seed: int,
    results: dict[str, str] | None = None,
    **more: object,
) -> Sheet:
    """A laboratory sheet; reported three hours after sampling."""
    sampled = dt.datetime(*when)
    order = LabOrder(
        panel=panel,
        sampled=sampled,
        reported=sampled + dt.timedelta(hours=3, minutes=16),
        results=results or {},
        **more,  # type: ignore[arg-type]
    )
    rng = np.random.default_rng([seed, *when])
    return lab_sheet(person, HOSPITALS[hospital], order, layout, rng)
