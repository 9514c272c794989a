"""Toner or ribbon that runs out: print gets lighter in bands, and specks of paper show through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data_samples.factory.camera.fields import grain, smooth, spread
from data_samples.factory.camera.shot import Leaf

__all__ = ["faint"]

_LEAST = 0.42
"""Share of its contrast that print keeps at strength 1: grey, but there."""


def faint(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Make the print lighter. Strength 1: it keeps between 42% and two thirds of its contrast."""
    width, height = leaf.size
    ribbon = rng.random() < 0.4
    uneven = 0.5 + 0.28 * smooth(width, height, 60 * leaf.per_mm, rng)
    if ribbon:
        # A worn ribbon fades by the row of print; a drum by the column.
        uneven += 0.22 * smooth(width, height, 5 * leaf.per_mm, rng).mean(axis=1, keepdims=True) * 6
    else:
        uneven += 0.22 * smooth(width, height, 22 * leaf.per_mm, rng).mean(axis=0, keepdims=True) * 3
    keep = 1 - strength * (1 - _LEAST) * (0.45 + 0.55 * np.clip(uneven, 0, 1))
    full = spread(np.asarray(keep, np.float32), width, height)
    full *= 1 - strength * 0.16 * (grain(width, height, rng, 1.6) > 1.1)
    ink = 255.0 - leaf.image
    return replace(leaf, image=np.asarray(255 - ink * full[..., None], dtype=np.uint8))
