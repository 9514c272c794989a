"""Straightens a sheet: a smooth field of row slopes and one of column slopes, estimated from the lines themselves.

Photos slope, converge and bend, so no single angle is right. The slope of rows is a low polynomial of the place,
fitted first
to the lines' own direction, then also to neighbours in one row, near ones before far ones, so that a wrong
neighbour never
pulls the field to the next row. Every observation is a chord: from one end to the other the field must rise as much
as the
print does. Integrating the fields gives coordinates (u, v) in which rows run level and columns upright.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.extracting.lab.cells import Place
from pipeline.nouns import Line

__all__ = ["Field", "straighten"]

Array = NDArray[np.float64]

_SPREAD = (1.0, 0.2, 0.2, 0.15, 0.1, 0.1, 0.1)
"""How large each coefficient of a field may plausibly be; what the lines do not show stays near zero."""


@dataclass(frozen=True, eq=False)
class Field:
    """A slope as a polynomial 1, X, Y, X², XY, X³, X²Y of the place; X, Y in units of ``scale`` around the centre."""

    c: Array
    cx: float
    cy: float
    scale: float

    def terms(self, x: Array, along: Array) -> Array:
        """Integrals of the field's terms from the centre to ``x``, in pixels per unit of each coefficient."""
        u, w = (x - self.cx) / self.scale, (along - self.cy) / self.scale
        parts = [u, u**2 / 2, w * u, u**3 / 3, w * u**2 / 2, u**4 / 4, w * u**3 / 3]
        return self.scale * np.stack(parts, axis=-1)

    def level_one(self, x: float, across: float) -> float:
        """:meth:`level` of one place, in plain numbers: arrays of one take ten times as long."""
        c0, c1, c2, c3, c4, c5, c6 = self._coefficients
        u = (x - self.cx) / self.scale
        # Terms by power of ``w``: free of it, times w, times w squared.
        free = self.scale * u * (c0 + u * (c1 / 2 + u * (c3 / 3 + u * c5 / 4)))
        by_w = self.scale * u * (c2 + u * (c4 / 2 + u * c6 / 3))
        value = across
        for _ in range(4):
            value = across - free - by_w * (value - self.cy) / self.scale
        return value

    @cached_property
    def _coefficients(self) -> list[float]:
        return [float(one) for one in self.c]

    def level(self, x: Array, across: Array) -> Array:
        """Follow the field from (x, across) back to the centre line: the fixed point of across = value +
        rise(value)."""
        value = across
        for _ in range(4):
            value = across - self.terms(x, value) @ self.c
        return value


def straighten(lines: Sequence[Line]) -> Callable[[Line], Place]:
    """Return the map of a line (or a part of one) to its place in the straightened frame of ``lines``."""
    if not lines:
        return lambda line: (line.quad[0][0], line.quad[1][0], line.quad[0][1], 1.0)
    quads = np.array([line.quad for line in lines], dtype=float)
    left, right = (quads[:, 0] + quads[:, 3]) / 2, (quads[:, 1] + quads[:, 2]) / 2
    tall: Array = np.maximum(
        (np.abs(quads[:, 3, 1] - quads[:, 0, 1]) + np.abs(quads[:, 2, 1] - quads[:, 1, 1])) / 2, 1.0
    )
    h = float(np.median(tall))
    low, high = np.minimum(left, right).min(axis=0), np.maximum(left, right).max(axis=0)
    centre, scale = (low + high) / 2, max(50.0, float((high - low).max()) / 2)
    rows = _row_field(left, right, tall, h, (float(centre[0]), float(centre[1]), scale))
    columns = _column_field(left, right, rows, h, (float(centre[1]), float(centre[0]), scale))

    def place(line: Line) -> Place:
        (lx, ly), (rx, ry) = line.left, line.right
        tl, tr, br, bl = line.quad
        v = (rows.level_one(lx, ly) + rows.level_one(rx, ry)) / 2
        height = (abs(bl[1] - tl[1]) + abs(br[1] - tr[1])) / 2
        return (columns.level_one(ly, lx), columns.level_one(ry, rx), v, max(height, 1.0))

    return place


