"""A screen photographed: coloured waves where its dots meet those of the sensor, a fine grid, a cold light."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from data_samples.factory.camera.fields import shade, smooth, spread
from data_samples.factory.camera.shot import Frame

__all__ = ["moire"]


def moire(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Lay moire over the picture. Strength 1: waves of a seventh of the brightness."""
    width, height = frame.size
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bend = spread(smooth(width, height, max(width, height) / 2.2, rng), width, height)
    waves = np.zeros((height, width, 3), np.float32)
    for _ in range(2):
        angle = float(rng.uniform(0, math.pi))
        period = float(rng.uniform(14, 70))
        phase = (xs * math.cos(angle) + ys * math.sin(angle)) * (2 * math.pi / period) + bend * float(
            rng.uniform(4, 14)
        )
        for channel in range(3):
            waves[..., channel] += np.sin(phase + channel * float(rng.uniform(0.5, 2.1)))
    grid = np.sin(xs * (2 * math.pi / 3.1)) * 0.35 + np.sin(ys * (2 * math.pi / 2.9)) * 0.5
    gain = 1 + strength * (0.055 * waves + 0.05 * grid[..., None])
    gain *= 1 + strength * np.array([-0.05, 0.0, 0.04], np.float32)
    return replace(frame, image=shade(frame.image, np.asarray(gain, np.float32)))
