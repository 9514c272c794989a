"""The flattened page: its picture, and where each of its places lies on the page as taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.flattening.bend import Bend, fit_bend
from pipeline.reading.flattening.need import WORTH, lies_flat, wander
from pipeline.reading.flattening.slopes import WORK_LINE, measure_rest, measure_slopes
from pipeline.reading.geometry import Points, Quads, estimate_skew, heights, rotation
from pipeline.reading.pixels import Image, gray

__all__ = ["Flat", "flatten"]

Array = npt.NDArray[np.float64]

_TURN_FIRST = 3.0
"""Degrees of skew that are taken out before slopes are measured."""
_SPAN = 5.0
"""Least distance of the bend's knots, in lines."""
_MARGIN = 6.0
"""Paper kept around the outermost print, in lines. What lies farther off is table, bed or another sheet."""
_MOST = 0.45
"""A fold over or a stretch beyond this is no paper: the slopes were misread."""
_HOPE = 0.7
"""Share of what makes flattening worth while that the first look must show. On ten bent photos the second look changed
what the first had found by 0.02 lines at most."""
_NODES = 24
_APART = 8
"""Pixels between the places for which the way back is worked out, rather than for every pixel."""


@dataclass(frozen=True, eq=False)
class Flat:
    """A page made flat. ``quads`` of it are mapped by the very map that its pixels were taken with."""

    image: Image
    bend: Bend
    scale: float
    """Pixels of the frame that the bend was fitted in for one pixel of the page."""
    origin: tuple[float, float]
    """Of the picture in that frame."""
    back: Array
    """Matrix (2 x 3) from that frame at the page's scale to the page: undoes the first turn."""

    def upright(self, points: Array) -> Array:
        """Move points (... x 2) of the flat picture to where they lie on the page."""
        bent = self.bend.bent(points * self.scale + np.array(self.origin)) / self.scale
        return np.asarray(bent @ self.back[:, :2].T + self.back[:, 2], dtype=np.float64)

    def around(self, quad: Points) -> Points:
        """Return four corners on the page for a quad of the flat picture; they enclose a row that is bent there."""
        at = np.linspace(0, 1, 9)[:, None]
        top, bottom = (self.upright(quad[a] + at * (quad[b] - quad[a])) for a, b in ((0, 1), (3, 2)))
        corners = np.stack([top[0], top[-1], bottom[-1], bottom[0]])
        along = (top[-1] - top[0]) + (bottom[-1] - bottom[0])
        down = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
        # How far the edges leave the straight line between their corners, above and below.
        up = float(((top - top[0] - at * (top[-1] - top[0])) @ down).min())
        low = float(((bottom - bottom[0] - at * (bottom[-1] - bottom[0])) @ down).max())
        corners[:2] += min(up, 0.0) * down
        corners[2:] += max(low, 0.0) * down
        return np.asarray(corners, dtype=np.float64)

    def grid(self) -> Array:
        """Places on the page of 25 by 25 evenly spread points of the flat picture, corners included."""
        height, width = self.image.shape[:2]
        xs, ys = np.meshgrid(np.linspace(0, width, _NODES + 1), np.linspace(0, height, _NODES + 1))
        return self.upright(np.stack([xs, ys], axis=-1))


def flatten(image: Image, quads: Quads) -> Flat | None:
    """Return the page made flat; None where it lies flat already or its bend cannot be told.

    Args:
        image: BGR, upright.
        quads: of the lines that detection found.
    """
    if lies_flat(quads):
        return None
    height, width = image.shape[:2]
    skew = estimate_skew(quads)
    matrix, new_width, new_height = (
        rotation(width, height, skew) if abs(skew) > _TURN_FIRST else (np.eye(2, 3), width, height)
    )
    turned: Quads = quads @ matrix[:, :2].T + matrix[:, 2]
    scale = WORK_LINE / float(np.median(heights(quads)))
    size = (max(round(new_width * scale), 1), max(round(new_height * scale), 1))
    grey = cv2.warpAffine(_reduced(gray(image), scale), _scaled(matrix, scale), size, borderMode=cv2.BORDER_REPLICATE)
    bend = _measured(np.asarray(grey, dtype=np.uint8), turned * scale)
    if bend is None:
        return None
    flat_quads = bend.flat(turned * scale)
    if not _plausible(bend, flat_quads) or _wandering(turned * scale, flat_quads) < WORTH:
        return None
    low = np.maximum(flat_quads.min(axis=(0, 1)) - _MARGIN * WORK_LINE, -_MARGIN * WORK_LINE)
    high = np.minimum(
        flat_quads.max(axis=(0, 1)) + _MARGIN * WORK_LINE, np.array(size, dtype=np.float64) + _MARGIN * WORK_LINE
    )
    return _rendered(image, bend, scale, (low, high), np.asarray(cv2.invertAffineTransform(matrix), dtype=np.float64))


