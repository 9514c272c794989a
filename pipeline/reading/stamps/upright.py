"""Finds which way up a seal was pressed: where round it the text starts and ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.reading.pixels import Image
from pipeline.reading.stamps.rings import Ring

__all__ = ["bottom", "tall_columns"]

_FREE = 36.0
"""Degrees around the bottom that the text leaves free."""
_ROOM = 45.0
"""Degrees on both sides of the bottom from which more free room says no more."""
_DIRECTIONS = 120
_BLUR = 7.0
"""Degrees by which the text is blurred before its symmetry is looked at."""
_INK = 96


def tall_columns(band: Image) -> Any:
    """How far each column of the text's band reaches across it: 1 within characters, 0 in gaps and in small print.

    The digits of a seal's code and the ends of a straight line fill a part of the band only.
    """
    inked = band > _INK
    first, last = inked.argmax(axis=0), len(band) - inked[::-1].argmax(axis=0)
    extent = np.where(inked.any(axis=0), (last - first) / len(band), 0.0)
    return np.clip((extent - 0.35) / 0.3, 0.0, 1.0)


def bottom(band: Image, below: Image, ink: Image, ring: Ring, turns: Any) -> int:
    """Column of the seal's bottom: the text is symmetric about it and leaves it free.

    A line printed straight across the lower part reaches into the text's band left and right of the bottom, so the
    widest gap alone would often lie beside it. That line shows by its ink further inside, and as one row of ink when
    the seal is turned the right way up.

    Args:
        band: the unrolled rows in which characters stand, 255 for full ink.
        below: the rows just inside of them.
        ink: the seal's ink, not unrolled.
        ring: its rim.
        turns: parameter of the ellipse of each column.
    """
    tall = tall_columns(band)
    count = len(tall)
    smooth = _circular_blur(tall, max(1.0, count * _BLUR / 360))
    scale = max(float(np.sqrt((smooth**2).mean())), 1e-6)
    window = max(3, round(count * _FREE / 360)) | 1
    line = np.clip(3 * _mean((below > _INK).mean(axis=0), window), 0.0, 1.0)
    text = smooth * (1 - line)
    spectrum = np.fft.rfft(text / max(float(np.sqrt((text**2).mean())), 1e-6))
    # The sum over x of p(u + x) p(u - x), for all 2u at once.
    mirrored = np.fft.irfft(spectrum * spectrum, count) / count
    score = mirrored[(2 * np.arange(count)) % count] - 0.5 * _mean(smooth, window) / scale
    score += 0.6 * line + 0.7 * np.minimum(_room(tall > 0.5) * 360 / count / _ROOM, 1.0)
    lines = _line_at(ink, ring)
    lines = np.interp(turns, np.arange(_DIRECTIONS + 1) * 2 * np.pi / _DIRECTIONS, np.append(lines, lines[0]))
    score += 0.8 * lines
    if ring.oval:
        # An oval stands on its long side.
        score = np.where(np.abs(np.sin(turns)) > np.cos(np.radians(9.0)), score, -np.inf)
    best = int(np.argmax(score))
    # Without a line across the bottom the middle between the last and the first character is more exact.
    return best if ring.oval or lines[best] > 0.3 else _between(tall > 0.2, best)


def _between(flags: Any, start: int) -> int:
    """The middle of the gap in which ``start`` lies, not further from it than 20 degrees."""
    count = len(flags)
    ahead = np.roll(flags, -start)
    if not ahead.any():
        return start
    shift = (int(ahead.argmax()) - int(ahead[::-1].argmax())) // 2
    return (start + shift) % count if abs(shift) < count / 18 else start


def _room(flags: Any) -> Any:
    """Columns from each column to the nearest flag on either side, the shorter way; the full round without flags."""
    count = len(flags)
    at = np.flatnonzero(flags)
    if len(at) == 0:
        return np.full(count, float(count))
    columns = np.arange(count)
    after = np.searchsorted(at, columns)
    following = np.append(at, at[0] + count)[after] - columns
    preceding = columns - np.append(at[-1] - count, at)[np.searchsorted(at, columns, side="right")]
    return np.minimum(following, preceding).astype(np.float64)


def _line_at(ink: Image, ring: Ring) -> Any:
    """How much each direction (even steps of the parameter from 0) looks like the bottom, by a line printed across it.

    Turned that way up, the lower part holds one row of ink with paper above and below it.
    """
    step = max(1, round(ring.short / 60))
    ys, xs = np.nonzero(ink[::step, ::step] > 110)
    unit = ring.unit(np.stack([xs, ys], axis=1).astype(np.float64) * step + 0.5 * step)
    radius = np.hypot(unit[:, 0], unit[:, 1])
    unit = unit[(radius > 0.3) & (radius < 0.93)]
    if len(unit) < 30:
        return np.zeros(_DIRECTIONS)
    turns = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    down = unit[:, 0, None] * np.cos(turns) + unit[:, 1, None] * np.sin(turns)
    side = unit[:, 1, None] * np.cos(turns) - unit[:, 0, None] * np.sin(turns)
    inside = (np.abs(side) < 0.38) & (down > 0.3)
    rows = np.clip(((down - 0.3) / 0.04).astype(int), 0, 15)
    counts = np.zeros((_DIRECTIONS, 16))
    np.add.at(counts, (np.broadcast_to(np.arange(_DIRECTIONS), rows.shape)[inside], rows[inside]), 1.0)
    high = np.lib.stride_tricks.sliding_window_view(counts, 5, axis=1).sum(axis=2).max(axis=1)
    alone = np.clip((high / np.maximum(counts.sum(axis=1), 1.0) - 0.75) / 0.2, 0.0, 1.0)
    return alone * np.minimum(high / (0.05 * len(unit)), 1.0)


def _mean(values: Any, window: int) -> Any:
    half = window // 2
    return np.convolve(np.concatenate([values[-half:], values, values[:half]]), np.ones(window) / window, mode="valid")


def _circular_blur(values: Any, sigma: float) -> Any:
    reach = max(1, round(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    wrapped = np.concatenate([values[-reach:], values, values[:reach]])
    return np.convolve(wrapped, kernel / kernel.sum(), mode="valid")
