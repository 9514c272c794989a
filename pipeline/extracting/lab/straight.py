"""Straightens a sheet: a smooth field of row slopes and one of column slopes, estimated from the lines themselves.

Photos slope, converge and bend, so no single angle is right. Row slope is fitted over the sheet as a low polynomial of the
place, first from the lines' own direction, then from neighbours in one row; column slope from neighbours in one column.
Integrating both fields gives coordinates (u, v) in which rows run level and columns upright.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.extracting.lab.cells import Place
from pipeline.nouns import Line

__all__ = ["Field", "straighten"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Field:
    """slope(x, y) = c0 + c1 X + c2 Y + c3 X² + c4 XY with X, Y in units of ``scale`` around the centre."""

    c: tuple[float, float, float, float, float]
    cx: float
    cy: float
    scale: float

    def rise(self, x: float, along: float) -> float:
        """Integral of the slope from the centre to ``x`` along the line that is at ``along`` in the other direction."""
        big_x, big_y = (x - self.cx) / self.scale, (along - self.cy) / self.scale
        c0, c1, c2, c3, c4 = self.c
        return self.scale * (
            c0 * big_x + c1 * big_x**2 / 2 + c2 * big_y * big_x + c3 * big_x**3 / 3 + c4 * big_y * big_x**2 / 2
        )

    def slope(self, x: float, y: float) -> float:
        big_x, big_y = (x - self.cx) / self.scale, (y - self.cy) / self.scale
        c0, c1, c2, c3, c4 = self.c
        return c0 + c1 * big_x + c2 * big_y + c3 * big_x**2 + c4 * big_x * big_y


def _fit(x: Array, y: Array, slopes: Array, weights: Array, frame: tuple[float, float, float], order: int) -> Field:
    """Robust, damped least squares of the slope field; ``order`` coefficients of five are free."""
    cx, cy, scale = frame
    if len(slopes) == 0:
        return Field((0.0, 0.0, 0.0, 0.0, 0.0), cx, cy, scale)
    big_x, big_y = (x - cx) / scale, (y - cy) / scale
    basis = np.stack([np.ones_like(big_x), big_x, big_y, big_x**2, big_x * big_y], axis=1)[:, :order]
    damp = np.array([1e-9, 0.3, 0.3, 1.0, 1.0])[:order] * max(1.0, 0.02 * float(weights.sum()))
    centre = float(_weighted_median(slopes, weights))
    robust: Array = weights / (1.0 + ((slopes - centre) / 0.05) ** 2)
    solution = np.zeros(order)
    for _ in range(6):
        left = basis.T @ (basis * robust[:, None]) + np.diag(damp)
        solution = np.linalg.solve(left, basis.T @ (robust * slopes))
        residual = np.abs(slopes - basis @ solution)
        spread = max(0.003, 1.5 * float(_weighted_median(residual, weights)))
        robust = weights / (1.0 + (residual / spread) ** 2)
    full = np.zeros(5)
    full[:order] = solution
    return Field((full[0], full[1], full[2], full[3], full[4]), cx, cy, scale)


def _weighted_median(values: Array, weights: Array) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def straighten(lines: Sequence[Line]) -> Callable[[Line], Place]:
    """Return the map of a line (or a part of one) to its place in the straightened frame of ``lines``."""
    if not lines:
        return lambda line: (line.quad[0][0], line.quad[1][0], line.quad[0][1], 1.0)
    quads = np.array([line.quad for line in lines], dtype=float)
    left, right = (quads[:, 0] + quads[:, 3]) / 2, (quads[:, 1] + quads[:, 2]) / 2
    middle = (left + right) / 2
    height: Array = np.hypot(*(quads[:, 3] - quads[:, 0] + quads[:, 2] - quads[:, 1]).T) / 2
    height = np.maximum(height, 1.0)
    h = float(np.median(height))
    frame = _frame(middle)
    rows = _row_field(left, right, middle, height, h, frame)
    columns = _column_field(left, right, middle, rows, h, frame)

    def place(line: Line) -> Place:
        tl, tr, br, bl = line.quad
        lx, ly = (tl[0] + bl[0]) / 2, (tl[1] + bl[1]) / 2
        rx, ry = (tr[0] + br[0]) / 2, (tr[1] + br[1]) / 2
        v = (_level(rows, lx, ly) + _level(rows, rx, ry)) / 2
        tall = (abs(bl[1] - tl[1]) + abs(br[1] - tr[1])) / 2
        return (_level(columns, ly, lx), _level(columns, ry, rx), v, max(tall, 1.0))

    return place


def _frame(middle: Array) -> tuple[float, float, float]:
    low, high = middle.min(axis=0), middle.max(axis=0)
    centre = (low + high) / 2
    return float(centre[0]), float(centre[1]), max(50.0, float((high - low).max()) / 2)


def _level(field: Field, along: float, across: float) -> float:
    """Follow the field from (along, across) back to the centre line; the fixed point of across = value + rise."""
    value = across
    for _ in range(4):
        value = across - field.rise(along, value)
    return value


def _row_field(
    left: Array, right: Array, middle: Array, height: Array, h: float, frame: tuple[float, float, float]
) -> Field:
    width = np.maximum(right[:, 0] - left[:, 0], 1.0)
    own = (right[:, 1] - left[:, 1]) / width
    use = width > 2.5 * height
    weight = np.minimum(width / h, 20.0) * 0.5
    field = _fit(middle[use, 0], middle[use, 1], own[use], weight[use], frame, 3 if use.sum() > 12 else 1)
    for order in (3, 5, 5):
        at, slopes, weights = _row_links(left, right, height, field, h)
        if len(slopes) < 4:
            break
        field = _fit(
            np.concatenate([at[:, 0], middle[use, 0]]),
            np.concatenate([at[:, 1], middle[use, 1]]),
            np.concatenate([slopes, own[use]]),
            np.concatenate([weights, weight[use] * 0.3]),
            frame,
            order if len(slopes) > 20 else min(order, 3) if len(slopes) > 8 else 1,
        )
    return field


def _row_links(left: Array, right: Array, height: Array, field: Field, h: float) -> tuple[Array, Array, Array]:
    """Neighbours in one row: for each line the nearest to its right that the field says is level with it."""
    at, slopes, weights = [], [], []
    for i in range(len(left)):
        gap = left[:, 0] - right[i, 0]
        near = np.flatnonzero((gap > -0.5 * h) & (gap < 25 * h) & (left[:, 0] > left[i, 0] + 0.5 * h))
        if not len(near):
            continue
        expected = field.slope(float(right[i, 0]), float(right[i, 1]))
        offset = left[near, 1] - right[i, 1] - expected * gap[near]
        level = near[np.abs(offset) < 0.45 * np.minimum(height[near], height[i])]
        if not len(level):
            continue
        j = int(level[np.argmin(gap[level])])
        # Mid to mid: box heights differ by descenders, a long base line makes that harmless.
        start, end = (left[i] + right[i]) / 2, (left[j] + right[j]) / 2
        run = float(end[0] - start[0])
        if run < 1.5 * h:
            continue
        at.append((start + end) / 2)
        slopes.append(float(end[1] - start[1]) / run)
        weights.append(min(run / h, 25.0))
    return np.array(at).reshape(-1, 2), np.array(slopes), np.array(weights)


def _column_field(
    left: Array, right: Array, middle: Array, rows: Field, h: float, frame: tuple[float, float, float]
) -> Field:
    """Slope dx/dy of columns from edges that line up with the next line below; starts from the rows' tilt."""
    cx, cy, scale = frame
    tilt = -rows.c[0]
    field = Field((tilt, 0.0, 0.0, 0.0, 0.0), cy, cx, scale)
    for order in (1, 3, 3):
        at, slopes, weights = [], [], []
        for points in (left, middle, right):
            for i in range(len(points)):
                drop = points[:, 1] - points[i, 1]
                near = np.flatnonzero((drop > 0.8 * h) & (drop < 6 * h))
                if not len(near):
                    continue
                shift = (
                    points[near, 0] - points[i, 0] - field.slope(float(points[i, 1]), float(points[i, 0])) * drop[near]
                )
                aligned = near[np.abs(shift) < 0.5 * h]
                if not len(aligned):
                    continue
                j = int(aligned[np.argmin(drop[aligned])])
                at.append((points[i] + points[j]) / 2)
                slopes.append(float(points[j, 0] - points[i, 0]) / float(drop[j]))
                weights.append(1.0)
        if len(slopes) < 6:
            return field
        spots = np.array(at)
        field = _fit(spots[:, 1], spots[:, 0], np.array(slopes), np.array(weights), (cy, cx, scale), order)
    return field
