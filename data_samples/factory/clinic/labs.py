"""Laboratory results: values of a state, printed the way one hospital's laboratory prints them, flags by its ranges."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data_samples.factory.clinic.people import Patient
from data_samples.factory.clinic.words import Rng, between, load, pick
from data_samples.factory.paper import Hospital

__all__ = ["LabResult", "LabSheet", "State", "creatinine_at", "lab_sheet"]

State = Mapping[str, float | str | tuple[float, float]]
"""Analyte -> value in its first unit, a span to draw from, or the text of a qualitative result. Others are normal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """One result as printed. Limits and value are strings with the laboratory's decimals."""

    analyte: str
    name: str
    abbr: str
    text: str
    value: float | None
    comparator: str | None
    unit: str
    low: str | None
    high: str | None
    expected: str
    flag: str | None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabSheet:
    """One sheet of results."""

    hospital: Hospital
    owner: Patient
    panel: str
    title: str
    specimen: str
    sampled: dt.datetime
    received: dt.datetime
    reported: dt.datetime
    results: tuple[LabResult, ...]

    def of(self, analyte: str) -> LabResult | None:
        return next((result for result in self.results if result.analyte == analyte), None)


def _seed(*words: object) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(str(word).encode()) for word in words])


def lab_sheet(panel: str, owner: Patient, hospital: Hospital, sampled: dt.datetime, state: State, rng: Rng) -> LabSheet:
    """Return the results of ``panel``, sampled at ``sampled``.

    A hospital prints names, units and ranges the same way every time; a patient's normal values stay near each other.
    """
    entry = load("panels")[panel]
    values = _values(tuple(entry["items"]), owner, sampled.date(), state, rng)
    received = sampled + dt.timedelta(minutes=between(12, 75, rng))
    low, high = entry["hours"]
    reported = received + dt.timedelta(minutes=between(low * 60, high * 60, rng))
    habits = _seed(hospital.name, panel)
    # A laboratory writes all its counts in one way.
    unit_habit = int(habits.integers(12))
    return LabSheet(
        hospital=hospital,
        owner=owner,
        panel=panel,
        title=pick(entry["titles"], habits),
        specimen=pick(entry["specimens"], habits),
        sampled=sampled,
        received=received,
        reported=reported,
        results=tuple(_printed(key, values[key], owner.sex, hospital, unit_habit) for key in entry["items"]),
    )


def _values(items: tuple[str, ...], owner: Patient, on: dt.date, state: State, rng: Rng) -> dict[str, float | str]:
    values: dict[str, float | str] = {}
    for key in items:
        given = state.get(key)
        if isinstance(given, tuple | list):
            values[key] = float(rng.uniform(given[0], given[1]))
        elif given is not None:
            values[key] = given
        else:
            values[key] = _normal(key, owner, rng)
    return _derive(values, owner, on, state)


def _normal(key: str, owner: Patient, rng: Rng) -> float | str:
    """A value that every laboratory calls normal; the patient's own place in the range moves little."""
    entry = load("analytes")[key]
    if "q" in entry:
        return "normal"
    spans = _spans(entry, owner.sex)
    low = max((_number(span[0]) for span in spans if _bound(span[0])), default=0.0)
    high = min((_number(span[1]) for span in spans if span[1] is not None), default=low * 1.35)
    for span in spans:
        if isinstance(span[0], str) and span[0].startswith("<"):
            high = min(high, _number(span[0]))
    if low >= high:
        low = high * 0.4
    own = _seed(owner.name, owner.person.birth, key).uniform(0.25, 0.75)
    place = min(0.93, max(0.07, own + rng.normal(0, 0.07)))
    return float(low + (high - low) * place)


def _spans(entry: Mapping[str, Any], sex: str) -> list[list[Any]]:
    found: list[list[Any]] = entry.get("r") or entry["m" if sex == "男" else "f"]
    return found


def _bound(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and value.startswith("<"))


def _number(value: object) -> float:
    return float(str(value).lstrip("<>≤≥"))


