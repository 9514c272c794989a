"""Finds which way up a seal was pressed: where round it the text starts and ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.reading.pixels import Image
from pipeline.reading.stamps.rings import Ring

__all__ = ["bottom"]

_FREE = 36.0
"""Degrees around the bottom that the text leaves free."""
_DIRECTIONS = 120
_BLUR = 7.0
"""Degrees by which the text is blurred before its symmetry is looked at."""


def bottom(columns: Any, below: Any, ink: Image, ring: Ring, turns: Any) -> int:
    """Column of the seal's bottom: the text is symmetric about it and leaves it free.

    A line printed straight across the lower part reaches into the text's band left and right of the bottom, so the
    widest gap alone would often lie beside it. That line shows by its ink further inside, and as one row of ink when
    the seal is turned the right way up.

    Args:
        columns: share of ink in the outer part of the text's band, for each column of the unrolled seal.
        below: the same just inside the band.
        ink: the seal's ink, 255 for full ink.
        ring: its rim.
        turns: parameter of the ellipse of each column.
    """
    lines = _line_at(ink, ring)
    count = len(columns)
    smooth = _circular_blur(columns, max(1.0, count * _BLUR / 360))
    scale = max(float(np.sqrt((smooth**2).mean())), 1e-6)
    smooth = smooth / scale
    window = max(3, round(count * _FREE / 360)) | 1
    line = np.clip(_mean(below, window) / scale, 0.0, 1.0)
    text = smooth * (1 - line)
    spectrum = np.fft.rfft(text / max(float(np.sqrt((text**2).mean())), 1e-6))
    # The sum over x of p(u + x) p(u - x), for all 2u at once.
    mirrored = np.fft.irfft(spectrum * spectrum, count) / count
    score = mirrored[(2 * np.arange(count)) % count] - 0.7 * _mean(smooth, window) + 0.6 * line
    score += 0.8 * np.interp(turns, np.arange(_DIRECTIONS + 1) * 2 * np.pi / _DIRECTIONS, np.append(lines, lines[0]))
    if ring.oval:
        # An oval stands on its long side.
        score = np.where(np.abs(np.sin(turns)) > np.cos(np.radians(9.0)), score, -np.inf)
    return int(np.argmax(score))


def _line_at(ink: Image, ring: Ring) -> Any:
    """How much each direction (even steps of the parameter from 0) looks like the bottom, by a line printed across it.

    Turned that way up, the lower part holds one row of ink with paper above and below it.
    """
    step = max(1, round(ring.short / 60))
    ys, xs = np.nonzero(ink[::step, ::step] > 110)
    unit = ring.unit(np.stack([xs, ys], axis=1).astype(np.float64) * step + 0.5 * step)
    radius = np.hypot(unit[:, 0], unit[:, 1])
    unit = unit[(radius > 0.3) & (radius < 0.93)]
    result = np.zeros(_DIRECTIONS)
    if len(unit) < 30:
        return result
    turns = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    down = unit[:, 0, None] * np.cos(turns) + unit[:, 1, None] * np.sin(turns)
    side = unit[:, 1, None] * np.cos(turns) - unit[:, 0, None] * np.sin(turns)
    inside = (np.abs(side) < 0.38) & (down > 0.3) & (down < 0.86)
    rows = np.clip(((down - 0.3) / 0.04).astype(int), 0, 13)
    counts = np.zeros((_DIRECTIONS, 14))
    np.add.at(counts, (np.broadcast_to(np.arange(_DIRECTIONS), rows.shape)[inside], rows[inside]), 1.0)
    high = np.lib.stride_tricks.sliding_window_view(counts, 5, axis=1).sum(axis=2).max(axis=1)
    result = np.maximum(2.5 * high - 1.5 * counts.sum(axis=1), 0.0)
    return result / max(float(result.max()), 0.02 * len(unit))


def _mean(values: Any, window: int) -> Any:
    half = window // 2
    return np.convolve(np.concatenate([values[-half:], values, values[:half]]), np.ones(window) / window, mode="valid")


def _circular_blur(values: Any, sigma: float) -> Any:
    reach = max(1, round(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    wrapped = np.concatenate([values[-reach:], values, values[:reach]])
    return np.convolve(wrapped, kernel / kernel.sum(), mode="valid")
