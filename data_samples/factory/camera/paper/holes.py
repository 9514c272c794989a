"""Holes of a paper punch along one margin. They show what lies below; print is never punched."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.paper.space import is_clear
from data_samples.factory.camera.shot import Leaf

__all__ = ["holes"]


def holes(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Punch two to four holes of up to 6 mm. Strength sets their size; a margin with print is left alone."""
    width, height = leaf.size
    radius = strength * 3.0 * leaf.per_mm
    if radius < 1:
        return leaf
    count = int(rng.choice([2, 2, 3, 4]))
    inset = float(rng.uniform(8, 13)) * leaf.per_mm
    gap = 80 * leaf.per_mm if count != 3 else 108 * leaf.per_mm
    for side in rng.permutation(3):
        long = height if side < 2 else width
        middle = long / 2 + float(rng.uniform(-6, 6)) * leaf.per_mm
        space = min(gap, long * 0.8 / count)
        places = [middle + (k - (count - 1) / 2) * space for k in range(count)]
        centres = [
            (inset, place) if side == 0 else (width - inset, place) if side == 1 else (place, inset) for place in places
        ]
        reach = radius + leaf.per_mm
        if all(is_clear(leaf.prints, (x - reach, y - reach, x + reach, y + reach)) for x, y in centres):
            return _punched(leaf, centres, radius)
    return leaf


def _punched(leaf: Leaf, centres: list[tuple[float, float]], radius: float) -> Leaf:
    width, height = leaf.size
    mask = np.full((height, width), 255, np.uint8) if leaf.mask is None else leaf.mask.copy()
    image = leaf.image.copy()
    for x, y in centres:
        at = (round(x * 16), round(y * 16))
        # The rim is pressed in: a little darker than the paper.
        cv2.circle(image, at, round((radius + 0.35 * leaf.per_mm) * 16), (205, 205, 205), -1, cv2.LINE_AA, 4)
        cv2.circle(mask, at, round(radius * 16), (0,), -1, cv2.LINE_AA, 4)
    return replace(leaf, image=image, mask=mask)
