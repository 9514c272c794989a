"""How sure a share is: the interval of Wilson, for evaluation, audit and whatever else counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Z95", "Interval", "wilson"]

Z95 = 1.959964
"""Standard deviations either way that hold 95% of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


def wilson(part: float, whole: float, z: float = Z95) -> Interval | None:
    """Return the interval of a share (Wilson 1927), which holds for small numbers and for none or all.

    ``whole`` may be an effective size and so no whole number. A rate above 1 (more edits than characters) counts as 1.

    Returns:
        None where nothing was counted: what that means is the caller's to say.
    """
    if whole <= 0:
        return None
    p = min(1.0, max(0.0, part / whole))
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return Interval(0.0 if p == 0 else max(0.0, middle - half), 1.0 if p == 1 else min(1.0, middle + half))
