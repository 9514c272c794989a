"""Units of thresholds: written as printed in the clause, converted once at load to the canonical unit.

A small table of its own instead of pint: rules name a dozen units, and a unit outside the table must stop the loader.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from rules.vocabulary.schema import Analyte

__all__ = ["Quantity", "UnitError", "convert", "fold_unit", "parse_quantity", "show_unit", "to_canonical"]

Quantity = tuple[Decimal, str]


class UnitError(ValueError):
    """A unit is unknown or does not convert; the message is Chinese."""


_FOLD = str.maketrans({"μ": "u", "µ": "u", "㎡": "m2", "²": "2", "³": "3", "×": "", "·": ".", "％": "%"} | {"⁹": "^9"})
_PREFIX = {"": 0, "k": 3, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
_SIMPLE = re.compile(r"(k|d|c|m|u|n|p|f)?(mol|g|l|m|iu|u)")


@lru_cache(maxsize=1024)
def fold_unit(unit: str) -> str:
    """Fold ways to write one unit: ``μmol/L`` and ``umol/l`` are the same, so are ``×10^9/L`` and ``10*9/L``."""
    text = unit.translate(_FOLD).replace(" ", "").replace("{", "").replace("}", "").replace("_", "").lower()
    text = re.sub(r"^x?10[\^*]?(\d+)", r"10*\1", text)
    return re.sub(r"\(?1\.73m\^?2\)?", "1.73m2", text)


def show_unit(unit: str) -> str:
    """Return ``unit`` as people print it."""
    shown = {"umol/l": "μmol/L", "10*9/l": "×10⁹/L", "10*12/l": "×10¹²/L", "ml/min/1.73m2": "ml/min/1.73m²"}
    return shown.get(fold_unit(unit), unit)


def parse_quantity(text: str | int | float | Decimal) -> Quantity:
    """Split ``707 μmol/L`` into number and unit; a bare number has the unit ``""``.

    Raises:
        UnitError: there is no number.
    """
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)(?:\s+(\S.*?)|([^\d.\s].*?))?\s*", str(text))
    if match is None:
        raise UnitError(f"“{text}”不是带单位的数，写法如 707 μmol/L")
    try:
        return Decimal(match.group(1)), match.group(2) or match.group(3) or ""
    except InvalidOperation as error:  # pragma: no cover - the pattern admits numbers only
        raise UnitError(f"“{text}”不是数") from error


def _dimension(part: str) -> tuple[str, int] | None:
    match = _SIMPLE.fullmatch(part)
    if match is None:
        return None
    return match.group(2), _PREFIX[match.group(1) or ""]


def convert(value: Decimal, unit: str, target: str, *, molar_mass: Decimal | None = None) -> Decimal:
    """Convert between simple units and fractions of them, with the molar mass between amount and mass.

    Raises:
        UnitError: the two do not measure the same thing, or one is not in the table.
    """
    source, wanted = fold_unit(unit), fold_unit(target)
    if source == wanted:
        return value
    one, other = source.split("/"), wanted.split("/")
    exponent = 0
    factor = Decimal(1)
    if len(one) != len(other):
        raise UnitError(f"单位 {unit} 不能换算成 {target}")
    for index, (a, b) in enumerate(zip(one, other, strict=True)):
        if a == b:
            continue
        left, right = _dimension(a), _dimension(b)
        if left is None or right is None:
            raise UnitError(f"单位 {unit} 不能换算成 {target}")
        sign = 1 if index == 0 else -1
        exponent += sign * (left[1] - right[1])
        if left[0] == right[0]:
            continue
        if molar_mass is None or {left[0], right[0]} != {"g", "mol"}:
            raise UnitError(f"单位 {unit} 不能换算成 {target}")
        # Grams above the line become amounts by dividing; below the line it is the other way round.
        factor = factor / molar_mass if (left[0] == "g") == (sign == 1) else factor * molar_mass
    return value * factor * Decimal(10) ** exponent


def to_canonical(value: Decimal, unit: str, analyte: Analyte) -> Decimal:
    """Convert a threshold or a result to the canonical unit of ``analyte``.

    Raises:
        UnitError: no way to convert.
    """
    target = analyte.unit or ""
    if fold_unit(unit) == fold_unit(target):
        return value
    for name, factor in analyte.factor.items():
        if fold_unit(name) == fold_unit(unit):
            return value * factor
    if fold_unit(unit) == "ml/min" and fold_unit(target) == "ml/min/1.73m2":
        # Clauses write GFR in ml/min and mean the normalised value that laboratories print.
        return value
    try:
        return convert(value, unit, target, molar_mass=analyte.molar_mass)
    except UnitError:
        wanted = target or "（无）"
        raise UnitError(f"{analyte.name}的标准单位是 {wanted}，“{unit or '（未写单位）'}”换算不了") from None
