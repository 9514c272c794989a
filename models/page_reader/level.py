"""Rows made level: how far a camera's tilt, perspective and a curled sheet move print up or down.

A row of a table that slopes by half a glyph over the page looks like the row below to whoever compares heights, and a
third of the cells of sheets really read lie so. What is looked for is one smooth surface for the page under which most
print stands at few heights: a slope that changes down the page, and a bow. Print that is level already stays as it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["sunk"]

Floats = NDArray[np.float64]

_FEWEST = 6
"""Lines below which a page tells nothing of its slope."""
_STEEPEST = 0.09
"""Slope that is looked for: about five degrees; steeper pages were turned level before."""
_FARTHEST = 8.0
"""And by no more than so many glyph heights at the edges, on either side."""
_NEAR = 0.25
"""Print stands level within so many glyph heights."""
_PRICE = 0.02
"""What the whole reach of a shape costs, in neighbours standing level for each line: without it noise would bend."""
_STEPS = (1.0, 0.4, 0.15)
_TRIES = np.linspace(-3, 3, 13)


def sunk(boxes: Floats, usual: float) -> Floats:
    """Return how far each box lies below its level place (lines x 4, same unit as ``boxes``).

    Args:
        boxes: x0, y0, x1, y1 of the lines.
        usual: height of the page's usual glyph.
    """
    count = len(boxes)
    if count < _FEWEST or usual <= 0:
        return np.zeros(count)
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2 / usual, (boxes[:, 1] + boxes[:, 3]) / 2 / usual
    half = max(float(np.ptp(x)) / 2, 1e-6)
    u, v = _centred(x), _centred(y)
    shapes = np.stack([u, u * v, u * u - 1 / 3, u * v * v])
    reach = min(half * _STEEPEST, _FARTHEST)
    bend = max(reach / 3, 1.0)
    reaches = np.array([reach, reach, bend, reach])

    def gain(tried: Floats) -> Floats:
        heights = np.sort(y - tried @ shapes, axis=1)
        level = np.exp(-((np.diff(heights, axis=1) / _NEAR) ** 2)).sum(axis=1)
        price: Floats = level - _PRICE * count * (np.abs(tried) / reaches).sum(axis=1)
        return price

    # A bow is half explained by a slope, and from there no single step finds it: slope, its change and bow are first
    # tried together.
    slopes = np.linspace(-reach, reach, int(2 * reach / 0.3) | 1)
    few = np.linspace(-1, 1, 5)
    together = np.meshgrid(slopes, 0.4 * reach * few, bend * few, [0.0])
    starts = [np.zeros((1, 4)), np.stack(together, -1).reshape(-1, 4)]
    best = np.concatenate(starts)
    best = best[int(gain(best).argmax())]
    for step in _STEPS:
        for axis in (1, 2, 0, 3, 1, 2, 0, 3):
            around = np.repeat(best[None], len(_TRIES), axis=0)
            around[:, axis] = np.clip(best[axis] + step * _TRIES, -reaches[axis], reaches[axis])
            best = around[int((gain(around) + 1e-9 * (_TRIES == 0)).argmax())]
    found: Floats = (best @ shapes) * usual
    return found


def _centred(values: Floats) -> Floats:
    """Stretch to -1 .. 1."""
    low, high = float(values.min()), float(values.max())
    stretched: Floats = (2 * values - low - high) / max(high - low, 1e-6)
    return stretched
