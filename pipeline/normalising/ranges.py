"""Uses the printed reference range as a witness: of the unit, and of which of two homonyms a row means (hazard H7)."""

from __future__ import annotations

from decimal import Decimal

from rules.engine.facts import LabResult
from rules.vocabulary.lookup import convert, known_units, read_unit
from rules.vocabulary.schema import Analyte

__all__ = ["fits_typical", "fits_typical_in", "range_distance", "unit_by_range"]

_NEAR = Decimal("2.2")
_FAR = Decimal(4)


def range_distance(result: LabResult, analyte: Analyte, unit: str) -> Decimal | None:
    """Return the ratio (>= 1) by which the printed range, read in ``unit``, is off the typical one at its worse end.

    None when there is nothing to compare.
    """
    if analyte.typical is None:
        return None
    ratios: list[Decimal] = []
    for printed, typical in zip((result.reference_low, result.reference_high), analyte.typical, strict=True):
        if printed is None or printed <= 0 or typical <= 0:
            continue
        value = convert(printed, unit, analyte)
        if value is None or value <= 0:
            return None
        ratios.append(max(value / typical, typical / value))
    return max(ratios, default=None)


def fits_typical_in(result: LabResult, analyte: Analyte, unit: str) -> bool | None:
    """Compare the printed range, read in ``unit``, with the analyte's typical one.

    True: both ends (or the one printed) are near; False: an end is far off; None: nothing to compare or in between.
    """
    distance = range_distance(result, analyte, unit)
    if distance is None:
        return None
    return True if distance <= _NEAR else (False if distance >= _FAR else None)


def fits_typical(result: LabResult, analyte: Analyte) -> bool | None:
    """Like :func:`fits_typical_in`, in the unit printed, or in the one unit that the range itself calls for."""
    if analyte.unit is None:
        return None
    read = read_unit(result.unit, analyte)
    fits = fits_typical_in(result, analyte, read.unit) if read else None
    return True if fits is not True and unit_by_range(result, analyte) else fits


def unit_by_range(result: LabResult, analyte: Analyte) -> str | None:
    """Return the one unit of the analyte in which the printed range is its typical one; None for none or several."""
    fits = [unit for unit in known_units(analyte) if fits_typical_in(result, analyte, unit)]
    sizes = {unit: convert(Decimal(1), unit, analyte) for unit in fits}
    # Two names of one size (ng/mL and ug/L) are one unit.
    return fits[0] if fits and len(set(sizes.values())) == 1 else None
