"""The reflection of a lamp or of the phone's own light."""

from __future__ import annotations

import math

import numpy as np

from data_samples.factory.camera.fields import Grid, coordinates
from data_samples.factory.camera.shot import Frame

__all__ = ["burnt_out", "glare"]


def glare(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Add a bright spot. Strength 1: print in its middle keeps a third of its contrast, so that it can be read."""
    size = float(rng.uniform(0.10, 0.22))
    spot = np.asarray(_spot(frame, size, rng) * 0.62 * strength, np.float32)
    # Exposure follows the bright spot: all else gets darker.
    return frame.lit(np.full_like(spot, 1 - 0.22 * strength)).veiled(spot)


def burnt_out(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Burn out a third of the sheet and more: print there is gone at strength 1."""
    spot = _spot(frame, float(rng.uniform(0.42, 0.55)), rng)
    core = np.clip(spot * 2.6, 0, 1) ** 0.7
    return frame.lit(np.full_like(core, 1 - 0.25 * strength)).veiled(np.asarray(core * strength, np.float32))


def _spot(frame: Frame, size: float, rng: np.random.Generator) -> Grid:
    """Return a soft spot on the first sheet, 1 in its middle; ``size`` is a share of the sheet's extent."""
    xs, ys = coordinates(*frame.size)
    box = frame.corners[0]
    weights = rng.dirichlet([2.0] * 4)
    middle = weights @ box
    extent = float(np.linalg.norm(box[2] - box[0])) * size
    angle = float(rng.uniform(0, math.pi))
    long = float(rng.uniform(1.0, 1.8))
    along = ((xs - middle[0]) * math.cos(angle) + (ys - middle[1]) * math.sin(angle)) / (extent * long)
    across = ((ys - middle[1]) * math.cos(angle) - (xs - middle[0]) * math.sin(angle)) / extent
    away = np.hypot(along, across)
    return np.asarray(0.75 * np.exp(-(away**2) * 1.6) + 0.25 / (1 + (away * 1.4) ** 4), np.float32)
