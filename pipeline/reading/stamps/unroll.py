"""Unrolls the text that runs round a seal into a straight strip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.pixels import Image
from pipeline.reading.stamps.rings import Ring
from pipeline.reading.stamps.upright import bottom

__all__ = ["Unrolled", "as_strip", "inked_again", "towards_middle", "unroll"]

_OUTSIDE = 0.10
"""How far outside the rim the unrolled picture starts, and how far inside it ends, in short half axes."""
_INSIDE = 0.58
_INK = 96
"""Level from which a pixel counts as ink."""


@dataclass(frozen=True, slots=True)
class Unrolled:
    """The seal's ink along its rim (columns, clockwise on the page, all round) and from outside inwards (rows).

    One row and one column are about one pixel of the seal. What lies clockwise from the bottom by way of the left side
    comes first when text is read.
    """

    ink: Image
    ring: Ring
    turns: npt.NDArray[np.float64]
    """Parameter of the ellipse (radians, clockwise, 0 along the long axis) of each column."""
    band: tuple[int, int]
    """Rows in which the characters stand, first and last."""
    start: int
    """Column of the seal's bottom: where the text starts and ends."""

    @property
    def up(self) -> float:
        """Parameter of the ellipse (radians) of the seal's top."""
        return float(self.turns[(self.start + len(self.turns) // 2) % len(self.turns)])

    @property
    def open(self) -> bool:
        """True when no character stands at the bottom."""
        reach = len(self.turns) // 36
        columns = (self.start + np.arange(-reach, reach + 1)) % len(self.turns)
        return float((self.ink[self.band[0] : self.band[1]][:, columns] > _INK).mean()) < 0.03

    @property
    def marks(self) -> int:
        """How often the middle of the band changes between ink and paper on the way round: characters change often."""
        top, low = self.band
        middle = self.ink[round(0.7 * top + 0.3 * low) : round(0.4 * top + 0.6 * low) + 1].max(axis=0) > _INK
        return int(np.count_nonzero(middle != np.roll(middle, 1)))

    @property
    def rim(self) -> float:
        """Share of the way round on which ink lies on the rim and none just outside of it."""
        at, reach = round(_OUTSIDE * self.ring.short), max(1, round(0.045 * self.ring.short))
        on = (self.ink[max(0, at - reach) : at + reach + 1] > _INK).any(axis=0)
        beyond = (self.ink[: max(1, at - 2 * reach + 1)] > _INK).mean(axis=0) > 0.5
        return float((on & ~beyond).mean())

    @property
    def filled(self) -> float:
        """Share of ink in the band."""
        return float((self.ink[self.band[0] : self.band[1]] > _INK).mean())


def unroll(ink: Image, ring: Ring) -> Unrolled:
    """Unroll ``ink`` (255: full ink) along ``ring``, both in the same frame."""
    turns = _even(ring)
    strip = _sample(ink, ring, turns)
    top, low = _band(strip, ring.short)
    outer = strip[top : top + max(3, round(0.75 * (low - top)))] > _INK
    below = strip[low + round(0.02 * ring.short) : low + round(0.16 * ring.short) + 1] > _INK
    start = bottom(outer.mean(axis=0), below.mean(axis=0), ink, ring, turns)
    return Unrolled(strip, ring, turns, (top, low), start)


def inked_again(unrolled: Unrolled, ink: Image) -> Unrolled:
    """The same seal with other ``ink`` (some of it taken away)."""
    return replace(unrolled, ink=_sample(ink, unrolled.ring, unrolled.turns))


def towards_middle(unrolled: Unrolled, ink: Image) -> Unrolled:
    """An oval seal whose characters point away from its middle, not straight away from its rim.

    Along the rays from the middle upright strokes stand upright; level strokes then slope, for each character by its
    own angle, and are made level again character by character.
    """
    ring, turns = unrolled.ring, unrolled.turns
    xs, ys, slope = _rays(ring, turns, _depths(ring))
    strip = _remapped(ink, xs, ys)
    top, low = unrolled.band
    columns = np.arange(len(turns), dtype=np.float64)
    centres = _centres((strip[top : low + 1] > _INK).mean(axis=0) > 0.06, 0.9 * (low - top))
    lift = np.interp(centres, columns, slope) * (columns - centres)
    rows = np.arange(len(strip), dtype=np.float64)[:, None] - lift[None, :]
    level = cv2.remap(
        strip,
        np.broadcast_to(columns, rows.shape).astype(np.float32),
        rows.astype(np.float32),
        cv2.INTER_LINEAR,
        borderValue=(0,),
    )
    return replace(unrolled, ink=np.asarray(level, dtype=np.uint8))


def _rays(ring: Ring, turns: Any, depths: Any) -> tuple[Any, Any, Any]:
    """Pixels along rays from the middle, depth counted across the text; and how far level strokes slope."""
    cos, sin = np.cos(turns), np.sin(turns)
    normal = np.stack([ring.short * cos, ring.long * sin]) / np.hypot(ring.short * cos, ring.long * sin)
    middle = 0.22 * ring.short
    place = np.stack([ring.long * cos, ring.short * sin]) - middle * normal
    ray = place / np.hypot(*place)
    along = (ray * normal).sum(axis=0)
    # Clockwise tangent; the ray inwards leans towards it by an angle whose sine this is.
    lean = -(ray * np.stack([-normal[1], normal[0]])).sum(axis=0)
    deep = (depths[:, None] - middle) / along[None, :]
    across, down = place[0] - deep * ray[0], place[1] - deep * ray[1]
    tilt = np.radians(ring.tilt)
    xs = ring.x + across * np.cos(tilt) - down * np.sin(tilt)
    ys = ring.y + across * np.sin(tilt) + down * np.cos(tilt)
    return xs, ys, lean * along


def _centres(inked: Any, pitch: float) -> Any:
    """For each column the middle of the character that it belongs to."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inked.astype(np.int8), [0]])))
    result = np.arange(len(inked), dtype=np.float64)
    for start, end in edges.reshape(-1, 2):
        count = max(1, round((end - start) / pitch))
        cuts = np.linspace(start, end, count + 1)
        for a, b in pairwise(cuts):
            result[int(a) : int(np.ceil(b))] = (a + b) / 2
    return result


def _even(ring: Ring) -> npt.NDArray[np.float64]:
    """Parameters at even steps of way along the middle of the text: about one pixel each."""
    fine = np.linspace(0, 2 * np.pi, 721)
    xs, ys = _places(ring, fine, np.array([0.22 * ring.short]))
    way = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(xs[0]), np.diff(ys[0])))])
    steps = max(64, round(float(way[-1])))
    result: npt.NDArray[np.float64] = np.interp(np.arange(steps) * way[-1] / steps, way, fine)
    return result


def _places(ring: Ring, turns: Any, depths: Any) -> tuple[Any, Any]:
    """Pixels at each depth (rows) below the rim and each parameter (columns).

    In an oval seal characters keep one distance from the rim; in a round one seen aslant that distance shrinks with
    the axis that it lies along.
    """
    cos, sin = np.cos(turns)[None, :], np.sin(turns)[None, :]
    deep = depths[:, None]
    if ring.oval:
        length = np.hypot(ring.short * cos, ring.long * sin)
        along = ring.long * cos - deep * ring.short * cos / length
        across = ring.short * sin - deep * ring.long * sin / length
    else:
        share = 1 - deep / ring.short
        along, across = ring.long * share * cos, ring.short * share * sin
    tilt = np.radians(ring.tilt)
    return (
        ring.x + along * np.cos(tilt) - across * np.sin(tilt),
        ring.y + along * np.sin(tilt) + across * np.cos(tilt),
    )


def _depths(ring: Ring) -> Any:
    return np.arange(-_OUTSIDE * ring.short, _INSIDE * ring.short)


def _sample(ink: Image, ring: Ring, turns: Any) -> Image:
    return _remapped(ink, *_places(ring, turns, _depths(ring)))


def _remapped(ink: Image, xs: Any, ys: Any) -> Image:
    strip = cv2.remap(ink, xs.astype(np.float32) - 0.5, ys.astype(np.float32) - 0.5, cv2.INTER_LINEAR, borderValue=(0,))
    return np.asarray(strip, dtype=np.uint8)


def _band(strip: Image, short: float) -> tuple[int, int]:
    """Rows between which the characters stand: from the paper within the rim to the paper before the middle."""
    cover = np.convolve((strip > _INK).mean(axis=1), np.ones(3) / 3, mode="same")
    rim = _OUTSIDE * short
    # A second, thinner rim may stand within the first: the last of the emptiest rows counts.
    first, last = round(rim + 0.03 * short), round(rim + 0.17 * short)
    top = last - 1 - int(np.argmin(cover[first:last][::-1]))
    first, last = round(rim + 0.30 * short), round(rim + 0.50 * short)
    low = first + int(np.argmin(cover[first:last]))
    return top, low


def as_strip(unrolled: Unrolled, *, start: int | None = None, share: float = 1.0, room: float = 0.08) -> Image:
    """Return the characters as a strip, dark on white, BGR, blank ends cut; empty (no columns) without ink.

    Args:
        start: first column; by default the bottom.
        share: how much of the way round is taken.
        room: blank rows above and below the characters, as a share of their height.
    """
    top, low = unrolled.band
    count = unrolled.ink.shape[1]
    first = unrolled.start if start is None else start
    columns = (first + np.arange(round(count * share))) % count
    part = unrolled.ink[top : low + 1][:, columns]
    inked = np.flatnonzero((part > _INK).mean(axis=0) > 0.08)
    if len(inked) == 0:
        return np.empty((low - top + 1, 0, 3), dtype=np.uint8)
    pad = (low - top) // 4
    part = part[:, inked[0] : inked[-1] + 1]
    more = max(1, round(room * (low - top)))
    part = np.pad(part, ((more, more), (pad, pad)))
    return np.asarray(cv2.cvtColor(255 - part, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
