"""Units as printed on Chinese sheets: typographic variants to one canonical spelling, and conversion per analyte.

A spelling is *typographic* when only width, case, superscripts or 1/l, 0/O differ (``mmo1/1``, ``×10⁹/L``): no doubt.
What cannot be read that way is repaired, if at all, by the units that the analyte is known in, and marked as repaired.
Conversion is by the analyte's own factors, its molar mass, or ``pint``; never across units the analyte does not list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from rules.vocabulary.cleaning import half_width
from rules.vocabulary.schema import Analyte

__all__ = ["ReadUnit", "convert", "exponent_lost", "known_units", "read_unit", "unit_of"]


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A unit in canonical spelling."""

    unit: str
    repaired: bool = False
    """True where the analyte's known units were needed to read it."""


_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SIGNS = {
    "μ": "u",
    "µ": "u",
    "㎡": "m2",
    "㎎": "mg",
    "㎏": "kg",
    "㎖": "ml",
    "㎗": "dl",
    "㏖": "mol",
    "ℓ": "l",
    "℃": "C",
}
_SIGNS |= {"×": "x", "✕": "x", "∕": "/", "／": "/", "÷": "/", "﹪": "%", "％": "%", "·": ".", "•": ".", "Ｌ": "L"}
_COUNT = re.compile(
    r"^[x*]?(?:1[o0]|l0|i0)(?:[\^~*'\"`°.]|exp|e(?:\+0?)?|-(?=9|6|12|3))?(?P<e>12|9|6|3)(?:个|cells?)?/?[l1i|]$"
)
_LOST_EXPONENT = re.compile(r"^[x*]?(?:1[o0]|l0)\^?[°º˚⁰]\s*/[l1i|]$")
"""10°/L: a small raised digit read as a ring. Which digit it was only the analyte tells."""
_SHORT_COUNT = re.compile(r"^e(?P<e>12|9|6)/[l1i|]$")


@dataclass(frozen=True, slots=True)
class _Spellings:
    table: dict[str, str]
    equal: tuple[frozenset[str], ...]


@lru_cache(maxsize=1)
def _spellings() -> _Spellings:
    """Load ``units.yaml``: canonical spellings, other ways to print them, units of one size."""
    data = yaml.safe_load(Path(__file__).with_name("units.yaml").read_text(encoding="utf-8"))
    table: dict[str, str] = {}
    for unit in data["canonical"]:
        table.setdefault(_skeleton(unit), unit)
    for unit, variants in data["also"].items():
        for variant in variants:
            table.setdefault(_skeleton(variant), unit)
    return _Spellings(table, tuple(frozenset(group) for group in data["equal"]))


def _plain(text: str) -> str:
    plain = half_width(text).translate(_SUPER)
    plain = "".join(_SIGNS.get(glyph, glyph) for glyph in plain)
    plain = re.sub(r"[\s　]", "", plain).strip("[]【】{};,，；:：")
    if plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1]
    return plain.lower()


def _skeleton(text: str) -> str:
    """Glyphs that differ only in print or in reading become one: i, 1, | and l; 0 and o."""
    folded = re.sub(r"[1i|!]", "l", _plain(text)).replace("0", "o").replace("\\", "/")
    return folded.replace("mov", "mol/") if folded.endswith("movl") else folded  # l/ read as V


@lru_cache(maxsize=20000)
def unit_of(text: str) -> str | None:
    """Return the canonical spelling of ``text`` when only typography differs, else None."""
    plain = _plain(text)
    if not plain:
        return None
    count = _COUNT.match(plain) or _SHORT_COUNT.match(plain)
    if count:
        return f"10*{count['e']}/L"
    if half_width(text).strip() in ("T/L", "G/L"):  # upper case: tera and giga, cell counts; g/L is gram
        return {"T/L": "10*12/L", "G/L": "10*9/L"}[half_width(text).strip()]
    table = _spellings().table
    return table.get(_skeleton(text)) or table.get(_skeleton(plain.rstrip(".")))


def known_units(analyte: Analyte) -> tuple[str, ...]:
    """Units in which the analyte is printed, the canonical one first, in canonical spelling."""
    units = [analyte.unit, *analyte.units, *analyte.factor]
    return tuple(dict.fromkeys(unit for unit in units if unit))


def read_unit(text: str | None, analyte: Analyte | None) -> ReadUnit | None:
    """Read a printed unit, with the help of ``analyte`` where typography alone does not do.

    None: the unit cannot be read. A unit that the analyte is not known in is returned as it is.
    """
    if text is None or not text.strip():
        return None
    exact = unit_of(text)
    if analyte is None:
        return ReadUnit(exact) if exact else None
    units = known_units(analyte)
    if exact is not None:
        if exact in units or not units:
            return ReadUnit(exact)
        same = _same_meaning(exact, units)
        if same:
            return ReadUnit(same)
        if half_width(text).strip() == "G/L" and "g/L" in units:
            return ReadUnit("g/L")
    cut = re.fullmatch(r"[x*]?10[\^~*e]?(12|9|6)", _plain(text))
    if cut and f"10*{cut[1]}/L" in units:
        return ReadUnit(f"10*{cut[1]}/L")  # ×10^9 with the /L left out, as many sheets print it
    if analyte.unit == "10*9/L" and exponent_lost(text):
        return ReadUnit("10*9/L")
    fixed = _by_context(text, units)
    if fixed:
        return ReadUnit(fixed, repaired=True)
    return ReadUnit(exact) if exact else None


def exponent_lost(text: str) -> bool:
    """True for a count whose raised exponent was read as a ring (``10°/L``)."""
    return bool(_LOST_EXPONENT.match(_plain(text.replace("⁰", "°"))))


