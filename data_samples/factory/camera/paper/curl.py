"""A sheet that will not lie flat: arched, rolled up at one side, or waved, along one axis (a cylinder)."""

from __future__ import annotations

import math

import numpy as np

from data_samples.factory.camera.fields import coordinates
from data_samples.factory.camera.shot import Leaf, raised

__all__ = ["curl"]


def curl(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Bend the sheet. Strength 1: it rises by a sixth of its extent."""
    width, height = leaf.size
    xs, ys = coordinates(width, height)
    upright = rng.random() < 0.65
    angle = math.radians(float(rng.normal(0, 7)) + (0.0 if upright else 90.0))
    along = (math.cos(angle), math.sin(angle))
    extent = abs(along[0]) * width + abs(along[1]) * height
    place = ((xs - width / 2) * along[0] + (ys - height / 2) * along[1]) / extent
    rise = strength * 0.17 * extent
    way = int(rng.integers(3))
    table = np.linspace(-0.55, 0.55, 221)
    side = 1.0 if rng.random() < 0.5 else -1.0
    if way == 0:
        profile = rise * np.cos(np.pi * table)
    elif way == 1:
        profile = rise * 1.3 * np.clip(side * table + 0.25, 0, None) ** 2 / 0.75**2
    else:
        profile = rise * 0.45 * np.sin(2 * np.pi * table * float(rng.uniform(0.8, 1.3)) + float(rng.uniform(0, 6.3)))
    profile -= profile.min()
    relief = np.interp(place, table, profile).astype(np.float32)
    # Seen from above a slope is shorter than its paper: print moves towards the middle.
    steep = np.gradient(profile, table * extent)
    short = np.cumsum(1 - np.sqrt(np.clip(1 - steep**2, 0.2, 1))) * (table[1] - table[0]) * extent
    short -= np.interp(0.0, table, short)
    inward = -np.interp(place, table, short).astype(np.float32)
    shift = np.stack([inward * along[0], inward * along[1]], axis=-1).astype(np.float32)
    return raised(leaf, relief, shift)
