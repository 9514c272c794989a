"""How wide the edges of print are, against its height: out of focus and shaken pictures have wide ones."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.found import Reading
from pipeline.reading.geometry import Quads, heights, to_displayed, widths
from pipeline.reading.pixels import Image, gray

__all__ = ["softness"]

_LINES = 8
"""So many lines (or tiles, where nothing was read) are looked at."""
_WIDE = 6.0
"""So much of a line, in its heights."""
_TILE = 6.0
"""Size of a tile, in heights of print."""
_ENOUGH = 30.0
_LEAST_CONTRAST = 14.0
_DIRECTIONS = ((1.0, 0.0), (0.0, 1.0), (0.7071, 0.7071), (0.7071, -0.7071))


def softness(image: Image, reading: Reading | None, glyph: float | None) -> float | None:
    """Return the width of print's edges in heights of its line, in the worst direction; None without any contrast.

    A shaken picture keeps edges along the movement, so the widest of four directions counts.

    Args:
        image: the page (BGR or gray) at its full resolution, as displayed.
        reading: what was read of it, if anything.
        glyph: height of a character in pixels, if known; used where nothing was read.
    """
    height, width = image.shape[:2]
    found = []
    if reading is not None and reading.lines:
        quads = to_displayed(np.stack([line.quad for line in reading.lines]), reading.angle, width, height)
        tall = heights(quads)
        for index in _spread(quads, tall):
            x0, y0 = np.maximum(np.floor(quads[index].min(axis=0)), 0).astype(int)
            x1, y1 = np.ceil(quads[index].max(axis=0)).astype(int)
            found.append(_edges(image[y0:y1, x0 : min(x1, x0 + int(_WIDE * tall[index]))], float(tall[index])))
    else:
        print_height = (glyph or max(height, width) / 85) * 1.4
        for x, y, side in _tiles(image, print_height):
            found.append(_edges(image[y : y + side, x : x + side], print_height))
    known = [value for value in found if value is not None]
    return float(np.median(known)) if known else None


def _spread(quads: Quads, tall: npt.NDArray[np.float64]) -> list[int]:
    """Choose lines of more than one character, evenly from top to bottom."""
    words = [i for i in range(len(quads)) if widths(quads[i : i + 1])[0] > 1.8 * tall[i]] or list(range(len(quads)))
    step = max(len(words) / _LINES, 1.0)
    return [words[int(k * step)] for k in range(min(_LINES, len(words)))]


def _tiles(image: Image, print_height: float) -> list[tuple[int, int, int]]:
    """Choose the tiles with the strongest variation, in a coarse look at the whole page."""
    side = max(int(_TILE * print_height), 24)
    step = max(side // 16, 1)
    coarse = gray(np.ascontiguousarray(image[::step, ::step])).astype(np.float32)
    cell = max(side // step, 4)
    mean = cv2.blur(coarse, (cell, cell))
    spread = cv2.blur(coarse * coarse, (cell, cell)) - mean * mean
    places = []
    for _ in range(_LINES):
        _, most, _, (x, y) = cv2.minMaxLoc(spread)
        if most <= _LEAST_CONTRAST:
            break
        spread[max(y - cell, 0) : y + cell, max(x - cell, 0) : x + cell] = 0
        places.append((max((x - cell // 2) * step, 0), max((y - cell // 2) * step, 0), side))
    return places


def _edges(crop: Image, tall: float) -> float | None:
    if min(crop.shape[:2]) < 4 or tall < 3:
        return None
    step = max(int(tall / (2 * _ENOUGH)), 1)
    crop, tall = crop[::step, ::step], tall / step
    page: Any = gray(np.ascontiguousarray(crop)).astype(np.float32)
    if tall > _ENOUGH:  # edges are measured against the print, which needs no more pixels than these
        page = cv2.resize(page, None, fx=_ENOUGH / tall, fy=_ENOUGH / tall, interpolation=cv2.INTER_AREA)
        tall = _ENOUGH
    # Noise has steep edges of its own.
    page = cv2.GaussianBlur(page, (0, 0), max(0.03 * tall, 0.5))
    low, high = np.percentile(page, (2, 98))
    if high - low < _LEAST_CONTRAST:
        return None
    down = (page[2:, 1:-1] - page[:-2, 1:-1]) / 2
    right = (page[1:-1, 2:] - page[1:-1, :-2]) / 2
    steep = [float(np.percentile(np.abs(a * right + b * down), 97)) for a, b in _DIRECTIONS]
    return float((high - low) / max(min(steep), 1e-3) / tall)