def _same_meaning(unit: str, units: Iterable[str]) -> str | None:
    """Return the one of ``units`` that equals ``unit`` in size under another name (IU/L for U/L, ng/mL for ug/L)."""
    for group in _spellings().equal:
        if unit in group:
            for known in units:
                if known in group:
                    return known
    return None


def _by_context(text: str, units: tuple[str, ...]) -> str | None:
    """Return the one known unit that ``text`` can be a misreading of: one glyph wrong, lost or added, or μ misread."""
    skeleton = _skeleton(text)
    counts = [u for u in units if u.startswith("10*")]
    if len(counts) == 1 and re.match(r"^[x*]?lo", skeleton):
        return counts[0]  # 10°/L, 10^/L: the exponent is lost
    fits = {u for u in units if _distance_one(skeleton, _skeleton(u))}
    if not fits and re.search(r"mol/?l?$", skeleton):
        fits = {u for u in units if u.endswith("mol/L") and _distance_one(skeleton[-5:], "mol/l")}
    return fits.pop() if len(fits) == 1 else None


def _distance_one(a: str, b: str) -> bool:
    if a == b:
        return True
    if len(b) < 3:
        return False  # a single wrong glyph is a third of s, % or fL
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


_COUNTS = {
    "10*12/L": Decimal(10) ** 12,
    "10*9/L": Decimal(10) ** 9,
    "10*6/L": Decimal(10) ** 6,
    "10*3/L": Decimal(10) ** 3,
}
_COUNTS |= {"/uL": Decimal(10) ** 6, "cells/uL": Decimal(10) ** 6, "/mL": Decimal(10) ** 3, "10*6/mL": Decimal(10) ** 9}
_COUNTS |= {"10*6/uL": Decimal(10) ** 12}
"""Counts per litre; pint takes no unit with a scaling factor."""


@lru_cache(maxsize=1)
def _registry() -> Any:
    from pint import UnitRegistry

    registry: Any = UnitRegistry(non_int_type=Decimal, cache_folder=None)
    registry.define("enzyme_unit_ = [enzyme_amount]")
    registry.define("equivalent_ = [equivalents]")
    registry.define("osmole_ = [osmoles]")
    return registry


_PINT = {"%": "percent", "1": "dimensionless", "ratio": "dimensionless", "mm/h": "millimeter/hour", "s": "second"}
_PINT |= {"mmHg": "mmHg", "kPa": "kilopascal", "cmH2O": "centimeter_H2O"}
_PINT |= {
    "min": "minute",
    "mS/cm": "millisiemens/centimeter",
    "mPa.s": "millipascal*second",
    "fL": "femtoliter",
    "mm": "millimeter",
}
_PINT |= {"pg": "picogram", "L/L": "liter/liter", "mL/L": "milliliter/liter", "L/24h": "liter/day"}
_PREFIX = {
    "": "",
    "k": "kilo",
    "d": "deci",
    "c": "centi",
    "m": "milli",
    "u": "micro",
    "n": "nano",
    "p": "pico",
    "f": "femto",
}
_BASE = {
    "mol": "mole",
    "g": "gram",
    "L": "liter",
    "IU": "enzyme_unit_",
    "U": "enzyme_unit_",
    "Osm": "osmole_",
    "Eq": "equivalent_",
}
_PART = re.compile(r"(k|d|c|m|u|n|p|f)?(mol|g|L|IU|U|Osm|Eq)")


@lru_cache(maxsize=2000)
def _pint_text(unit: str) -> str | None:
    if unit in _PINT:
        return _PINT[unit]
    if unit.startswith("mL/min"):
        return "milliliter/minute" if unit == "mL/min" else None
    words: list[str] = []
    for part in unit.split("/"):
        match = _PART.fullmatch(part)
        if match:
            words.append(_PREFIX[match[1] or ""] + _BASE[match[2]])
        elif part == "24h":
            words.append("day")
        elif part == "min":
            words.append("minute")
        else:
            return None
    return "/".join(words)


def convert(value: Decimal, unit: str, analyte: Analyte) -> Decimal | None:
    """Convert ``value`` from ``unit`` (canonical spelling) to the analyte's canonical unit; None when there is no way.

    mL/min counts as mL/min/1.73m2: sheets that print it for eGFR mean the normalised value.
    """
    target = analyte.unit
    if target is None:
        return None
    if unit == target:
        return value
    if unit in analyte.factor:
        return value * analyte.factor[unit]
    if _same_meaning(unit, (target,)):
        return value
    if {unit, target} == {"mL/min", "mL/min/1.73m2"} and analyte.id.startswith("egfr"):
        return value
    counts = _COUNTS.get(unit), _COUNTS.get(target)
    if counts[0] and counts[1]:
        return _decimal(value * counts[0] / counts[1])
    one, two = _pint_text(unit), _pint_text(target)
    if one is None or two is None:
        return None
    registry = _registry()
    source, goal = registry.Quantity(value, one), registry.Quantity(Decimal(1), two)
    if source.dimensionality == goal.dimensionality:
        return _decimal(source.to(two).magnitude)
    if analyte.molar_mass is None:
        return None
    molar = registry.Quantity(analyte.molar_mass, "gram/mole")
    for moved in (source / molar, source * molar):
        if moved.dimensionality == goal.dimensionality:
            return _decimal(moved.to(two).magnitude)
    return None


def _decimal(magnitude: object) -> Decimal:
    """Round away the tail that division by a molar mass leaves; 12 significant digits exceed any sheet."""
    number = magnitude if isinstance(magnitude, Decimal) else Decimal(str(magnitude))
    if number == 0:
        return Decimal(0)
    return round(number, 11 - number.adjusted())
