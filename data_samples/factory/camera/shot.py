"""What is worked on: a leaf of paper before the camera, then the frame that the camera sees.

Every box of truth travels as an outline of points, so that bent print is enclosed anew only at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from data_samples.factory.camera.fields import Grid, Points, coordinates, grid_size, lit
from data_samples.factory.camera.maps import Bent, Map
from data_samples.factory.drawn import Box, Picture

__all__ = ["Effect", "Frame", "FrameEffect", "Leaf", "LeafEffect", "Phase", "boxes_of", "outlines", "raised"]

_ALONG = 8
"""Points on the upper and on the lower edge of a box."""


class Phase(IntEnum):
    """When an effect happens; a recipe's steps are put in this order."""

    INK = 0
    """Print and pen on the flat paper."""
    COPY = 1
    """The paper is copied: what was on it becomes grey or black."""
    SHEET = 2
    """What is done to this very sheet: holes, staples, stains, folds."""
    LAYOUT = 3
    """Where the camera stands; read by ``placing``."""
    SCENE = 4
    """Things lying in the picture."""
    LIGHT = 5
    LENS = 6
    SENSOR = 7
    FILE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One sheet, flat, with the shape that it will take."""

    image: Picture
    per_mm: float
    """Pixels per millimetre."""
    prints: Points
    """n x 16 x 2: outlines of lines and marks, in pixels."""
    slant: tuple[float, float]
    """Towards where the light leans, times the tangent of its angle from the vertical."""
    mask: NDArray[np.uint8] | None = None
    """255 where there is paper; None: everywhere."""
    height: Grid | None = None
    """Pixels above the desk."""
    shift: Grid | None = None
    """Displacement within the plane (two channels, pixels)."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]

    def bent(self, foot: tuple[float, float], eye: float) -> Map | None:
        """Return how relief moves print for an eye ``eye`` pixels above ``foot``; None where the leaf is flat."""
        if self.height is None and self.shift is None:
            return None
        xs, ys = coordinates(*self.size)
        columns, rows = grid_size(*self.size)
        field = np.zeros((rows, columns, 2), np.float32) if self.shift is None else self.shift.copy()
        if self.height is not None:
            lift = self.height / (eye - np.minimum(self.height, eye * 0.6))
            field[..., 0] += (xs + field[..., 0] - foot[0]) * lift
            field[..., 1] += (ys + field[..., 1] - foot[1]) * lift
        return Bent(field.astype(np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture with the print of each sheet in it."""

    image: Picture
    prints: tuple[Points, ...]
    """For each sheet, outlines in pixels."""
    corners: tuple[Points, ...]
    """For each sheet, its four corners in pixels, clockwise from the top left of its print."""
    per_mm: float
    """Pixels per millimetre, about."""
    gain: Grid | None = None
    """Light on the scene, three channels, on a grid; not yet in ``image``."""
    veil: Grid | None = None
    """Stray light, 0 to 1, on a grid; not yet in ``image``."""
    quality: int | None = None
    """JPEG quality that an effect has decided on."""

    @property
    def size(self) -> tuple[int, int]:
        return self.image.shape[1], self.image.shape[0]

    def lit(self, gain: Grid) -> Frame:
        """Return the frame under a further gain (one or three channels, on a grid)."""
        full = np.repeat(gain[..., None], 3, axis=2) if gain.ndim == 2 else gain
        return replace(self, gain=full.astype(np.float32) if self.gain is None else self.gain * full)

    def veiled(self, veil: Grid) -> Frame:
        """Return the frame under further stray light."""
        old = 0.0 if self.veil is None else self.veil
        return replace(self, veil=(1 - (1 - old) * (1 - np.clip(veil, 0, 1))).astype(np.float32))

    def exposed(self) -> Frame:
        """Return the frame with its light in the picture."""
        image = self.image
        if self.gain is not None:
            image = lit(image, self.gain)
        if self.veil is not None:
            image = np.asarray(255 - lit(255 - image, np.asarray(1 - self.veil, np.float32)), dtype=np.uint8)
        return replace(self, image=image, gain=None, veil=None)

    def moved(self, image: Picture, move: Callable[[Points], Points], scale: float = 1.0) -> Frame:
        """Return the frame with another picture, to which ``move`` takes every point."""
        return replace(
            self,
            image=image,
            prints=tuple(move(points) for points in self.prints),
            corners=tuple(move(points) for points in self.corners),
            per_mm=self.per_mm * scale,
        )

    def text_height(self) -> float:
        """Return the median height of print in pixels; 0 where there is none."""
        tall = [np.hypot(*(points[:, 0] - points[:, -1]).T) for points in self.prints if len(points)]
        return float(np.median(np.concatenate(tall))) if tall else 0.0


LeafEffect = Callable[[Leaf, float, np.random.Generator], Leaf]
FrameEffect = Callable[[Frame, float, np.random.Generator], Frame]


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect of ``registry``. ``leaf`` or ``frame`` carries it out; neither for those of the layout."""

    phase: Phase
    leaf: LeafEffect | None = None
    frame: FrameEffect | None = None


def raised(leaf: Leaf, height: Grid, shift: Grid | None = None) -> Leaf:
    """Return the leaf with a further relief (pixels on a grid), shaded by its slopes."""
    slopes = np.gradient(height, 8.0)
    gain = 1 + (leaf.slant[0] * slopes[1] + leaf.slant[1] * slopes[0])
    # Gains act on display values: light itself changes by the power 2.2.
    soft = np.power(np.clip(gain, 0.25, 1.6), 1 / 2.2).astype(np.float32)
    # The phone exposes for the brightest facets; the others are darker than these.
    soft /= float(np.quantile(soft[::4, ::4], 0.9))
    old = leaf.height
    whole = shift if leaf.shift is None else leaf.shift if shift is None else leaf.shift + shift
    return replace(
        leaf,
        image=lit(leaf.image, np.minimum(soft, 1.05)),
        height=height.astype(np.float32) if old is None else old + height.astype(np.float32),
        shift=whole,
    )


def outlines(boxes: Sequence[Box], width: int, height: int) -> Points:
    """Return boxes (fractions) as outlines (pixels), clockwise from the top left."""
    table = np.array(boxes, dtype=np.float64).reshape(-1, 4) * [width, height, width, height]
    along = np.linspace(0, 1, _ALONG)
    xs = table[:, :1] + (table[:, 2:3] - table[:, :1]) * along
    upper = np.stack([xs, np.broadcast_to(table[:, 1:2], xs.shape)], axis=-1)
    lower = np.stack([xs, np.broadcast_to(table[:, 3:4], xs.shape)], axis=-1)[:, ::-1]
    return np.concatenate([upper, lower], axis=1)


def boxes_of(points: Points, width: int, height: int) -> list[Box]:
    """Return the boxes (fractions, not cut) that enclose outlines."""
    scale = np.array([width, height], dtype=np.float64)
    low, high = points.min(axis=1) / scale, points.max(axis=1) / scale
    return [(float(a[0]), float(a[1]), float(b[0]), float(b[1])) for a, b in zip(low, high, strict=True)]
