"""Examinations: a report's wording for an outcome, with numbers that belong together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from data_samples.factory.clinic.model import Exam
from data_samples.factory.clinic.people import Patient
from data_samples.factory.clinic.words import Rng, between, load, pick
from data_samples.factory.paper import Hospital

__all__ = ["KINDS", "exam"]


def exam(
    kind: str, variant: str, owner: Patient, hospital: Hospital, on: dt.date, rng: Rng, *, clinical: str = ""
) -> Exam:
    """Return the report of one examination that comes out as ``variant``."""
    if kind == "lung_function":
        return _lung_function(variant, owner, hospital, on, rng, clinical)
    entry = load("exams")[kind]
    outcome = entry["variants"][variant]
    numbers = {
        key: f"{rng.uniform(low, high):.{decimals}f}" for key, (low, high, decimals) in outcome.get("vars", {}).items()
    }
    return Exam(
        kind=kind,
        variant=variant,
        type=entry["type"],
        modality=entry["modality"],
        title=pick(entry["titles"], rng),
        part=pick(entry["parts"], rng),
        method=pick(entry["methods"], rng),
        department=pick(entry["departments"], rng),
        doctor=pick(load("people")["doctors"], rng),
        hospital=hospital,
        owner=owner,
        on=on,
        seen=_lines(outcome["seen"], numbers, rng),
        conclusion=_lines(outcome["conclusion"], numbers, rng),
        number=f"{on:%y%m%d}{between(1, 899, rng):04d}",
        clinical=clinical,
    )


def KINDS() -> list[str]:  # noqa: N802 - reads as the list that it is
    """Return every kind of examination."""
    return [*load("exams"), "lung_function"]


def _lines(lines: Sequence[str | Sequence[str]], numbers: Mapping[str, str], rng: Rng) -> tuple[str, ...]:
    chosen = [line if isinstance(line, str) else pick(line, rng) for line in lines]
    out = []
    for line in chosen:
        for key, value in numbers.items():
            line = line.replace("{" + key + "}", value)
        out.append(line)
    return tuple(out)


_GRADES = {"mild": "轻度", "moderate": "中度", "severe": "重度"}


def _lung_function(variant: str, owner: Patient, hospital: Hospital, on: dt.date, rng: Rng, clinical: str) -> Exam:
    """Spirometry before and after a bronchodilator; the table follows from predicted values and ratios (percent)."""
    male, age = owner.sex == "男", owner.person.age(on)
    height = between(160, 176, rng) if male else between(149, 163, rng)
    predicted_fvc = (0.0576 if male else 0.0443) * height - 0.026 * age - (4.34 if male else 2.89)
    predicted_fev1 = (0.0430 if male else 0.0395) * height - 0.029 * age - (2.49 if male else 2.60)
    percent = {"mild": (80, 92), "moderate": (52, 76), "severe": (32, 48), "normal": (88, 104)}[variant]
    after_ratio = {"mild": (62, 68), "moderate": (50, 64), "severe": (38, 52), "normal": (76, 84)}[variant]
    ratio = round(float(rng.uniform(*after_ratio)), 1)
    fev1 = round(predicted_fev1 * float(rng.uniform(*percent)) / 100, 2)
    fvc = round(fev1 / ratio * 100, 2)
    ratio = round(fev1 / fvc * 100, 1)
    fev1_before = round(fev1 * float(rng.uniform(0.93, 0.98)), 2)
    fvc_before = round(max(fvc * float(rng.uniform(0.96, 0.99)), fev1_before / (ratio - 0.3) * 100), 2)
    ratio_before = round(fev1_before / fvc_before * 100, 1)
    share = round(fev1 / predicted_fev1 * 100, 1)

    def row(
        name: str, unit: str, predicted: float, before: float, after: float, marks: Mapping[str, str]
    ) -> dict[str, str]:
        digits = 1 if unit == "%" else 2
        cells = {
            "name": name,
            "unit": unit,
            "predicted": f"{predicted:.{digits}f}",
            "before": f"{before:.{digits}f}",
            "before_percent": f"{before / predicted * 100:.1f}",
            "after": f"{after:.{digits}f}",
            "after_percent": f"{after / predicted * 100:.1f}",
            "change": f"{(after - before) / before * 100:+.1f}",
        }
        return {key: f"[[{text}|{marks[key]}]]" if key in marks else text for key, text in cells.items()}

    table = [
        row("FVC", "L", predicted_fvc, fvc_before, fvc, {}),
        row("FEV1", "L", predicted_fev1, fev1_before, fev1, {"after_percent": f"m:fev1_percent_predicted:{share}:%"}),
        row(
            "FEV1/FVC",
            "%",
            78.0 if male else 80.0,
            ratio_before,
            ratio,
            {"before": f"m:fev1_fvc:{ratio_before}:%", "after": f"m:fev1_fvc_post:{ratio}:%"},
        ),
    ]
    for name, unit, predicted, factor in (
        ("PEF", "L/s", 7.1, 0.95),
        ("MEF75", "L/s", 6.3, 0.6),
        ("MEF50", "L/s", 3.9, 0.5),
        ("MEF25", "L/s", 1.5, 0.45),
        ("MMEF75/25", "L/s", 3.0, 0.5),
        ("MVV", "L/min", 97.0, 0.9),
    ):
        before = predicted * share / 100 * (factor if variant != "normal" else 1.0)
        table.append(row(name, unit, predicted, before, before * float(rng.uniform(1.02, 1.08)), {}))
    negative = (fev1 - fev1_before) * 1000 < 200
    conclusions = {
        "normal": [
            ["[[肺通气功能正常|f:lung_function_normal]]。", "[[通气功能未见明显异常|f:lung_function_normal]]。"]
        ],
    }
    grade = _GRADES.get(variant, "")
    lines: Any = conclusions.get(
        variant,
        [
            [
                f"[[{grade}阻塞性通气功能障碍|f:obstructive_ventilation]]；",
                f"[[阻塞性通气功能障碍（{grade}）|f:obstructive_ventilation]]；",
            ]
        ],
    )
    if negative:
        lines = [
            *lines,
            ["[[支气管舒张试验阴性|f:bronchodilator_negative]]。", "[[舒张试验：阴性|f:bronchodilator_negative]]。"],
        ]
    return Exam(
        kind="lung_function",
        variant=variant,
        type="lung_function_report",
        modality="lung_function",
        title=pick(["肺功能检查报告", "肺功能检查报告单", "肺通气功能检测报告"], rng),
        part=f"身高 {height}cm",
        method="支气管舒张试验：吸入沙丁胺醇400μg，15分钟后复查",
        department=pick(["肺功能室", "呼吸与危重症医学科", "呼吸内科"], rng),
        doctor=pick(load("people")["doctors"], rng),
        hospital=hospital,
        owner=owner,
        on=on,
        seen=(),
        conclusion=_lines(lines, {}, rng),
        number=f"PF{on:%y%m%d}{between(1, 60, rng):03d}",
        clinical=clinical,
        table=tuple(table),
    )
