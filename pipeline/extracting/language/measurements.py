"""Numbers that reports state: label, comparator, number, unit (LVEF 38%, 狭窄约80%, T值-3.1, BP 180/110mmHg)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipeline.extracting.language.patterns import GAP_PATTERN
from pipeline.extracting.language.text import fold
from rules.vocabulary import load_vocabulary
from rules.vocabulary.schema import MeasurementTerm

__all__ = ["Measured", "find_measurements"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One number in the text: ``text[start:end]`` covers label and number."""

    term: str
    start: int
    end: int
    value: Decimal
    comparator: str | None
    unit: str | None
    number_at: int = -1
    """Where the number itself begins."""


_NUMBER = r"(?P<num>-?\d{1,6}(?:\.\d{1,3})?)"
_LINK = r"[\s:=约为是值≈,(]{0,4}(?:约为?|大约|为|达|测值|测得|平均|最厚处?|最大|最高达?|最低|分别为)?[\s:=约为]{0,2}"
_COMPARATORS = {"≤": "<=", "≥": ">=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "小于": "<", "大于": ">"}
_UNITS = (
    r"%|mmHg|kPa|mm|cm|m(?![a-zA-Z])|次/分|次/min|bpm|次|个|岁|米|"
    r"mg/c[mc]3?³?|mg/ml|ml/min(?:/1\.73(?:m2|㎡|m²))?"
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[MeasurementTerm, re.Pattern[str]], ...]:
    compiled = []
    for term in load_vocabulary().measurements.values():
        names = sorted((re.escape("".join(fold(name).split())) for name in term.names), key=len, reverse=True)
        labels = [pattern.replace("~", GAP_PATTERN) for pattern in term.patterns] + names
        compiled.append(
            (
                term,
                re.compile(
                    rf"(?<![A-Za-z/])(?P<label>{'|'.join(f'(?:{label})' for label in labels)})(?![A-Za-z/])"
                    rf"(?:\((?P<note>[^()\n]{{1,10}})\))?{_LINK}"
                    rf"(?P<cmp><=|>=|[<>≤≥]|小于|大于)?{_NUMBER}(?P<range>%?[-~]\d+(?:\.\d+)?)?(?:\s?(?P<unit>{_UNITS}))?",
                    re.IGNORECASE,
                ),
            )
        )
    return tuple(compiled)


_BP = re.compile(
    r"(?:BP|血压|Bp|bp)(?:\([^()]{1,10}\))?[^\d。;\n]{0,14}(?P<s>\d{2,3}(?:\.\d)?)(?:mmHg)?/(?P<d>\d{2,3}(?:\.\d)?)\s?(?P<unit>mmHg|kPa)?",
    re.IGNORECASE,
)
_POST = re.compile(r"(?:舒张|扩张|吸药|用药|吸入|给药|支扩|沙丁胺醇)[^。;\n前]{0,12}后")
_MORE = re.compile(r"[\s\t]\(?-?\d")


def find_measurements(text: str) -> tuple[Measured, ...]:
    """Return the measurements of ``text``; of labels that overlap the longest wins, unless each has its own number.

    室性早搏9800个,占总心搏9.1% is a count inside the label of a share: both are there.
    """
    found: list[Measured] = []
    for term, pattern in _patterns():
        for match in pattern.finditer(text):
            measured = _measured(text, term, match)
            if measured is not None:
                found.append(measured)
    found.sort(key=lambda m: (m.start - m.end, m.start))
    kept: list[Measured] = []
    for measured in found:
        if not any(k.start < measured.end and measured.start < min(k.end, _own(k, measured)) for k in kept):
            kept.append(measured)
    for match in _BP.finditer(text):
        for term_id, group in (("systolic_bp", "s"), ("diastolic_bp", "d")):
            value = Decimal(match[group])
            kept.append(Measured(term_id, match.start(), match.end(), value, None, match["unit"] or "mmHg"))
    return tuple(sorted((m for m in kept if _sane_pressure(m)), key=lambda m: m.start))


def _own(longer: Measured, shorter: Measured) -> int:
    """Where the longer one begins to matter: its start where the shorter, number and all, lies within its label."""
    return longer.start if longer.start <= shorter.start and shorter.end <= longer.number_at else longer.end


def _sane_pressure(measured: Measured) -> bool:
    if measured.term not in ("systolic_bp", "diastolic_bp") or measured.unit != "mmHg":
        return True
    low, high = (40, 320) if measured.term == "systolic_bp" else (20, 220)
    return low <= measured.value <= high


def _measured(text: str, term: MeasurementTerm, match: re.Match[str]) -> Measured | None:
    if match["label"][0].isdigit() and match.start() and text[match.start() - 1].isdigit():
        return None
    value, unit = Decimal(match["num"]), match["unit"]
    comparator = _COMPARATORS.get(match["cmp"] or "")
    if match["range"]:
        if term.id != "stenosis_percent":
            return None
        comparator = ">="  # the lower end is certain
    note = match["note"] or ""
    if unit is None and note and re.fullmatch(_UNITS, note, re.IGNORECASE):
        unit = note
    if text[match.end() : match.end() + 1] in tuple("/年月") and unit is None:
        return None
    if term.units and unit is not None and unit.lower() not in {u.lower() for u in term.units}:
        return None
    if unit is None and term.unit == "%" and term.id.startswith("fev1") and _MORE.match(text, match.end()):
        return None  # a row of a table: its columns decide
    settled = _settle(term, value, unit)
    if settled is None:
        return None
    value, unit = settled
    return Measured(
        _after_bronchodilator(text, term.id, match.start()),
        match.start(),
        match.end(),
        value,
        comparator,
        unit,
        match.start("num"),
    )


def _after_bronchodilator(text: str, term: str, start: int) -> str:
    if term != "fev1_fvc":
        return term
    low = max(text.rfind(sign, 0, start) for sign in "。;\n") + 1
    return "fev1_fvc_post" if _POST.search(text[low:start]) else term


def _settle(term: MeasurementTerm, value: Decimal, unit: str | None) -> tuple[Decimal, str | None] | None:
    """Check the number against what is plausible; find the unit where only one fits. None: not this measurement."""
    if term.plausible is None:
        return (value, unit or term.unit)
    low, high = term.plausible
    if term.unit == "%" and unit is None and Decimal("0.1") <= value < 1:
        return (value * 100, "%")  # 0.62 printed for 62%
    if term.unit == "%" and unit is None and term.id == "stenosis_percent":
        return None
    factor = Decimal(10) if unit == "cm" and term.unit == "mm" else Decimal(1)
    if unit is not None or not term.units or term.unit == "%" or "cm" not in term.units:
        return (value, unit or term.unit) if low <= value * factor <= high or unit in ("kPa", "mm") else None
    fits = [u for u, f in (("mm", Decimal(1)), ("cm", Decimal(10))) if low <= value * f <= high]
    return (value, fits[0]) if len(fits) == 1 else None
