"""Tea rings, drops and dried water. Print stays readable under them: they only tint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data_samples.factory.camera.fields import Grid, coordinates, lit, smooth
from data_samples.factory.camera.shot import Leaf, raised

__all__ = ["stain"]

_TEA = (0.80, 0.62, 0.38)
_WATER = (0.93, 0.90, 0.83)


def stain(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Spill something. Strength 1: several deep spots."""
    width, height = leaf.size
    xs, ys = coordinates(width, height)
    tint = np.ones((*xs.shape, 3), np.float32)
    swell = np.zeros_like(xs)
    for _ in range(int(rng.integers(1, 3 + round(2 * strength)))):
        tea = rng.random() < 0.55
        radius = float(rng.uniform(8, 38 if tea else 70)) * leaf.per_mm
        centre = rng.uniform(0, 1, 2) * [width, height]
        inside = _blot(xs, ys, centre, radius, width, height, rng)
        rim = np.exp(-(((inside - 0.0) / 0.035) ** 2))
        body = 1 / (1 + np.exp(-np.clip(inside, -1, 1) / 0.02))
        if tea and rng.random() < 0.35:
            # The foot of a cup: a ring, open somewhere.
            body *= np.exp(-(((inside - 0.06) / 0.05) ** 2))
        amount = strength * (0.55 * body + 0.5 * rim * body.clip(0.3, 1))
        colour = np.array(_TEA if tea else _WATER, np.float32)
        tint *= 1 - (1 - colour) * np.clip(amount, 0, 1)[..., None]
        swell += (body * strength * 0.6 * leaf.per_mm).astype(np.float32)
    stained = replace(leaf, image=lit(leaf.image, tint))
    cockle = swell * smooth(width, height, 14 * leaf.per_mm, rng)
    return raised(stained, np.asarray(cockle - cockle.min(), np.float32))


def _blot(
    xs: Grid, ys: Grid, centre: np.ndarray, radius: float, width: int, height: int, rng: np.random.Generator
) -> Grid:
    """Return how far inside an irregular blot each node lies: 1 in the middle, 0 at its rim, negative outside."""
    ragged = 0.10 * smooth(width, height, radius * 0.7, rng) + 0.03 * smooth(width, height, radius * 0.15, rng)
    away = np.hypot(xs - centre[0], (ys - centre[1]) * float(rng.uniform(0.8, 1.25))) / radius
    return np.asarray(1 - away + ragged, dtype=np.float32)
