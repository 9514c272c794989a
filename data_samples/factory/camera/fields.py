"""Coarse grids over a picture: smooth random fields, and values carried up to every pixel.

A grid holds one value for every :data:`STEP` pixels; node (i, j) stands at pixel (x = j * STEP, y = i * STEP).
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from data_samples.factory.drawn import Picture

__all__ = [
    "STEP",
    "Grid",
    "Points",
    "coordinates",
    "grain",
    "grid_size",
    "lit",
    "mix",
    "sample",
    "shade",
    "smooth",
    "speckle",
    "spread",
]

STEP = 8
Grid = NDArray[np.float32]
Points = NDArray[np.float64]


def grid_size(width: int, height: int) -> tuple[int, int]:
    """Return columns and rows of the grid over a picture."""
    return math.ceil(width / STEP) + 1, math.ceil(height / STEP) + 1


def coordinates(width: int, height: int) -> tuple[Grid, Grid]:
    """Return the pixel coordinates of the grid's nodes."""
    columns, rows = grid_size(width, height)
    xs, ys = np.meshgrid(np.arange(columns, dtype=np.float32) * STEP, np.arange(rows, dtype=np.float32) * STEP)
    return xs, ys


def sample(grid: Grid, points: Points) -> Points:
    """Return the grid's values at ``points`` (... x 2, pixels); outside, those of the nearest node."""
    flat = np.asarray(points, dtype=np.float32).reshape(-1, 2) / STEP
    # remap takes no more than 32767 rows: points go in as one row each of at most 4096.
    found = []
    for start in range(0, max(len(flat), 1), 1 << 20):
        part = flat[start : start + (1 << 20)]
        pad = -len(part) % 1024
        table = np.pad(part, ((0, pad), (0, 0))).reshape(-1, 1024, 2)
        values = cv2.remap(grid, table[..., 0], table[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        found.append(values.reshape(-1, *values.shape[2:])[: len(part)])
    values = np.concatenate(found).astype(np.float64)
    return np.asarray(values.reshape(*points.shape[:-1], *grid.shape[2:]), dtype=np.float64)


def spread(grid: Grid, width: int, height: int) -> Grid:
    """Return the grid's values at every pixel."""
    matrix = np.array([[STEP, 0, 0], [0, STEP, 0]], dtype=np.float64)
    out = cv2.warpAffine(grid, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.float32)


def smooth(width: int, height: int, scale: float, rng: np.random.Generator) -> Grid:
    """Return a random grid of mean 0 and deviation 1 whose bumps are ``scale`` pixels wide."""
    columns, rows = grid_size(width, height)
    coarse = rng.standard_normal((int(height / scale) + 4, int(width / scale) + 4), dtype=np.float32)
    tall, wide = max(rows, coarse.shape[0]), max(columns, coarse.shape[1])
    field = cv2.resize(coarse, (wide, tall), interpolation=cv2.INTER_CUBIC)
    field = field[:rows, :columns]
    deviation = float(field.std())
    return np.asarray((field - field.mean()) / (deviation or 1.0), dtype=np.float32)


def grain(width: int, height: int, rng: np.random.Generator, scale: float = 1.0) -> Grid:
    """Return unit noise at every pixel, its specks ``scale`` pixels wide."""
    if scale <= 1:
        return rng.standard_normal((height, width), dtype=np.float32)
    small = rng.standard_normal((int(height / scale) + 2, int(width / scale) + 2), dtype=np.float32)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def speckle(width: int, height: int, rng: np.random.Generator, amount: float, scale: float = 1.3) -> NDArray[np.int16]:
    """Return noise of deviation ``amount`` at every pixel, quickly and without far outliers."""
    size = (int(height / scale) + 2, int(width / scale) + 2)
    raw = rng.integers(0, 256, size, dtype=np.uint8)
    # Two neighbours together: a triangle is near enough to a bell.
    both = raw.astype(np.int16) + np.roll(raw, 7, axis=1) - 255
    # Between nodes interpolation evens noise out.
    gain = amount / 104.5 / (0.72 if scale > 1 else 1.0)
    full = cv2.resize(both, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.convertScaleAbs(full, alpha=gain, beta=128), dtype=np.uint8).astype(np.int16) - 128


def lit(image: Picture, gain: Grid) -> Picture:
    """Multiply a picture by a gain on a grid (one or three channels, 0 to 1.59), quickly; for soft light only."""
    steps = np.clip(gain * 160 + 0.5, 0, 255).astype(np.uint8)
    columns, rows = gain.shape[1], gain.shape[0]
    full = cv2.resize(steps, (columns * STEP, rows * STEP), interpolation=cv2.INTER_LINEAR)
    full = full[: image.shape[0], : image.shape[1]]
    full = cv2.cvtColor(full, cv2.COLOR_GRAY2RGB) if full.ndim == 2 else full
    return np.asarray(cv2.multiply(image, full, scale=1 / 160), dtype=np.uint8)


def shade(image: Picture, gain: Grid) -> Picture:
    """Multiply a picture by a gain for every pixel, of one or three channels."""
    full = cv2.merge([gain] * 3) if gain.ndim == 2 else gain
    return np.asarray(cv2.multiply(image, full, dtype=cv2.CV_8U), dtype=np.uint8)


def mix(image: Picture, over: Picture | tuple[float, float, float], alpha: Grid) -> Picture:
    """Lay ``over`` (a picture or one colour) on ``image`` with ``alpha`` from 0 to 1 for every pixel."""
    front = np.asarray(over, dtype=np.float32)
    base = image.astype(np.float32)
    base += (front - base) * alpha[..., None]
    return np.asarray(np.clip(base, 0, 255), dtype=np.uint8)
