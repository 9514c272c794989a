"""A sheet that was folded and laid open again: facets that lean, and creases where toner has come off."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import Grid, coordinates
from data_samples.factory.camera.shot import Leaf, raised
from data_samples.factory.drawn import Picture

__all__ = ["fold"]

_WAYS = (
    ((), (0.5,)),
    ((), (0.5,)),
    ((0.5,), (0.5,)),
    ((), (1 / 3, 2 / 3)),
    ((0.5,), (0.25, 0.5, 0.75)),
    ((0.5,), ()),
)
"""Creases across x and across y, as fractions."""


def fold(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Fold once to five times. Strength 1: facets lean by 11 degrees."""
    width, height = leaf.size
    across, down = _WAYS[int(rng.integers(len(_WAYS)))]
    xs, ys = coordinates(width, height)
    relief = np.zeros_like(xs)
    image = leaf.image.copy()
    for places, length, axis in ((across, width, 0), (down, height, 1)):
        if not places:
            continue
        cuts = [length * (place + float(rng.uniform(-0.02, 0.02))) for place in places]
        bow = float(rng.uniform(-0.006, 0.006)) * length
        other = xs if axis else ys
        wander = bow * np.sin(np.pi * other / (width if axis else height))
        relief += _zigzag(np.asarray((ys if axis else xs) + wander, np.float32), cuts, length, strength * 0.2, rng)
        for cut in cuts:
            image = _crease(image, cut, bow, axis, strength, leaf.per_mm, rng)
    relief = np.asarray(cv2.GaussianBlur(relief, (0, 0), 0.6), dtype=np.float32)
    return raised(replace(leaf, image=image), relief - float(relief.min()))


def _zigzag(along: Grid, cuts: list[float], length: float, slope: float, rng: np.random.Generator) -> Grid:
    knots = np.array([-length * 0.1, *cuts, length * 1.1])
    sign = -1.0 if rng.random() < 0.5 else 1.0
    heights = [0.0]
    for k in range(1, len(knots)):
        lean = slope * float(rng.uniform(0.6, 1.0)) * sign * (-1) ** k
        heights.append(heights[-1] + lean * float(knots[k] - knots[k - 1]))
    # Shift the whole so that the outer edges rest on the desk as far as they can.
    return np.interp(along, knots, heights).astype(np.float32)


def _crease(
    image: Picture, cut: float, bow: float, axis: int, strength: float, per_mm: float, rng: np.random.Generator
) -> Picture:
    """Draw a crease: a thin shadow, beside it a bright edge, and lighter print where toner broke off."""
    view = image if axis else image.transpose(1, 0, 2)
    height, width = view.shape[:2]
    reach = int(2.5 * per_mm) + 3
    low, high = max(int(cut) - reach - int(abs(bow)), 0), min(int(cut) + reach + int(abs(bow)) + 1, height)
    if high - low < 3:
        return image
    place = np.arange(width, dtype=np.float32)
    rough = cv2.GaussianBlur(rng.standard_normal((1, width), dtype=np.float32), (0, 0), 2.5 * per_mm)[0]
    rough *= 0.25 * per_mm / float(rough.std() or 1)
    centre = cut - bow * np.sin(np.pi * place / width) + rough
    away = np.arange(low, high, dtype=np.float32)[:, None] - centre[None]
    worn = np.exp(-((away / (0.22 * per_mm)) ** 2)) * strength * 0.45
    patchy = cv2.resize(rng.random((1, max(width // 12, 2)), dtype=np.float32), (width, 1))[0]
    worn *= np.clip(patchy * 1.6 - 0.3, 0, 1)
    shadow = np.exp(-(((away - 0.35 * per_mm) / (0.35 * per_mm)) ** 2)) * strength * 0.32
    bright = np.exp(-(((away + 0.45 * per_mm) / (0.45 * per_mm)) ** 2)) * strength * 0.05
    part = view[low:high].astype(np.float32)
    part += (245 - part) * worn[..., None].clip(0, 1)
    part *= (1 - shadow + bright)[..., None]
    view[low:high] = np.clip(part, 0, 255).astype(np.uint8)
    return image
