"""Does a page lie flat? Told from the boxes that detection found, which costs next to nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.reading.geometry import Quads, heights, widths

__all__ = ["WORTH", "lies_flat", "wander"]

Array = npt.NDArray[np.float64]

WORTH = 0.4
"""Rows that wander less than this many lines from straight and parallel need no flattening."""
_GUESSED = 0.12
"""The same as guessed from boxes, which see a third to a half of it. Flat pages stay below 0.08."""
_LONG = 3.0
"""Boxes this many times as long as high show their slope."""
_LEAST = 8
"""Fewer long boxes say nothing, and could not be followed either."""
_SWOLLEN = 1.35
"""A box around a bent row is higher than its print: this much more than short boxes, and rows are bent."""
_SPREAD = np.array([1.0, 0.2, 0.2, 0.15, 0.1, 0.1, 0.1])
"""How large the coefficients of the slope may plausibly be; what the boxes do not show stays near zero."""


def lies_flat(quads: Quads) -> bool:
    """Return whether rows run straight and parallel (or nothing can be told)."""
    if len(quads) == 0:
        return True
    long, high = widths(quads), heights(quads)
    usual = float(np.median(high))
    rows = (long > _LONG * high) & (high < 2.5 * usual) & (high > 0.4 * usual)
    if int(rows.sum()) < _LEAST:
        return True
    centres = quads.mean(axis=1)
    if wander(centres[rows], _rise(quads[rows], long[rows], usual), usual) > _GUESSED:
        return False
    very_long = rows & (long > 25 * usual)
    short = rows & (long < 10 * usual)
    if int(very_long.sum()) < 4 or int(short.sum()) < 4:
        return True
    return float(np.median(high[very_long])) < _SWOLLEN * float(np.median(high[short]))


def wander(places: Array, shift: Array, line: float) -> float:
    """How far rows are from straight and parallel, in lines: what is left of their ``shift`` without a plane."""
    plane = np.column_stack([places, np.ones(len(places))])
    solved = np.linalg.lstsq(plane, shift, rcond=None)[0]
    return float(np.quantile(np.abs(shift - plane @ solved), 0.9)) / line


def _rise(quads: Quads, long: Array, usual: float) -> Array:
    """How far each box has come down or up along its row, by a low polynomial of the place through all slopes."""
    run = (quads[:, 1] - quads[:, 0]) + (quads[:, 2] - quads[:, 3])
    slope = run[:, 1] / np.maximum(run[:, 0], 1.0)
    centres = quads.mean(axis=1)
    middle, scale = centres.mean(axis=0), max(float(np.ptp(centres, axis=0).max()) / 2, 1.0)
    x, y = ((centres - middle) / scale).T
    terms = np.column_stack([np.ones_like(x), x, y, x**2, x * y, x**3, x**2 * y])
    sure = 0.1 * usual / long
    known = np.zeros(terms.shape[1])
    for _ in range(5):
        off = (slope - terms @ known) / sure
        weight = 1.0 / (sure * (1.0 + (off / max(2.0, 1.5 * float(np.median(np.abs(off))))) ** 2)) ** 2
        known = np.linalg.solve(
            terms.T @ (terms * weight[:, None]) + np.diag(1 / _SPREAD**2), terms.T @ (weight * slope)
        )
    whole = np.column_stack([x, x**2 / 2, x * y, x**3 / 3, x**2 * y / 2, x**4 / 4, x**3 * y / 3])
    return np.asarray(scale * (whole @ known), dtype=np.float64)
