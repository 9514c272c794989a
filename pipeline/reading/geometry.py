"""Turning pages and putting lines into reading order. Quads are arrays of four points: TL, TR, BR, BL of the text."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.nouns import Quad

__all__ = [
    "Points",
    "Quads",
    "estimate_skew",
    "heights",
    "reading_order",
    "rotation",
    "to_displayed",
    "to_quad",
    "to_turned",
    "widths",
]

Quads = npt.NDArray[np.float64]
"""Shape (n, 4, 2), pixels."""
Points = npt.NDArray[np.float64]
"""Shape (4, 2): one quad."""

_MIN_SKEW_LINES = 4


def widths(quads: Quads) -> npt.NDArray[np.float64]:
    """Length of each quad along its text (mean of top and bottom edge)."""
    top = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    bottom = np.linalg.norm(quads[:, 2] - quads[:, 3], axis=1)
    result: npt.NDArray[np.float64] = (top + bottom) / 2
    return result


def heights(quads: Quads) -> npt.NDArray[np.float64]:
    """Length of each quad across its text (mean of left and right edge)."""
    left = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    right = np.linalg.norm(quads[:, 2] - quads[:, 1], axis=1)
    result: npt.NDArray[np.float64] = (left + right) / 2
    return result


def to_quad(points: npt.ArrayLike) -> Quad:
    """Turn a 4x2 array into the quad of :mod:`pipeline.nouns`, rounded to a tenth of a pixel."""
    array = np.asarray(points, dtype=np.float64)
    tl, tr, br, bl = ((round(float(x), 1), round(float(y), 1)) for x, y in array)
    return (tl, tr, br, bl)


def to_displayed(quads: Quads, angle: int, width: int, height: int) -> Quads:
    """Map quads from the upright frame to the displayed one.

    Args:
        quads: in the upright frame; the order of corners (by the text) is kept.
        angle: clockwise turn that made the displayed page upright.
        width: of the displayed page.
        height: of the displayed page.
    """
    x, y = quads[..., 0], quads[..., 1]
    if angle == 0:
        return quads
    if angle == 90:
        return np.stack([y, height - x], axis=-1)
    if angle == 180:
        return np.stack([width - x, height - y], axis=-1)
    if angle == 270:
        return np.stack([width - y, x], axis=-1)
    raise ValueError(f"angle must be 0, 90, 180 or 270, not {angle}")


def to_turned(quads: Quads, angle: int, width: int, height: int) -> Quads:
    """Map quads of a page to the page turned clockwise by ``angle``; the order of corners is kept.

    Args:
        quads: on the page as it lies.
        angle: 0, 90, 180 or 270.
        width: of the page as it lies.
        height: of the page as it lies.
    """
    turned = (width, height) if angle in {0, 180} else (height, width)
    return to_displayed(quads, (360 - angle) % 360, *turned)


def rotation(width: int, height: int, degrees: float) -> tuple[npt.NDArray[np.float64], int, int]:
    """Return the matrix (2x3) that turns a page counter-clockwise by ``degrees``, and the new width and height."""
    radians = math.radians(degrees)
    cos, sin = math.cos(radians), math.sin(radians)
    new_width = math.ceil(abs(width * cos) + abs(height * sin))
    new_height = math.ceil(abs(width * sin) + abs(height * cos))
    matrix = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    centre = matrix[:, :2] @ np.array([width / 2, height / 2])
    matrix[:, 2] = np.array([new_width / 2, new_height / 2]) - centre
    return matrix, new_width, new_height


def estimate_skew(quads: Quads) -> float:
    """Return by how many degrees lines fall to the right (positive) or rise (negative).

    The median over lines, weighted by their length, so that stamps, arrows and slanted notes do not move it. Zero when
    there are too few lines to tell.
    """
    if len(quads) == 0:
        return 0.0
    lengths, across = widths(quads), heights(quads)
    long = lengths > 3 * across
    if int(long.sum()) < _MIN_SKEW_LINES:
        return 0.0
    chosen, weight = quads[long], lengths[long]
    run = (chosen[:, 1] - chosen[:, 0]) + (chosen[:, 2] - chosen[:, 3])
    degrees = np.degrees(np.arctan2(run[:, 1], run[:, 0]))
    order = np.argsort(degrees)
    cumulated = np.cumsum(weight[order])
    middle = int(np.searchsorted(cumulated, cumulated[-1] / 2))
    return float(degrees[order][middle])


def reading_order(quads: Quads, skew: float) -> list[int]:
    """Return the indices of ``quads`` row by row, each row left to right, rows straightened by ``skew`` degrees."""
    if len(quads) == 0:
        return []
    slope = math.tan(math.radians(skew))
    centres = quads.mean(axis=1)
    level = centres[:, 1] - slope * centres[:, 0]
    tall = np.maximum(heights(quads), 1.0)
    rows: list[list[int]] = []
    marks: list[tuple[float, float]] = []  # mean level and mean height of each row
    for index in (int(i) for i in np.argsort(level, kind="stable")):
        if rows:
            mean, height = marks[-1]
            if abs(level[index] - mean) < 0.5 * min(height, float(tall[index])):
                rows[-1].append(index)
                marks[-1] = _mean(level, rows[-1]), _mean(tall, rows[-1])
                continue
        rows.append([index])
        marks.append((float(level[index]), float(tall[index])))
    return [index for row in rows for index in sorted(row, key=lambda i: float(centres[i, 0]))]


def _mean(values: npt.NDArray[np.float64], indices: Sequence[int]) -> float:
    return float(values[list(indices)].mean())
