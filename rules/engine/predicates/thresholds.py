"""Comparing a printed number with a threshold, aware of ``<`` and ``>`` in the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from pydantic import model_validator

from rules.engine.predicates.base import Params
from rules.engine.units import parse_quantity, show_unit

__all__ = ["Threshold", "ThresholdParams", "compare"]

_SIGNS = {"at_least": "≥", "at_most": "≤", "above": ">", "below": "<"}


class ThresholdParams(Params):
    """Exactly one of four bounds, with its unit: ``at_least: 707 μmol/L``."""

    at_least: str | int | float | None = None
    at_most: str | int | float | None = None
    above: str | int | float | None = None
    below: str | int | float | None = None

    def bounds(self) -> dict[str, str | int | float]:
        given = {name: getattr(self, name) for name in _SIGNS}
        return {name: value for name, value in given.items() if value is not None}

    @model_validator(mode="after")
    def _one_bound(self) -> ThresholdParams:
        if len(self.bounds()) > 1:
            raise ValueError("只能写 at_least、at_most、above、below 中的一个")
        for value in self.bounds().values():
            parse_quantity(value)
        return self


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound in the canonical unit, and as the clause writes it."""

    sign: str
    value: Decimal
    shown: str

    @classmethod
    def of(cls, params: ThresholdParams, to_canonical: Callable[[Decimal, str], Decimal]) -> Threshold:
        """Raises UnitError (a ValueError) when the unit does not convert."""
        ((name, text),) = params.bounds().items()
        number, unit = parse_quantity(text)
        sign = _SIGNS[name]
        shown = f"{sign} {number}{'' if unit in ('', '%') else ' '}{show_unit(unit) if unit else ''}"
        return cls(sign, to_canonical(number, unit), shown)


def compare(value: Decimal, comparator: str | None, threshold: Threshold) -> bool | None:
    """Return whether the result satisfies the threshold; None when the printed ``<`` or ``>`` leaves it open.

    ``>707`` satisfies ``≥ 707``; ``>600`` leaves ``≥ 707`` open; ``<0.5`` fails ``≥ 1``.
    """
    if not value.is_finite():
        return None
    bound, sign = threshold.value, threshold.sign
    comparator = {"≥": ">=", "≤": "<=", "＜": "<", "＞": ">"}.get(comparator or "", comparator)
    if not comparator:
        return {"≥": value >= bound, "≤": value <= bound, ">": value > bound, "<": value < bound}[sign]
    if comparator not in ("<", "<=", ">", ">="):
        return None
    upward = comparator in (">", ">=")
    strict = comparator in ("<", ">")
    if sign in ("≥", ">"):
        if upward:
            sure = value > bound or (value == bound and (strict or sign == "≥"))
            return True if sure else None
        fails = value < bound or (value == bound and (strict or sign == ">"))
        return False if fails else None
    if not upward:
        sure = value < bound or (value == bound and (strict or sign == "≤"))
        return True if sure else None
    fails = value > bound or (value == bound and (strict or sign == "<"))
    return False if fails else None
