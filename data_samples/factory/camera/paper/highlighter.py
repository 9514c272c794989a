"""A marker pen over lines of text: colour that paper takes and print keeps out of."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import shade
from data_samples.factory.camera.paper.space import pick
from data_samples.factory.camera.shot import Leaf

__all__ = ["highlighter"]

_COLOURS = ((1.0, 0.97, 0.32), (0.62, 1.0, 0.50), (1.0, 0.66, 0.78), (1.0, 0.80, 0.42), (0.60, 0.90, 1.0))


def highlighter(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Mark one to five lines. Strength sets colour and number."""
    width, height = leaf.size
    colour = np.array(_COLOURS[int(rng.integers(len(_COLOURS)))], np.float32)
    layer = np.zeros((height, width), np.uint8)
    for x0, y0, x1, y1 in pick(leaf.prints, 1 + round(4 * strength), rng):
        size = y1 - y0
        drop = float(rng.normal(0, 0.15)) * size
        middle = (y0 + y1) / 2 + float(rng.normal(0, 0.1)) * size
        ends = [
            (round((x0 - 0.3 * size) * 16), round(middle * 16)),
            (round((x1 + 0.3 * size) * 16), round((middle + drop) * 16)),
        ]
        cv2.line(layer, ends[0], ends[1], (255,), max(round(size * float(rng.uniform(0.8, 1.15))), 2), cv2.LINE_AA, 4)
    rough = cv2.resize(rng.random((height // 3 + 1, width // 40 + 1), dtype=np.float32), (width, height))
    amount = cv2.GaussianBlur(layer, (0, 0), 0.25 * leaf.per_mm).astype(np.float32) / 255 * (0.72 + 0.28 * rough)
    gain = 1 - (1 - colour) * (amount * min(strength * 1.3, 1.0))[..., None]
    return replace(leaf, image=shade(leaf.image, np.asarray(gain, np.float32)))
