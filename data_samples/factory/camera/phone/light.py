"""Light on the scene: falling off to one side, weak, tinted."""

from __future__ import annotations

import math

import numpy as np

from data_samples.factory.camera.fields import coordinates
from data_samples.factory.camera.shot import Frame

__all__ = ["low_light", "too_dark", "uneven_light", "white_balance"]

_CASTS = ((1.06, 1.0, 0.74), (1.03, 0.99, 0.86), (0.86, 0.97, 1.05), (0.95, 1.02, 0.90), (1.04, 0.94, 0.98))
"""Tungsten, warm LED, shade, fluorescent tube, mixed."""


def uneven_light(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Let light fall off to one side, as from a window or a lamp. Strength 1: the far corner gets a third."""
    width, height = frame.size
    xs, ys = coordinates(width, height)
    angle = float(rng.uniform(0, 2 * math.pi))
    if rng.random() < 0.5:
        ramp = (xs / width - 0.5) * math.cos(angle) + (ys / height - 0.5) * math.sin(angle)
        fall = 0.5 + 0.9 * ramp
    else:
        lamp = np.array([0.5 + 0.7 * math.cos(angle), 0.5 + 0.7 * math.sin(angle)])
        away = np.hypot(xs / width - lamp[0], ys / height - lamp[1])
        fall = 1 - 1 / (1 + (away / 0.8) ** 2)
    fall = np.clip(fall, 0, 1)
    gain = 1.03 - 0.42 * strength * fall
    tint = 1 + strength * 0.10 * (fall - 0.5)[..., None] * np.array(rng.uniform(-1, 1, 3), np.float32)
    return frame.lit(np.asarray(gain[..., None] * tint, np.float32))


def low_light(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Darken as the automatic exposure does when it gives up. Strength 1: paper at about 45% of its level."""
    xs, ys = coordinates(*frame.size)
    corner = np.hypot(xs / frame.size[0] - 0.5, ys / frame.size[1] - 0.5)
    return frame.lit(np.asarray((1 - 0.5 * strength) * (1 - 0.25 * strength * corner), np.float32))


def too_dark(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Leave next to no light. Strength 1: paper at a tenth of its level, lost in noise."""
    xs, _ = coordinates(*frame.size)
    return frame.lit(np.full_like(xs, 1 - 0.90 * strength))


def white_balance(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Tint the picture by its light. Strength 1: orange tungsten or blue shade."""
    xs, _ = coordinates(*frame.size)
    cast = np.array(_CASTS[int(rng.integers(len(_CASTS)))], np.float32)
    gain = 1 + (cast - 1) * strength
    return frame.lit(np.broadcast_to(gain, (*xs.shape, 3)).astype(np.float32))
