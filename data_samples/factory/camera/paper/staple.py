"""A staple in an upper corner, or the two rows of holes that it left."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.paper.space import is_clear
from data_samples.factory.camera.shot import Leaf

__all__ = ["staple"]


def staple(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Staple the sheet where nothing is printed. Strength sets how much the wire stands out."""
    width, height = leaf.size
    if strength <= 0:
        return leaf
    unit = leaf.per_mm
    for corner in rng.permutation(4)[:3]:
        x = float(rng.uniform(7, 13)) * unit
        y = float(rng.uniform(6, 12)) * unit
        x = x if corner % 2 == 0 else width - x
        y = y if corner < 2 else height - y
        if not is_clear(leaf.prints, (x - 6 * unit, y - 6 * unit, x + 6 * unit, y + 6 * unit)):
            continue
        slope = math.radians(float(rng.uniform(20, 60)) * (-1 if corner in (0, 3) else 1))
        return replace(leaf, image=_wire(leaf, x, y, slope, strength))
    return leaf


def _wire(leaf: Leaf, x: float, y: float, slope: float, strength: float) -> np.ndarray:
    unit = leaf.per_mm
    image = leaf.image.copy()

    def line(dx: float, dy: float, colour: int, thick: float) -> None:
        half = (math.cos(slope) * 5.5 * unit, math.sin(slope) * 5.5 * unit)
        ends = [(round((x + s * half[0] + dx) * 16), round((y + s * half[1] + dy) * 16)) for s in (-1, 1)]
        cv2.line(image, ends[0], ends[1], (colour, colour, colour), max(round(thick), 1), cv2.LINE_AA, 4)

    line(0.35 * unit, 0.5 * unit, 150, 0.8 * unit)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.6), np.uint8) if unit > 12 else image
    line(0, 0, 118, 0.65 * unit)
    line(-0.08 * unit, -0.1 * unit, 205, 0.25 * unit)
    blended = leaf.image.astype(np.float32) + (image.astype(np.float32) - leaf.image) * min(strength * 1.5, 1.0)
    return np.asarray(np.clip(blended, 0, 255), dtype=np.uint8)
