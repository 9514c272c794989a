"""The direction of print at many places of a page, seen in its ink: how rows run, and how strokes stand.

A row of print is darkest when it is summed along its own direction. The ink is sheared by a range of slopes, summed
along rows, and the slope that gives the sharpest sums wins, place by place. That needs no boxes of words, works across
the cells of a table, and rules of a table only help.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.geometry import Quads
from pipeline.reading.pixels import Image

__all__ = ["WORK_LINE", "Slopes", "measure_rest", "measure_slopes"]

Array = npt.NDArray[np.float64]

WORK_LINE = 12.0
"""Height in pixels of a line's box in the picture that slopes are measured in."""
_STEEPEST = 0.26
"""Of rows, to both sides: 15 degrees."""
_REST = 0.13
"""Of rows once the page has been flattened roughly."""
_LEANING = 0.3
"""Of upright strokes, to both sides."""
_STEP_SLOPE = 0.026
"""Between the slopes tried; the best is refined between its neighbours."""
_STRIP, _STROKE_STRIP = 4, 2
"""Along rows and strokes the ink is counted in strips of so many pixels."""
_ROW, _ROWS = 11.0, 4.0
"""Width and height of the area in which the slope of rows is measured, in lines."""
_STROKE, _AREA = 1.4, (14.0, 6.0)
"""Length of strokes and the area over which they are averaged, in lines."""
_STEP = (3.0, 2.0)
"""Distance of the places, in lines."""
_LEAST_INK = 0.035
"""Share of ink in the area from which there is enough print to tell."""
_GAIN_ROWS, _GAIN_STROKES = 1.12, 1.04
"""By how much the best slope must beat the median one."""


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Directions at places (n x 2). Places are in pixels of the picture measured."""

    rows_at: Array
    rows: Array
    """dy/dx of a row of print."""
    strokes_at: Array
    strokes: Array
    """dx/dy of what stands upright."""


def measure_slopes(grey: Image, quads: Quads) -> Slopes:
    """Measure a page.

    Args:
        grey: reduced so that a line's box is ``WORK_LINE`` high.
        quads: of the lines detected, in pixels of ``grey``. Only ink among them counts: rules of a table do, the grain
            of a desk does not.
    """
    ink = _ink(grey, quads)
    rows_at, rows = _rows(ink, _STEEPEST)
    # Upright strokes of neighbouring lines do not continue each other, so sums are a line long and averaged widely.
    turned = np.ascontiguousarray(ink.T)
    places, strokes = _best(turned, (_STROKE, 0.0), (_AREA[1], _AREA[0]), _LEANING, _STROKE_STRIP, _GAIN_STROKES)
    return Slopes(rows_at, rows, places[:, ::-1], strokes)


def measure_rest(grey: Image, quads: Quads) -> tuple[Array, Array]:
    """Measure rows only, on a page that is all but flat: places, and the slopes left there."""
    return _rows(_ink(grey, quads), _REST)


def _rows(ink: npt.NDArray[np.float32], steepest: float) -> tuple[Array, Array]:
    return _best(ink, (_ROW, 0.0), (0.0, _ROWS), steepest, _STRIP, _GAIN_ROWS)


def _ink(grey: Image, quads: Quads) -> npt.NDArray[np.float32]:
    binary = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    near = np.zeros_like(grey)
    hull = cv2.convexHull(quads.reshape(-1, 2).astype(np.float32))
    cv2.fillConvexPoly(near, np.round(hull).astype(np.int32), (255,))
    return np.asarray(cv2.bitwise_and(binary, near), dtype=np.float32) / 255.0


def _best(
    ink: npt.NDArray[np.float32],
    line: tuple[float, float],
    area: tuple[float, float],
    steepest: float,
    strip: int,
    gain: float,
) -> tuple[Array, Array]:
    """Return places (x, y) and the slope at which sums along x are sharpest.

    Args:
        line: length of the sums along x, in lines.
        area: x and y over which the sums' squares are averaged further, in lines.
        strip: pixels of x that are counted as one.
        gain: what the best slope must have over the median one.
    """
    height, width = ink.shape
    small = cv2.resize(ink, (max(width // strip, 1), height), interpolation=cv2.INTER_AREA) if strip > 1 else ink
    shift = int(np.ceil(steepest * width / 2))
    middle = small.shape[1] / 2
    sums = max(round(line[0] * WORK_LINE / strip), 1) | 1
    over = (max(round(area[0] * WORK_LINE / strip), 1) | 1, max(round(area[1] * WORK_LINE), 1) | 1)
    columns = np.arange(0, small.shape[1], max(round(_STEP[0] * WORK_LINE / strip), 1))
    rows = np.arange(0, height, max(round(_STEP[1] * WORK_LINE), 1))
    grid_x, grid_y = np.meshgrid(columns, rows)
    tried = np.linspace(-steepest, steepest, 2 * round(steepest / _STEP_SLOPE) + 1)
    scores = np.empty((len(tried), *grid_x.shape))
    for k, slope in enumerate(tried):
        matrix = np.array([[1, 0, 0], [0, 1, shift + slope * strip * middle]], dtype=np.float64)
        matrix[1, 0] = -slope * strip
        level = cv2.warpAffine(small, matrix, (small.shape[1], height + 2 * shift), flags=cv2.INTER_LINEAR)
        run = cv2.blur(level, (sums, 1), borderType=cv2.BORDER_CONSTANT)
        power = cv2.blur(run * run, over, borderType=cv2.BORDER_CONSTANT)
        at_y = grid_y + shift - slope * strip * (grid_x - middle)
        scores[k] = power[np.clip(np.rint(at_y).astype(int), 0, len(power) - 1), grid_x]
    density = cv2.blur(small, (max(sums, over[0]), over[1]), borderType=cv2.BORDER_CONSTANT)[grid_y, grid_x]
    top = np.argmax(scores, axis=0)
    best = np.max(scores, axis=0)
    usable = (density > _LEAST_INK) & (top > 0) & (top < len(tried) - 1)
    usable &= best > gain * np.maximum(np.median(scores, axis=0), 1e-9)
    y, x = np.nonzero(usable)
    k = top[y, x]
    before, peak, after = scores[k - 1, y, x], scores[k, y, x], scores[k + 1, y, x]
    bend = np.minimum(before - 2 * peak + after, -1e-12)
    slopes = tried[k] + (tried[1] - tried[0]) * 0.5 * (before - after) / bend
    places = np.stack([(grid_x[y, x] + 0.5) * strip, grid_y[y, x] + 0.5], axis=-1).astype(np.float64)
    return places, np.asarray(slopes, dtype=np.float64)
