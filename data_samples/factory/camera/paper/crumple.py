"""A sheet that was crushed and smoothed out: flat facets that meet in sharp ridges."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.interpolate import LinearNDInterpolator

from data_samples.factory.camera.fields import Grid, coordinates, smooth
from data_samples.factory.camera.shot import Leaf, raised

__all__ = ["crumple"]


def crumple(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Crush the sheet. Strength 1: ridges of about 5 mm."""
    width, height = leaf.size
    area = width * height / leaf.per_mm**2
    relief = _facets(width, height, int(area / 900), rng) * 3.2
    relief += _facets(width, height, int(area / 160), rng) * 0.8
    # Some parts of a sheet are crushed more than others.
    where = np.clip(0.7 + 0.35 * smooth(width, height, max(width, height) / 3, rng), 0.15, 1.4)
    relief = cv2.GaussianBlur(relief * where, (0, 0), 0.7) * strength * leaf.per_mm
    slack = 0.5 * leaf.per_mm * strength
    shift = np.stack([smooth(width, height, 45 * leaf.per_mm, rng) * slack for _ in range(2)], axis=-1)
    return raised(leaf, np.asarray(relief - relief.min(), np.float32), np.asarray(shift, np.float32))


def _facets(width: int, height: int, count: int, rng: np.random.Generator) -> Grid:
    """Return triangles between ``count`` points of random height (deviation 1), on the grid."""
    points = rng.uniform(-0.1, 1.1, (max(count, 12), 2)) * [width, height]
    frame = np.array([[-0.3, -0.3], [1.3, -0.3], [-0.3, 1.3], [1.3, 1.3]]) * [width, height]
    places = np.concatenate([points, frame])
    heights = rng.standard_normal(len(places))
    xs, ys = coordinates(width, height)
    return np.asarray(LinearNDInterpolator(places, heights)(xs, ys), dtype=np.float32)
