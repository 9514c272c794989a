"""Brings one laboratory result to its analyte's canonical unit, says what makes it unsure; raw text stays."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from pipeline.normalising.context import Meaning
from pipeline.normalising.flags import check_flag, may_hold_arrow, range_is_sound
from pipeline.normalising.polarity import read_polarity
from pipeline.normalising.ranges import fits_typical_in, unit_by_range
from pipeline.nouns import Alert, Severity
from rules.engine.facts import LabResult
from rules.vocabulary.cleaning import half_width
from rules.vocabulary.lookup import convert, exponent_lost, known_units, read_unit
from rules.vocabulary.schema import Analyte

__all__ = ["normalise_result"]

_SCIENTIFIC = re.compile(r"^\s*([<>≤≥]=?)?\s*(\d+(?:\.\d+)?)\s*(?:[eE]\s*\+?\s*|[x×X*]\s*10\s*[\^~*]?\s*)(\d{1,2})\b")
_GARBLED = re.compile(
    r"\s*[<>≤≥=]*\s*[+-]?(?=[\d.,·。\s]*(?:[.,·。]\s*[.,·。]\s*\d|[.,·。]\s*\d+\s*[.·。]\s*\d|\d\s+\d))\d[\d.,·。\s]*"
)
"""A number with its point doubled or lost: ``17..9``, ``87 7``."""
_ARROW_APART = re.compile(r"\s*\d+\.\d+\s+1\s*")
"""812.4 1: an arrow read as 1, apart from a number that has its point."""
_SIGNS = {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "<=": "<=", ">=": ">="}
_UNITLESS = ("1", "ratio", "titer", "COI", "S/CO")


@dataclass(frozen=True, slots=True)
class _Amount:
    value: Decimal | None = None
    unit: str | None = None
    doubts: tuple[str, ...] = ()


def normalise_result(
    result: LabResult, meaning: Meaning, *, sheet_has_flags: bool
) -> tuple[LabResult, tuple[Alert, ...]]:
    """Return ``result`` with analyte, canonical value, polarity, checked mark and doubts; and what to look at."""
    analyte = meaning.analyte
    result = _without_garbled(_with_scientific(result))
    doubts = {*result.doubts, *meaning.doubts}
    alerts: list[Alert] = []
    if not range_is_sound(result):
        doubts.add("reference_unreadable")
    checked = check_flag(result)
    if checked.disagrees:
        doubts.add("flag_range_disagree")
        alerts.append(_alert("flag_range_disagree", result, "的升降标记与数值、参考范围不一致，以数值为准，请核对原件"))
    elif may_hold_arrow(result, sheet_has_flags=sheet_has_flags):
        doubts.add("flag_range_disagree")
        alerts.append(_alert("arrow_or_digit", result, "的数值首尾的“1”可能是升降箭头，请核对原件"))
    polarity = read_polarity(result, analyte)
    if polarity.contradicts:
        doubts.add("flag_range_disagree")
        alerts.append(_alert("words_number_disagree", result, "的阴阳性文字与数值、参考范围不一致，请核对原件"))
    amount = _amount(result, analyte) if analyte else _Amount()
    doubts.update(amount.doubts)
    if analyte and amount.value is not None and _implausible(amount.value, result.comparator, analyte):
        doubts.add("implausible")
        alerts.append(_alert("implausible", result, "的数值超出可能的范围，可能识别有误，请核对原件"))
    done = replace(
        result,
        analyte=analyte.id if analyte else None,
        canonical_value=amount.value,
        canonical_unit=amount.unit,
        flag=checked.flag,
        polarity=polarity.value,
        doubts=tuple(sorted(doubts)),
    )
    return done, tuple(alerts)


def _with_scientific(result: LabResult) -> LabResult:
    """Read 1.23E+05 and 2.3×10^4, which tables of viral loads print."""
    if result.value is not None:
        return result
    match = _SCIENTIFIC.match(half_width(result.text))
    if match is None:
        return result
    try:
        value = Decimal(match.group(2)).scaleb(int(match.group(3)))
    except InvalidOperation:
        return result
    return replace(result, value=value, comparator=result.comparator or _SIGNS.get(match.group(1) or ""))


def _without_garbled(result: LabResult) -> LabResult:
    """Drop the value of a number whose point was doubled or lost: where it stood cannot be told (87 7: 87.7 or 877)."""
    text = half_width(result.text)
    if not _GARBLED.fullmatch(text) or _ARROW_APART.fullmatch(text):
        return result
    return replace(result, value=None, comparator=None, doubts=(*result.doubts, "value_unreadable"))


def _amount(result: LabResult, analyte: Analyte) -> _Amount:
    if result.value is None or analyte.unit is None:
        return _Amount()
    unit, doubts = _unit(result, analyte)
    if unit is None:
        return _Amount(doubts=doubts)
    value = convert(result.value, unit, analyte)
    if value is None:
        # Known, but no factor exists (arbitrary units of two assays): kept as printed, nothing to compare it with.
        return _Amount(doubts=doubts if unit in known_units(analyte) else (*doubts, "unit_unknown"))
    return _Amount(value, analyte.unit, doubts)


def _unit(result: LabResult, analyte: Analyte) -> tuple[str | None, tuple[str, ...]]:
    """Decide the unit. Only what the printed range confirms is repaired, and a repair is told."""
    units = known_units(analyte)
    if result.unit is None or not result.unit.strip():
        if analyte.unit in _UNITLESS:
            return analyte.unit, ()
        inferred = unit_by_range(result, analyte)
        return (inferred, ("unit_repaired",)) if inferred else (None, ("unit_unknown",))
    read = read_unit(result.unit, analyte)
    if read is None or read.unit not in units:
        # A unit that this analyte is not printed in is a misreading (pmol/L of creatinine) or an analyte misnamed.
        inferred = unit_by_range(result, analyte)
        return (inferred, ("unit_repaired",)) if inferred else (None, ("unit_unknown",))
    fits = fits_typical_in(result, analyte, read.unit)
    if f"u{read.unit}" in units and fits is not True:
        # IU/mL where uIU/mL is printed too: a lost μ is a million, so only the range may say that none was lost.
        inferred = unit_by_range(result, analyte)
        return (inferred, ("unit_repaired",)) if inferred else (None, ("unit_unknown",))
    if fits is False:
        # mmol/L where the range is that of umol/L: the prefix was misread.
        inferred = unit_by_range(result, analyte)
        if inferred and inferred != read.unit and _same_letters(inferred, read.unit):
            return inferred, ("unit_repaired",)
        if exponent_lost(result.unit):
            # 10°/L beside the range of another power: the ring was no 9.
            return (inferred, ("unit_repaired",)) if inferred else (None, ("unit_unknown",))
    return read.unit, ("unit_repaired",) if read.repaired else ()


def _same_letters(one: str, two: str) -> bool:
    """True for units that differ in one glyph only, as misreadings do: umol/L and mmol/L, g/L and mg/L."""
    short, long = sorted((one, two), key=len)
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return len(long) - len(short) == 1 and long.endswith(short)


def _implausible(value: Decimal, comparator: str | None, analyte: Analyte) -> bool:
    if analyte.plausible is None:
        return False
    low, high = analyte.plausible
    return (value > high and comparator not in ("<", "<=")) or (value < low and comparator not in (">", ">="))


def _alert(code: str, result: LabResult, message: str) -> Alert:
    first = result.evidence[0] if result.evidence else None
    return Alert(
        code=code,
        severity=Severity.WARNING,
        message=f"化验项目“{result.name}”{message}",
        file=first.file if first else None,
        page=first.page if first else None,
        evidence=result.evidence,
    )
