"""How points of paper move: the same map moves the pixels (backwards) and the boxes (forwards)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from data_samples.factory.camera.fields import Grid, Points, coordinates, sample, spread
from data_samples.factory.drawn import Picture

__all__ = ["Bent", "Chain", "Map", "Projective", "render", "scaling", "sources", "turning"]

_ROUNDS = 16
"""Fixed-point steps to invert a displacement; it shrinks by its steepness (at most about a half) each time."""


class Map(Protocol):
    def forward(self, points: Points) -> Points:
        """Move points (... x 2, pixels) with the paper."""

    def back(self, points: Points) -> Points:
        """Return where points came from."""


@dataclass(frozen=True, slots=True)
class Projective:
    """A plane seen by a camera; also any turn, shift or scale."""

    matrix: NDArray[np.float64]

    def forward(self, points: Points) -> Points:
        return _through(self.matrix, points)

    def back(self, points: Points) -> Points:
        return _through(np.asarray(np.linalg.inv(self.matrix), np.float64), points)


@dataclass(frozen=True, slots=True)
class Bent:
    """A displacement of every point, given on a grid over the paper."""

    field: Grid

    def forward(self, points: Points) -> Points:
        return np.asarray(points + sample(self.field, points), dtype=np.float64)

    def back(self, points: Points) -> Points:
        found = np.asarray(points, dtype=np.float64)
        for _ in range(_ROUNDS):
            found = points - sample(self.field, found)
        return found


@dataclass(frozen=True, slots=True)
class Chain:
    """Maps one after the other."""

    maps: Sequence[Map]

    def forward(self, points: Points) -> Points:
        for part in self.maps:
            points = part.forward(points)
        return points

    def back(self, points: Points) -> Points:
        for part in reversed(self.maps):
            points = part.back(points)
        return points


def scaling(x: float, y: float) -> Projective:
    """A map that multiplies coordinates."""
    return Projective(np.diag([x, y, 1.0]))


def turning(degrees: float, centre: tuple[float, float]) -> Projective:
    """A map that turns clockwise (y points down) about ``centre``."""
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D(centre, -degrees, 1.0)
    return Projective(matrix)


def sources(moved: Map, size: tuple[int, int], origin: tuple[int, int] = (0, 0)) -> Grid:
    """Return where each pixel of a window of ``size`` (width, height) at ``origin`` comes from."""
    xs, ys = coordinates(*size)
    nodes = np.stack([xs, ys], axis=-1).astype(np.float64) + np.asarray(origin, dtype=np.float64)
    return spread(moved.back(nodes).astype(np.float32), *size)


def render(image: Picture, places: Grid, *, outside: int | None = None) -> Picture:
    """Return ``image`` read at ``places`` (see :func:`sources`).

    Args:
        outside: level where there is no paper; None repeats the paper's edge.
    """
    out = cv2.remap(
        image,
        places,
        np.empty(0, np.int16),
        cv2.INTER_CUBIC if image.ndim == 3 else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT,
        borderValue=(outside or 0,) * 4,
    )
    return np.asarray(out, dtype=np.uint8)


def _through(matrix: NDArray[np.float64], points: Points) -> Points:
    flat = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    homogeneous = flat @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray((homogeneous[:, :2] / homogeneous[:, 2:]).reshape(points.shape), dtype=np.float64)
