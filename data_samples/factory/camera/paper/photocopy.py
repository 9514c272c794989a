"""A photocopy: no colour, hard contrast, swollen strokes, dirt of the glass, dark edges where the lid stood open."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import grain, smooth, spread
from data_samples.factory.camera.shot import Leaf

__all__ = ["photocopy"]


def photocopy(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Copy the sheet. Strength sets how poor the copier is."""
    width, height = leaf.size
    grey = cv2.cvtColor(leaf.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.35 + 0.045 * strength * leaf.per_mm), np.float32)
    # Copiers see red as dark grey and lose pale tints.
    uneven = spread(smooth(width, height, 50 * leaf.per_mm, rng), width, height)
    level = 150 + 8 * strength * uneven
    sharp = 1 / (1 + np.exp(-(grey - level) / (60 - 38 * strength)))
    low, high = 1 / (1 + np.exp(150 / (60 - 38 * strength))), 1 / (1 + np.exp(-105 / (60 - 38 * strength)))
    copied = np.clip((sharp - low) / (high - low), 0, 1) * 255
    out = grey + (copied - grey) * min(strength * 2, 1)
    out += strength * (
        4.0 * grain(width, height, rng, 1.5) * (out < 120) + 22 * (grain(width, height, rng, 2) > 2.2) * (out < 90)
    )
    out *= 1 - strength * _edges(width, height, leaf.per_mm, rng)
    image = np.clip(out, 0, 255).astype(np.uint8)
    _dirt(image, strength, leaf.per_mm, rng)
    return replace(leaf, image=np.repeat(image[..., None], 3, axis=2))


def _edges(width: int, height: int, per_mm: float, rng: np.random.Generator) -> np.ndarray:
    """Return darkness from 0 to 0.8 along one or two edges."""
    dark = np.zeros((height, width), np.float32)
    for side in rng.permutation(4)[: int(rng.integers(1, 3))]:
        depth = float(rng.uniform(1.0, 4.0)) * per_mm
        along = np.arange(width if side % 2 else height, dtype=np.float32)
        fall = np.exp(-np.clip((along if side < 2 else along[::-1]) - depth * 0.4, 0, None) / (depth * 0.35)) * 0.8
        dark = np.maximum(dark, fall[None] if side % 2 else fall[:, None])
    return dark


def _dirt(image: np.ndarray, strength: float, per_mm: float, rng: np.random.Generator) -> None:
    height, width = image.shape
    for _ in range(int(strength * rng.integers(40, 160))):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(
            image, at, max(int(abs(rng.normal(0, 0.13)) * per_mm), 0), (int(rng.integers(20, 150)),), -1, cv2.LINE_AA
        )
    for _ in range(int(rng.integers(0, 1 + round(3 * strength)))):
        # A scratch on the drum leaves a thin line down the page.
        x = int(rng.integers(width))
        column = image[:, x : x + 1].astype(np.float32)
        image[:, x : x + 1] = np.clip(column - strength * rng.uniform(15, 70), 0, 255).astype(np.uint8)
