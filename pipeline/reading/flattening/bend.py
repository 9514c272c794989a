"""A smooth bend: where each place of a flat page lies on the bent one, fitted to the directions of print.

Along a flat row the bent page must rise as the print does, along a flat column it must lean as the strokes do; between
and beyond the print it goes on as straight as it can. Both displacements are cubic splines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.interpolate import BSpline
from scipy.linalg import solve
from scipy.sparse import csr_array

from pipeline.reading.flattening.slopes import Slopes

__all__ = ["Bend", "fit_bend"]

Array = npt.NDArray[np.float64]

_DEGREE = 3
_ROUNDS = 4
_SURE = 0.012
"""How exactly a slope of rows is measured."""
_LESS_SURE = 0.04
"""How exactly the lean of strokes is measured: italics, hands and serifs differ."""
_STIFF = 0.1
"""Change of slope over one span of the spline that costs as much as one slope missed by its error."""
_STRETCH = 0.3
"""Stretch that costs as much: print says little about it."""


@dataclass(frozen=True, eq=False)
class Bend:
    """``bent = flat + displacement(flat)``; pixels of one common frame."""

    width: float
    height: float
    across: Array
    """Coefficients of the displacement in x, rows by columns of the spline's net."""
    down: Array
    """Of the displacement in y."""

    @cached_property
    def _knots(self) -> tuple[Array, Array]:
        rows, columns = self.across.shape
        return _knots(self.width, columns), _knots(self.height, rows)

    def bent(self, points: Array) -> Array:
        """Move points (... x 2) of the flat page to where they lie on the bent one."""
        flat = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        bx = _basis(self._knots[0], self.across.shape[1], flat[:, 0])
        by = _basis(self._knots[1], self.across.shape[0], flat[:, 1])
        moved = np.stack([((by @ net) * bx).sum(axis=1) for net in (self.across, self.down)], axis=-1)
        return np.asarray((flat + moved).reshape(np.shape(points)), dtype=np.float64)

    def bent_grid(self, x: Array, y: Array) -> Array:
        """Move the grid of all ``x`` by all ``y`` (rows, columns, 2): the same as :meth:`bent`, much faster."""
        bx = _basis(self._knots[0], self.across.shape[1], x)
        by = _basis(self._knots[1], self.across.shape[0], y)
        return np.stack([x[None, :] + by @ self.across @ bx.T, y[:, None] + by @ self.down @ bx.T], axis=-1)

    def flat(self, points: Array) -> Array:
        """Return where points of the bent page lie on the flat one."""
        found = np.asarray(points, dtype=np.float64)
        for _ in range(8):
            found = points - (self.bent(found) - found)
        return found


def fit_bend(slopes: Slopes, width: float, height: float, span: float) -> Bend | None:
    """Fit a bend to measured directions; None where there are too few.

    Args:
        slopes: in the frame of the bent page.
        width: of that frame.
        height: of that frame.
        span: least distance between the spline's knots; a bend within less is not followed.
    """
    if len(slopes.rows) < 12:
        return None
    columns = int(np.clip(round(width / span), 2, 14)) + _DEGREE
    rows = int(np.clip(round(height / span), 2, 14)) + _DEGREE
    knots = _knots(width, columns), _knots(height, rows)
    smooth = _stiffness(rows, columns, knots)
    bend = Bend(width, height, np.zeros((rows, columns)), np.zeros((rows, columns)))
    for _ in range(_ROUNDS):
        parts = [
            _equations(bend, slopes.rows_at, slopes.rows, along=0),
            _equations(bend, slopes.strokes_at, slopes.strokes, along=1),
        ]
        size = rows * columns
        left, right = smooth.copy(), np.zeros(2 * size)
        known = np.concatenate([bend.across.ravel(), bend.down.ravel()])
        for (matrix, wanted), sure in zip(parts, (_SURE, _LESS_SURE), strict=True):
            if not len(wanted):
                continue
            off = (wanted - matrix @ known) / sure
            scale = max(2.0, 1.5 * float(np.median(np.abs(off))))
            weight = 1.0 / (sure**2 * (1.0 + (off / scale) ** 2) ** 1.5)
            # Every place lies under a few of the spline's hills only.
            few = csr_array(matrix)
            left += (few.T @ few.multiply(weight[:, None])).toarray()
            right += matrix.T @ (weight * wanted)
        solved = np.asarray(solve(left, right, assume_a="pos", check_finite=False), dtype=np.float64)
        bend = Bend(width, height, solved[:size].reshape(rows, columns), solved[size:].reshape(rows, columns))
    return bend


def _equations(bend: Bend, places: Array, slopes: Array, *, along: int) -> tuple[Array, Array]:
    """One equation for each slope: across the way, the displacement rises by slope times the way."""
    if not len(places):
        return np.empty((0, 0)), np.empty(0)
    flat = bend.flat(places)
    (kx, ky), (rows, columns) = bend._knots, bend.across.shape
    bx, by = _basis(kx, columns, flat[:, 0]), _basis(ky, rows, flat[:, 1])
    if along == 0:
        step = np.einsum("ni,nj->nij", by, _basis(kx, columns, flat[:, 0], 1)).reshape(len(places), -1)
        return np.concatenate([-slopes[:, None] * step, step], axis=1), slopes
    step = np.einsum("ni,nj->nij", _basis(ky, rows, flat[:, 1], 1), bx).reshape(len(places), -1)
    return np.concatenate([step, -slopes[:, None] * step], axis=1), slopes


def _stiffness(rows: int, columns: int, knots: tuple[Array, Array]) -> Array:
    """What bends and stretches cost, as a quadratic form of all coefficients."""
    span_x, span_y = (float(np.max(np.diff(k))) for k in knots)
    one_x, one_y = np.eye(columns), np.eye(rows)
    by_x, by_y = np.diff(one_x, axis=0) / span_x, np.diff(one_y, axis=0) / span_y
    bend_x, bend_y = np.diff(by_x, axis=0), np.diff(by_y, axis=0)
    sheets = [np.kron(one_y, bend_x), np.kron(bend_y, one_x), np.kron(by_y, np.diff(one_x, axis=0))]
    bends = sum(part.T @ part for part in sheets) / _STIFF**2
    wide, tall = np.kron(one_y, by_x), np.kron(by_y, one_x)
    across = bends + wide.T @ wide / _STRETCH**2
    down = bends + tall.T @ tall / _STRETCH**2
    # Nothing else says where the page lies as a whole.
    still = np.full((rows * columns, rows * columns), 1e-4 / (rows * columns))
    size = rows * columns
    whole = np.zeros((2 * size, 2 * size))
    whole[:size, :size] = across + still
    whole[size:, size:] = down + still
    return whole + 1e-9 * np.eye(2 * size)


def _knots(length: float, count: int) -> Array:
    inner = np.linspace(0.0, length, count - _DEGREE + 1)
    step = inner[1] - inner[0]
    return np.concatenate([-step * np.arange(_DEGREE, 0, -1), inner, length + step * np.arange(1, _DEGREE + 1)])


def _basis(knots: Array, count: int, places: Array, derivative: int = 0) -> Array:
    """Values (places x count) of the spline's basis; beyond its ends the page goes on straight."""
    low, high = knots[_DEGREE], knots[count]
    inside = np.clip(places, low, high)
    spline = BSpline(knots, np.eye(count), _DEGREE)
    if derivative:
        return np.asarray(spline.derivative()(inside), dtype=np.float64)
    beyond = (places - inside)[:, None]
    value = spline(inside)
    if np.any(beyond):
        value = value + beyond * spline.derivative()(inside)
    return np.asarray(value, dtype=np.float64)