def _measured(grey: Image, quads: Quads) -> Bend | None:
    """Fit a bend, look at the page flattened by it, and fit again with what is seen there: steep places show better."""
    size = (float(grey.shape[1]), float(grey.shape[0]))
    slopes = measure_slopes(grey, quads)
    bend = fit_bend(slopes, *size, _SPAN * WORK_LINE)
    if bend is None:
        return None
    flat = bend.flat(quads)
    if not _plausible(bend, flat):
        return bend
    if _wandering(quads, flat) < _HOPE * WORTH:
        return None  # the second look, which costs as much again, hardly finds more bend than the first
    places = bend.bent_grid(np.arange(grey.shape[1], dtype=np.float64), np.arange(grey.shape[0], dtype=np.float64))
    level = cv2.remap(grey, places.astype(np.float32), np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    at, rest = measure_rest(np.asarray(level, dtype=np.uint8), bend.flat(quads))
    way = np.column_stack([np.ones_like(rest), rest])
    run = bend.bent(at + way) - bend.bent(at - way)
    seen = replace(slopes, rows_at=bend.bent(at), rows=run[:, 1] / run[:, 0])
    return fit_bend(seen, *size, _SPAN * WORK_LINE) or bend


def _wandering(quads: Quads, flat: Quads) -> float:
    """How far rows are from straight and parallel, in lines, when they lie at ``flat`` on the flat page."""
    return wander(flat.mean(axis=1), (quads - flat).mean(axis=1)[:, 1], WORK_LINE)


def _rendered(image: Image, bend: Bend, scale: float, frame: tuple[Array, Array], back: Array) -> Flat:
    low, high = frame
    width, height = (max(round(float(side)), 1) for side in (high - low) / scale)
    # The bend is smooth: between places a few pixels apart it runs straight to a hundredth of a pixel. Resizing sees
    # values in the middle of pixels, and needs one place more on every side.
    x, y = ((np.arange(-1, -(-side // _APART) + 1) + 0.5) * _APART - 0.5 for side in (width, height))
    places = bend.bent_grid(x * scale + low[0], y * scale + low[1]) / scale
    coarse = (places @ back[:, :2].T + back[:, 2]).astype(np.float32)
    fine = cv2.resize(coarse, None, fx=_APART, fy=_APART, interpolation=cv2.INTER_LINEAR)
    source = np.ascontiguousarray(fine[_APART : _APART + height, _APART : _APART + width])
    picture = cv2.remap(image, source, np.empty(0), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Flat(np.asarray(picture, dtype=np.uint8), bend, scale, (float(low[0]), float(low[1])), back)


def _plausible(bend: Bend, flat: Quads) -> bool:
    """Whether the bend keeps sizes and the order of places, wherever there is print."""
    centres = flat.mean(axis=1)
    step = WORK_LINE / 2
    here = bend.bent(centres)
    across, down = (bend.bent(centres + np.array(way)) - here for way in ((step, 0.0), (0.0, step)))
    stretch = np.concatenate([across[:, 0], down[:, 1]]) / step
    lean = np.concatenate([across[:, 1], down[:, 0]]) / step
    return bool(np.all(np.abs(stretch - 1) < _MOST) and np.all(np.abs(lean) < _MOST))


def _reduced(grey: Image, scale: float) -> Image:
    if scale >= 1:
        return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale), dtype=np.uint8)
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _scaled(matrix: Array, scale: float) -> Array:
    """The same turn in pixels that are larger by 1 / ``scale``."""
    result = np.array(matrix, dtype=np.float64)
    result[:, 2] *= scale
    return result
