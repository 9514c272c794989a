"""Does a page lie flat? Told from the boxes that detection found, which costs next to nothing."""

from __future__ import annotations

import numpy as np

from pipeline.reading.geometry import Quads, heights, widths

__all__ = ["lies_flat"]

_LONG = 3.0
"""Boxes this many times as long as high show their slope."""
_LEAST = 8
"""Fewer long boxes say nothing, and could not be followed either."""
_SPREAD = 0.013
"""Difference of slopes up to which a page is flat: a scan stays below 0.005, a careful photograph below 0.01."""
_SWOLLEN = 1.35
"""A box around a bent row is higher than its print: this much more than short boxes, and rows are bent."""


def lies_flat(quads: Quads) -> bool:
    """Return whether rows run straight and alike (or nothing can be told)."""
    if len(quads) == 0:
        return True
    long, high = widths(quads), heights(quads)
    usual = float(np.median(high))
    rows = (long > _LONG * high) & (high < 2.5 * usual) & (high > 0.4 * usual)
    if int(rows.sum()) < _LEAST:
        return True
    run = (quads[rows, 1] - quads[rows, 0]) + (quads[rows, 2] - quads[rows, 3])
    slopes = np.arctan2(run[:, 1], run[:, 0])
    order = np.argsort(slopes)
    share = np.cumsum(long[rows][order]) / long[rows].sum()
    low, high_end = (float(slopes[order][np.searchsorted(share, at)]) for at in (0.15, 0.85))
    if high_end - low > _SPREAD:
        return False
    very_long = rows & (long > 25 * usual)
    short = rows & (long < 10 * usual)
    if int(very_long.sum()) < 4 or int(short.sum()) < 4:
        return True
    return float(np.median(high[very_long])) < _SWOLLEN * float(np.median(high[short]))
