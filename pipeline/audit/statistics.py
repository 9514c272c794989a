"""The few statistics that the questions need, each with its source; counts in, numbers out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.intervals import Z95, Interval

__all__ = ["ControlPoint", "Funnel", "Kappa", "control", "funnel", "kappa"]

Z998 = 3.090232


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of two judges."""

    total: int
    agreement: float
    """Share on which they agree."""
    value: float | None
    """None where chance alone agrees fully (both say one and the same of every case)."""
    interval: Interval | None


def kappa(table: Mapping[tuple[str, str], int], z: float = Z95) -> Kappa | None:
    """Agreement beyond chance from counts by (first judge, second judge); None without cases.

    The interval takes the large-sample variance of Fleiss, Cohen and Everitt (1969, eq. 13); it needs independent
    cases, so count each application once.
    """
    total = sum(table.values())
    if total <= 0:
        return None
    words = sorted({word for pair in table for word in pair})
    p = {(a, b): table.get((a, b), 0) / total for a in words for b in words}
    row = {a: sum(p[a, b] for b in words) for a in words}
    column = {b: sum(p[a, b] for a in words) for b in words}
    agreed = sum(p[a, a] for a in words)
    chance = sum(row[a] * column[a] for a in words)
    if chance >= 1 - 1e-12:
        return Kappa(total, agreed, None, None)
    value = (agreed - chance) / (1 - chance)
    first = sum(p[a, a] * (1 - (row[a] + column[a]) * (1 - value)) ** 2 for a in words)
    second = (1 - value) ** 2 * sum(p[a, b] * (column[a] + row[b]) ** 2 for a in words for b in words if a != b)
    third = (value - chance * (1 - value)) ** 2
    error = math.sqrt(max(0.0, first + second - third) / total) / (1 - chance)
    return Kappa(total, agreed, value, Interval(max(-1.0, value - z * error), min(1.0, value + z * error)))


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """One month of a control chart."""

    share: float | None
    centre: float
    low: float
    high: float
    signal: str
    """``high`` or ``low``: beyond its limit; ``run``: the eighth or later in a row on one side; else empty."""


def control(counts: Sequence[int], totals: Sequence[int], baseline: int) -> list[ControlPoint]:
    """Laney's p' chart: shares by month against limits of three sigma that the first ``baseline`` months set.

    A plain p chart cries wolf where months are large and differ a little anyway; Laney (2002) widens the limits by how
    much the baseline's months differ beyond chance (never narrows them here). Months of the baseline that lie beyond
    the limits themselves do not set them, as long as half of them are left.
    """
    known = [(c, n) for c, n in zip(counts[:baseline], totals[:baseline], strict=True) if n]
    least = max(2, len(known) // 2)
    while True:
        centre, widening = _limits(known)
        inside = [(c, n) for c, n in known if abs(c / n - centre) <= _half(centre, widening, n)]
        if len(inside) == len(known) or len(inside) < least:
            break
        known = inside
    points: list[ControlPoint] = []
    side = run = 0
    for c, n in zip(counts, totals, strict=True):
        if not n or math.isnan(centre):
            points.append(ControlPoint(c / n if n else None, centre, math.nan, math.nan, ""))
            continue
        share, half = c / n, _half(centre, widening, n)
        low, high = max(0.0, centre - half), min(1.0, centre + half)
        now = (share > centre) - (share < centre)
        run = run + 1 if now and now == side else abs(now)
        side = now
        signal = "high" if share > high else "low" if share < low else "run" if run >= 8 else ""
        points.append(ControlPoint(share, centre, low, high, signal))
    return points


def _limits(known: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Centre line, and how much wider than by chance the months differ."""
    size = sum(n for _, n in known)
    if not size:
        return math.nan, 1.0
    centre = sum(c for c, _ in known) / size
    spread = centre * (1 - centre)
    scores = [(c / n - centre) / math.sqrt(spread / n) if spread else 0.0 for c, n in known]
    moves = [abs(b - a) for a, b in pairwise(scores)]
    return centre, max(1.0, sum(moves) / len(moves) / 1.128) if moves else 1.0


def _half(centre: float, widening: float, total: int) -> float:
    return 3 * widening * math.sqrt(centre * (1 - centre) / total)


@dataclass(frozen=True, slots=True)
class Funnel:
    """One institution against what its mix of cases lets expect."""

    ratio: float
    """Observed to expected."""
    low95: float
    high95: float
    low998: float
    high998: float
    signal: str
    """``high`` or ``low``: beyond the limits of 99.8%; ``watch``: beyond those of 95% alone, which one in twenty is by
    chance; else empty."""


def funnel(observed: Sequence[int], expected: Sequence[float], variance: Sequence[float]) -> list[Funnel]:
    """Funnel limits around a ratio of one (Spiegelhalter 2005), widened for differences that all of them have.

    Args:
        expected: sum over the institution's cases of the probability that the mix lets expect.
        variance: sum of p(1-p) over them.
    """
    scores = [(o - e) / math.sqrt(v) if v > 0 else 0.0 for o, e, v in zip(observed, expected, variance, strict=True)]
    widening = math.sqrt(max(1.0, _winsorised(scores)))
    found = []
    for o, e, v in zip(observed, expected, variance, strict=True):
        if e <= 0:
            found.append(Funnel(math.nan, math.nan, math.nan, math.nan, math.nan, ""))
            continue
        half = widening * math.sqrt(v) / e
        ratio = o / e
        low95, high95 = max(0.0, 1 - Z95 * half), 1 + Z95 * half
        low998, high998 = max(0.0, 1 - Z998 * half), 1 + Z998 * half
        signal = "high" if ratio > high998 else "low" if ratio < low998 else ""
        if not signal and not low95 <= ratio <= high95:
            signal = "watch"
        found.append(Funnel(ratio, low95, high95, low998, high998, signal))
    return found


def _winsorised(scores: Sequence[float]) -> float:
    """Mean square with the outer tenths pulled in: outliers must not widen the limits that should show them."""
    if len(scores) < 5:
        return 1.0
    ordered = sorted(scores)
    cut = max(1, len(ordered) // 10)
    low, high = ordered[cut], ordered[-cut - 1]
    return sum(min(max(s, low), high) ** 2 for s in ordered) / len(ordered)
