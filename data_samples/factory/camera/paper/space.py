"""Where there is print, so that what would cover it is put elsewhere."""

from __future__ import annotations

import numpy as np

from data_samples.factory.camera.fields import Points

__all__ = ["is_clear", "pick"]

Area = tuple[float, float, float, float]


def is_clear(prints: Points, area: Area) -> bool:
    """Return whether no outline reaches into ``area`` (x0, y0, x1, y1)."""
    if not len(prints):
        return True
    low, high = prints.min(axis=1), prints.max(axis=1)
    apart = (high[:, 0] < area[0]) | (low[:, 0] > area[2]) | (high[:, 1] < area[1]) | (low[:, 1] > area[3])
    return bool(apart.all())


def pick(prints: Points, count: int, rng: np.random.Generator) -> list[Area]:
    """Return the enclosing boxes (pixels) of ``count`` outlines drawn at random."""
    if not len(prints):
        return []
    chosen = rng.permutation(len(prints))[:count]
    low, high = prints.min(axis=1), prints.max(axis=1)
    return [(float(low[k, 0]), float(low[k, 1]), float(high[k, 0]), float(high[k, 1])) for k in chosen]
