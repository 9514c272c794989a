"""Print of the other side that shows through thin paper, mirrored."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import shade
from data_samples.factory.camera.shot import Leaf

__all__ = ["bleed_through"]


def bleed_through(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Let a mirrored page shine through. Strength 1: a fifth of its ink."""
    back = cv2.cvtColor(leaf.image[:, ::-1], cv2.COLOR_RGB2GRAY)
    if rng.random() < 0.5:
        back = np.ascontiguousarray(back[::-1])
    shift = rng.uniform(-12, 12, 2) * leaf.per_mm
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], dtype=np.float64)
    back = cv2.warpAffine(back, matrix, leaf.size, borderValue=(255,))
    soft = cv2.GaussianBlur(back, (0, 0), 0.25 * leaf.per_mm)
    return replace(leaf, image=shade(leaf.image, np.asarray(1 - strength * 0.2 * (1 - soft / 255.0), np.float32)))