def _derive(values: dict[str, float | str], owner: Patient, on: dt.date, state: State) -> dict[str, float | str]:
    """Make values that follow from others follow from them. Values that the state names stay."""

    def put(key: str, *needs: str, by: Any) -> None:
        if key in values and key not in state and all(need in values for need in needs):
            values[key] = float(by(*(float(values[need]) for need in needs)))

    shares = ("lymphocyte_pct", "monocyte_pct", "eosinophil_pct", "basophil_pct")
    present = [key for key in shares if key in values]
    rest = 100.0 - (5.0 if len(present) == 1 else 0.0)
    put("neutrophil_pct", *present, by=lambda *parts: max(20.0, rest - sum(parts)))
    for cell in ("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil"):
        put(f"{cell}_abs", "wbc", f"{cell}_pct", by=lambda total, share: total * share / 100)
    put("rbc", "hemoglobin", "mch", by=lambda hemoglobin, mch: hemoglobin / mch)
    put("hematocrit", "hemoglobin", "mchc", by=lambda hemoglobin, mchc: hemoglobin * 100 / mchc)
    put("mcv", "mch", "mchc", by=lambda mch, mchc: mch * 1000 / mchc)
    put("plateletcrit", "platelet", "mpv", by=lambda platelet, mpv: platelet * mpv / 10000)
    put("ast_alt_ratio", "ast", "alt", by=lambda ast, alt: ast / alt)
    put("globulin", "total_protein", "albumin", by=lambda total, albumin: max(15.0, total - albumin))
    put("total_protein", "albumin", "globulin", by=lambda albumin, globulin: albumin + globulin)
    put("ag_ratio", "albumin", "globulin", by=lambda albumin, globulin: albumin / globulin)
    put("direct_bilirubin", "total_bilirubin", by=lambda total: total * (0.3 if total < 25 else 0.45))
    put("indirect_bilirubin", "total_bilirubin", "direct_bilirubin", by=lambda total, direct: total - direct)
    put("inr", "pt", by=lambda pt: pt / 11.6)
    # mg/L over mmol/L: 1 mmol creatinine is 0.1131 g.
    put(
        "urine_acr",
        "urine_microalbumin",
        "urine_creatinine",
        by=lambda albumin, creatinine: albumin / (creatinine * 0.1131),
    )
    put("egfr", "creatinine", by=lambda creatinine: _ckd_epi(creatinine, owner, on))
    return values


def _ckd_epi(creatinine: float, owner: Patient, on: dt.date) -> float:
    """Glomerular filtration rate after CKD-EPI 2009; creatinine in μmol/L."""
    female = owner.sex == "女"
    ratio = creatinine / 88.4 / (0.7 if female else 0.9)
    power = (-0.329 if female else -0.411) if ratio <= 1 else -1.209
    return float(141 * ratio**power * 0.993 ** owner.person.age(on) * (1.018 if female else 1.0))


def creatinine_at(egfr: float, owner: Patient, on: dt.date) -> float:
    """The creatinine (μmol/L, above normal) at which CKD-EPI 2009 gives ``egfr``."""
    female = owner.sex == "女"
    full = 141 * 0.993 ** owner.person.age(on) * (1.018 if female else 1.0)
    return float((egfr / full) ** (-1 / 1.209) * 88.4 * (0.7 if female else 0.9))


def _printed(key: str, value: float | str, sex: str, hospital: Hospital, unit_habit: int) -> LabResult:
    entry = load("analytes")[key]
    habits = _seed(hospital.name, key)
    result = LabResult(
        analyte=key,
        name=pick(entry["n"], habits),
        abbr=pick(entry["a"], habits),
        text="",
        value=None,
        comparator=None,
        unit="",
        low=None,
        high=None,
        expected="",
        flag=None,
        method=entry.get("method", ""),
    )
    if "q" in entry:
        return _qualitative(result, entry["q"], str(value), habits)
    unit = entry["u"][unit_habit % len(entry["u"])]
    factor, decimals = 1.0, pick(entry["d"], habits)
    if isinstance(unit, list):
        unit, factor, decimals = unit
    text = f"{float(value) * factor:.{decimals}f}"
    if float(text) == 0 and float(value) > 0 and decimals < 3:
        text = f"{10**-decimals:.{decimals}f}"
    low, high = pick(_spans(entry, sex), habits)
    if isinstance(low, str):  # "<5" or ">90": one limit with its sign, as printed
        sign, limit = low[0], _limit(_number(low) * factor, decimals)
        low, high, expected = (None, limit, f"{sign}{limit}") if sign == "<" else (limit, None, f"{sign}{limit}")
    else:
        places = 0 if all(end is None or float(end * factor).is_integer() for end in (low, high)) else decimals
        expected = ""
        low = None if low is None else f"{low * factor:.{places}f}"
        high = None if high is None else f"{high * factor:.{places}f}"
    number = float(text)
    flag = "high" if high is not None and number > float(high) else None
    flag = "low" if low is not None and number < float(low) else flag
    return replace(result, text=text, value=number, unit=unit, low=low, high=high, expected=expected, flag=flag)


def _limit(value: float, decimals: int) -> str:
    return f"{value:.0f}" if value.is_integer() else f"{value:.{decimals}f}"


def _qualitative(result: LabResult, words: Mapping[str, list[str]], value: str, habits: Rng) -> LabResult:
    normal = pick(words["normal"], habits)
    expected = {"-": "阴性", "阴性(-)": "阴性"}.get(normal, normal)
    if value == "normal":
        return replace(result, text=normal, expected=expected)
    text = pick(words["other"], habits) if value == "other" else value
    return replace(result, text=text, expected=expected, flag="abnormal")
