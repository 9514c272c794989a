"""A fax: black or white at 200 dots an inch, ragged strokes, rows lost on the line."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import grain, smooth, spread
from data_samples.factory.camera.shot import Leaf

__all__ = ["fax"]

_DOTS = 203 / 25.4
"""Dots per millimetre in "fine" mode, in which characters survive."""


def fax(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Send the sheet by fax. Strength sets noise and lost rows; 0 is a clean line."""
    width, height = leaf.size
    scale = min(_DOTS / leaf.per_mm, 1.0)
    small = cv2.resize(leaf.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    tall, wide = grey.shape
    noisy = grey + strength * (26 * grain(wide, tall, rng, 1.3) + 10 * spread(smooth(wide, tall, 40, rng), wide, tall))
    bits = np.where(noisy > 158, 255, 0).astype(np.float32)
    for _ in range(int(rng.binomial(14, min(strength, 1)))):
        # A damaged row repeats the one above it.
        row = int(rng.integers(1, tall))
        start = int(rng.integers(0, wide))
        end = min(wide, start + int(rng.integers(wide // 8, wide)))
        bits[row, start:end] = bits[row - 1, start:end]
    for _ in range(int(rng.binomial(5, min(strength, 1)))):
        row = int(rng.integers(0, tall))
        bits[row, int(rng.integers(0, wide // 2)) :] = float(rng.choice([0, 255]))
    bits[(grain(wide, tall, rng) > 4.2 - 0.9 * strength)] = 0
    big = cv2.resize(bits, (width, height), interpolation=cv2.INTER_LINEAR)
    out = cv2.cvtColor(leaf.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    out += (big - out) * min(strength * 4, 1)
    image = np.clip(out, 0, 255).astype(np.uint8)
    return replace(leaf, image=np.repeat(image[..., None], 3, axis=2))
