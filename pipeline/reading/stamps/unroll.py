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
from pipeline.reading.stamps.upright import bottom, tall_columns

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
    def depth(self) -> float:
        """How far within the rim the characters end, in pixels."""
        return self.band[1] - _OUTSIDE * self.ring.short

    @property
    def text(self) -> npt.NDArray[np.bool_]:
        """Columns in which characters of the rim's own size stand."""
        top, low = self.band
        tall = tall_columns(self.ink[top : low + 1]) > 0.4
        # Parts of one character belong together.
        near = 2 * ((low - top) // 4) + 1
        wrapped = np.concatenate([tall[-near:], tall, tall[:near]]).astype(np.uint8)[None]
        closed = cv2.morphologyEx(wrapped, cv2.MORPH_CLOSE, np.ones((1, near), np.uint8))[0, near:-near]
        return np.asarray(closed > 0, dtype=np.bool_)

    @property
    def gap(self) -> float:
        """Radians left free of characters on either side of the bottom, the narrower one, as parts of the way round."""
        ahead = np.roll(self.text, -self.start)
        if not ahead.any():
            return float(np.pi)
        return float(min(int(ahead.argmax()), int(ahead[::-1].argmax())) * 2 * np.pi / len(ahead))

    @property
    def arcs(self) -> tuple[tuple[int, int], ...]:
        """First column and number of columns of the longer and of the shorter of two texts; empty when it is one.

        Many seals carry the name above and what they are for below, read from the left like the name.
        """
        count = len(self.turns)
        at = np.flatnonzero(self.text)
        if len(at) < 2:
            return ()
        gaps = np.append(at[1:], at[0] + count) - at
        order = np.argsort(gaps)[::-1][:3]
        first, second = sorted(order[:2])
        if gaps[order[1]] < count / 18 or (len(order) > 2 and gaps[order[1]] < 1.7 * gaps[order[2]]):
            return ()
        inner = (int(at[first + 1]), int(at[second] - at[first + 1]) + 1)
        start = int(at[(second + 1) % len(at)])
        outer = (start, (int(at[first]) - start) % count + 1)
        # One stands above, the other below; 二 and 一 make gaps that wide as well, beside which nothing is opposite.
        apart = (inner[0] + inner[1] / 2 - outer[0] - outer[1] / 2) % count
        if abs(apart - count / 2) > count / 20:
            return ()
        more = (self.band[1] - self.band[0]) // 2
        both = ((start - more, length + 2 * more) for start, length in (inner, outer))
        return tuple(sorted(both, key=lambda arc: -arc[1]))

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
    below = strip[low + round(0.02 * ring.short) : low + round(0.16 * ring.short) + 1]
    start = bottom(strip[top : low + 1], below, ink, ring, turns)
    unrolled = Unrolled(strip, ring, turns, (top, low), start)
    if unrolled.arcs and not ring.oval:
        # The top is where the longer of two texts has its middle.
        first, length = unrolled.arcs[0]
        unrolled = replace(unrolled, start=(first + length // 2 + len(turns) // 2) % len(turns))
    return unrolled


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
    # The first row behind the characters that is about as empty as the emptiest; a star or a line may lie further in.
    first, last = round(rim + 0.18 * short), round(rim + 0.50 * short)
    emptiest = float(cover[round(rim + 0.26 * short) : last].min())
    full = float(cover[top:last].max())
    behind = np.flatnonzero(cover[first:last] <= emptiest + 0.12 * (full - emptiest))
    low = first + int(behind[0]) if len(behind) else last
    return top, low


def _whole(inked: Any, left: int, right: int) -> tuple[int, int]:
    """Columns from ``left`` to ``right`` and the rest of the characters there: 上 is tall in its middle only."""
    height, count = inked.shape
    columns = inked.any(axis=0)
    first, last = max(0, left - height), min(count, right + height)
    while left > first and columns[left - 1]:
        left -= 1
    while right < last and columns[right]:
        right += 1
    pad = height // 5
    return max(0, left - pad), min(count, right + pad)


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
    # The strip ends with the last characters of full size: a code and the ends of a straight line stay out.
    tall = np.flatnonzero(unrolled.text[columns])
    if len(tall) == 0:
        return np.empty((low - top + 1, 0, 3), dtype=np.uint8)
    left, right = _whole(part > _INK, int(tall[0]), int(tall[-1]) + 1)
    part = part[:, left:right]
    more = max(1, round(room * (low - top)))
    part = np.pad(part, ((more, more), (more, more)))
    return np.asarray(cv2.cvtColor(255 - part, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