def _refit(field: Field, start: Array, end: Array, sigma: Array) -> Field:
    """Fit the field to chords from ``start`` to ``end`` (x, across), whose rise is sure to ``sigma`` pixels.

    Robust: begins with the residuals of the field given, so that chords to a neighbouring row, a whole step off,
    count nothing.
    """
    if not len(start):
        return field
    basis = field.terms(end[:, 0], start[:, 1]) - field.terms(start[:, 0], start[:, 1])
    rise = end[:, 1] - start[:, 1]
    prior = np.diag(1.0 / np.array(_SPREAD) ** 2)
    c = field.c
    for _ in range(8):
        off = (rise - basis @ c) / sigma
        scale = max(1.0, 1.5 * float(np.median(np.abs(off))))
        weight: Array = 1.0 / sigma**2 / (1.0 + (off / scale) ** 2) ** 1.5
        c = np.asarray(
            np.linalg.solve(basis.T @ (basis * weight[:, None]) + prior, basis.T @ (weight * rise)), dtype=np.float64
        )
    return Field(c, field.cx, field.cy, field.scale)


def _row_field(left: Array, right: Array, tall: Array, h: float, frame: tuple[float, float, float]) -> Field:
    width: Array = np.maximum(right[:, 0] - left[:, 0], 1.0)
    own = (right[:, 1] - left[:, 1]) / width
    use = (width > 1.8 * tall) & (np.abs(own) < 0.6)
    start = Field(np.zeros(7), *frame)
    if use.any():
        tilt = float(np.average(own[use], weights=width[use] ** 2))
        middle = float(np.median(np.repeat(own[use], np.maximum(1, (width[use] / h).astype(int)))))
        start = Field(np.array([middle if abs(middle - tilt) < 0.2 else tilt, 0, 0, 0, 0, 0, 0]), *frame)
    sigma = np.full(int(use.sum()), 0.08 * h)
    field = _refit(start, left[use], right[use], sigma)
    for reach in (4.0, 8.0, 14.0, 25.0, 25.0):
        pairs = _row_links(left, right, tall, field, h, reach)
        if not len(pairs):
            continue
        one, two = (left + right)[pairs[:, 0]] / 2, (left + right)[pairs[:, 1]] / 2
        field = _refit(
            field,
            np.concatenate([left[use], one]),
            np.concatenate([right[use], two]),
            np.concatenate([sigma, np.full(len(pairs), 0.12 * h)]),
        )
    return field


def _row_links(left: Array, right: Array, tall: Array, field: Field, h: float, reach: float) -> NDArray[np.int64]:
    """Neighbours in one row: for each line the nearest to its right that the field says is level with it."""
    v = (field.level(left[:, 0], left[:, 1]) + field.level(right[:, 0], right[:, 1])) / 2
    pairs = []
    for i in range(len(left)):
        gap = left[:, 0] - right[i, 0]
        near = np.flatnonzero((gap > -0.5 * h) & (gap < reach * h) & (left[:, 0] > left[i, 0] + 0.5 * h))
        level = near[np.abs(v[near] - v[i]) < 0.35 * np.minimum(tall[near], tall[i])]
        if len(level):
            pairs.append((i, int(level[np.argmin(gap[level])])))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _column_field(left: Array, right: Array, rows: Field, h: float, frame: tuple[float, float, float]) -> Field:
    """Slope dx/dy of columns from edges that line up with the next line below; starts from the rows' tilt."""
    field = Field(np.array([-rows.c[0], 0, 0, 0, 0, 0, 0]), *frame)
    points = np.concatenate([left, (left + right) / 2, right])
    kind = np.repeat(np.arange(3), len(left))
    for _ in range(3):
        u = field.level(points[:, 1], points[:, 0])
        pairs = []
        for i in range(len(points)):
            drop = points[:, 1] - points[i, 1]
            near = np.flatnonzero((kind == kind[i]) & (drop > 0.8 * h) & (drop < 6 * h) & (np.abs(u - u[i]) < 0.5 * h))
            if len(near):
                pairs.append((i, int(near[np.argmin(drop[near])])))
        if len(pairs) < 6:
            return field
        one, two = points[[p[0] for p in pairs]], points[[p[1] for p in pairs]]
        field = _refit(field, one[:, ::-1], two[:, ::-1], np.full(len(pairs), 0.15 * h))
    return field
