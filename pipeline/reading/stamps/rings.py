"""Finds the rings of round and oval seals: ellipses of ink with characters inside the rim (pixels, upright frame)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.pixels import Image
from pipeline.reading.stamps.ink import Colour, coloured, ink_masks, strokes

__all__ = ["Ring", "find_rings"]

_WORK_SIDE = 1050
_LEAST_SIDE = 0.028
"""Shortest axis of a seal as a share of the picture's longer side (a 25 mm oval on a page that fills half of it)."""
_LEAST_GLYPHS = 3.6
"""The same in heights of the page's usual characters; most emblems beside a letterhead are smaller."""
_MOST_SIDE = 0.6
_FLATTEST = 0.5
_COVER = 0.62
"""Share of directions in which a ring of ink is met."""
_SURE = 0.85
_SECTORS = 72
_TRIES = 80
_SEARCHES = 6
"""Patches of one page in which a ring is searched for among other ink; a ring that stands alone needs no search."""
_REFINED = 12
_POINTS = 4000

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ring:
    """Middle of the rim of a seal. ``long`` and ``short`` are half axes, ``tilt`` the long one's angle in degrees,
    clockwise on the page."""

    x: float
    y: float
    long: float
    short: float
    tilt: float
    colour: Colour
    cover: float = 1.0

    @property
    def oval(self) -> bool:
        """True for a seal that was cut oval; a camera seldom makes a round one this flat."""
        return self.long > 1.22 * self.short

    def scaled(self, factor: float) -> Ring:
        """The same ring in a picture ``factor`` times as large."""
        return Ring(
            self.x * factor,
            self.y * factor,
            self.long * factor,
            self.short * factor,
            self.tilt,
            self.colour,
            self.cover,
        )

    def box(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """Upright box around the ring, grown by ``margin`` times the half axis."""
        turn = np.radians(self.tilt)
        half_w = float(np.hypot(self.long * np.cos(turn), self.short * np.sin(turn))) + margin * self.short
        half_h = float(np.hypot(self.long * np.sin(turn), self.short * np.cos(turn))) + margin * self.short
        return (self.x - half_w, self.y - half_h, self.x + half_w, self.y + half_h)

    def unit(self, points: Points) -> Points:
        """Points (n, 2) in the frame in which the ring is the unit circle."""
        turn = np.radians(self.tilt)
        dx, dy = points[:, 0] - self.x, points[:, 1] - self.y
        along = (dx * np.cos(turn) + dy * np.sin(turn)) / self.long
        across = (-dx * np.sin(turn) + dy * np.cos(turn)) / self.short
        return np.stack([along, across], axis=1)


def find_rings(image: Image, *, glyph: float | None) -> tuple[Ring, ...]:
    """Return the rings on a page, largest first; what is in them is not looked at.

    Args:
        image: BGR.
        glyph: usual height of the page's characters in pixels, where known.
    """
    # Reducing by a whole number is several times faster.
    factor = max(1, round(max(image.shape[:2]) / _WORK_SIDE))
    height, width = (size // factor for size in image.shape[:2])
    small = np.asarray(
        cv2.resize(image[: height * factor, : width * factor], (width, height), interpolation=cv2.INTER_AREA)
        if factor > 1
        else image,
        dtype=np.uint8,
    )
    least = max(_LEAST_SIDE * max(height, width), _LEAST_GLYPHS * (glyph or 0.0) / factor, 22.0)
    masks: dict[Colour, Image] = ink_masks(small) if coloured(small) else {"dark": strokes(small)}
    found: list[Ring] = []
    for colour, mask in masks.items():
        for ring in _in_mask(mask, colour, least):
            if all(not _same(ring, other) for other in found):
                found.append(ring)
    return tuple(sorted((ring.scaled(factor) for ring in found), key=lambda ring: -ring.long))


def _same(a: Ring, b: Ring) -> bool:
    return bool(np.hypot(a.x - b.x, a.y - b.y) < 0.5 * max(a.short, b.short))


def _in_mask(mask: Image, colour: Colour, least: float) -> Iterator[Ring]:
    if np.count_nonzero(mask) < 2.0 * least:
        return
    reach = max(3, round(least * (0.2 if colour == "dark" else 0.14))) | 1
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    most = _MOST_SIDE * max(mask.shape)
    short = np.minimum(stats[:, 2], stats[:, 3])
    fitting = (short >= 0.8 * least) & (np.maximum(stats[:, 2], stats[:, 3]) <= most)
    searches = _SEARCHES if colour != "dark" else _SEARCHES // 2
    for index in sorted(np.flatnonzero(fitting[1:]) + 1, key=lambda i: -int(short[i])):
        x, y, w, h = (int(v) for v in stats[index, :4])
        own = (labels[y : y + h, x : x + w] == index) & (mask[y : y + h, x : x + w] > 0)
        # Skin, wood and pictures of organs are red all over; the rim of a seal encloses mostly paper.
        count = np.count_nonzero(own)
        if not 40 <= count <= 0.5 * w * h:
            continue
        ys, xs = np.nonzero(own)
        points = np.stack([xs, ys], axis=1).astype(np.float64)[:: count // _POINTS + 1] + 0.5
        ring = _fit(points, least, colour)
        if (ring is None or ring.cover < _SURE) and searches > 0:
            searches -= 1
            ring = _search(points, least, colour, ring)
        if ring is not None and ring.cover >= _COVER:
            yield Ring(ring.x + x, ring.y + y, ring.long, ring.short, ring.tilt, colour, ring.cover)


def _fit(points: Points, least: float, colour: Colour) -> Ring | None:
    """The ellipse around all of ``points``."""
    hull = cv2.convexHull(points.astype(np.float32)).reshape(-1, 2).astype(np.float64)
    return _refined(_ellipse(hull, colour), points, least)


def _search(points: Points, least: float, colour: Colour, best: Ring | None) -> Ring | None:
    """The ellipse on whose line most of the outer ink lies, though other ink hangs on to it."""
    random = np.random.default_rng(len(points))
    rim = _rim(points)
    few = points[:: len(points) // 700 + 1]
    hope, refined = 0.0, 0
    for attempt in range(_TRIES if len(rim) >= 12 else 0):
        if attempt == _TRIES // 3 and hope < 0.3:
            break
        # Three points make a circle, six an ellipse; three lie on the rim by chance far more often.
        count = 6 if attempt % 2 else 3
        chosen = rim[random.choice(len(rim), count, replace=False)]
        ring = _ellipse(chosen, colour) if count == 6 else _circle(chosen, colour)
        if ring is None or 2 * ring.short < least or not _inside(ring, points):
            continue
        cover = _cover(ring, few)
        if cover <= max(0.3, 0.9 * hope):
            continue
        hope = max(hope, cover)
        better = _refined(ring, points, least)
        refined += 1
        if better is not None and (best is None or better.cover > best.cover):
            best = better
        if refined == _REFINED or (best is not None and best.cover >= 0.99):
            break
    return best


def _inside(ring: Ring, points: Points) -> bool:
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    a, b, c, d = ring.box()
    slack = 0.15 * ring.long
    return bool(a > x0 - slack and b > y0 - slack and c < x1 + slack and d < y1 + slack)


def _rim(points: Points) -> Points:
    """The outermost point in each direction from the middle, and the outermost of each row and column."""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    away = points - middle
    sector = ((np.arctan2(away[:, 1], away[:, 0]) + np.pi) / (2 * np.pi) * _SECTORS).astype(int) % _SECTORS
    distance = np.hypot(away[:, 0], away[:, 1])
    chosen: dict[int, int] = {}
    for index in np.argsort(distance):
        chosen[int(sector[index])] = int(index)
    return points[sorted(chosen.values())]


def _circle(points: Points, colour: Colour) -> Ring | None:
    """The circle through three points."""
    (ax, ay), (bx, by), (cx, cy) = points
    double = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    if abs(double) < 1.0:
        return None
    a, b, c = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
    x = (a * (by - cy) + b * (cy - ay) + c * (ay - by)) / double
    y = (a * (cx - bx) + b * (ax - cx) + c * (bx - ax)) / double
    radius = float(np.hypot(ax - x, ay - y))
    return Ring(float(x), float(y), radius, radius, 0.0, colour)


def _ellipse(points: Points, colour: Colour) -> Ring | None:
    if len(points) < 6:
        return None
    try:
        (x, y), (w, h), turn = cv2.fitEllipseDirect(points.astype(np.float32))
    except cv2.error:
        return None
    if not all(np.isfinite(v) for v in (x, y, w, h, turn)) or min(w, h) <= 0:
        return None
    if w < h:
        w, h, turn = h, w, turn + 90
    if h < _FLATTEST * w:
        return None
    return Ring(x, y, w / 2, h / 2, turn % 180, colour)


def _refined(ring: Ring | None, points: Points, least: float) -> Ring | None:
    """Fit again to the ink near the ring, the outermost in each direction, until it stays."""
    for reach in (0.14, 0.09, 0.06, 0.04):
        if ring is None:
            return None
        unit = ring.unit(points)
        radius = np.hypot(unit[:, 0], unit[:, 1])
        near = np.abs(radius - 1) < reach
        sector = ((np.arctan2(unit[:, 1], unit[:, 0]) + np.pi) / (2 * np.pi) * _SECTORS).astype(int) % _SECTORS
        outer = np.zeros(_SECTORS)
        np.maximum.at(outer, sector[near], radius[near])
        rim = near & (radius > outer[sector] - 0.05)
        if np.count_nonzero(rim) < 12:
            return None
        ring = _ellipse(points[rim], ring.colour)
    if ring is None or 2 * ring.short < least:
        return None
    return Ring(ring.x, ring.y, ring.long, ring.short, ring.tilt, ring.colour, _cover(ring, points))


def _cover(ring: Ring, points: Points) -> float:
    """Share of directions in which ink lies on the line of the ring."""
    unit = ring.unit(points)
    radius = np.hypot(unit[:, 0], unit[:, 1])
    band = max(0.035, 1.2 / ring.short)
    on = np.abs(radius - 1) < band
    sector: Any = ((np.arctan2(unit[on, 1], unit[on, 0]) + np.pi) / (2 * np.pi) * _SECTORS).astype(int) % _SECTORS
    return len(np.unique(sector)) / _SECTORS
