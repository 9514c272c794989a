"""Takes apart boxes in which detection joined neighbours: rows (钾 over 钠 over 氯) or columns (序号 beside 代号)."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.crops import straighten
from pipeline.reading.geometry import Points, Quads, heights, widths
from pipeline.reading.pixels import Image, gray

__all__ = ["split_glued"]

_TALL = 1.6
"""A stack is at least this many usual lines high ..."""
_NARROW = 1.6
"""... and at most this many wide: one character, not a title in large type."""
_ROW_GAP = 0.3
"""Empty space between rows, in usual line heights; characters written downwards stand closer."""
_WIDE = 3.5
"""Boxes this many times wider than high may hold two columns."""
_COLUMN_GAP = 0.8
"""Empty space between columns, in box heights (a box is about 1.4 characters high)."""
_COLUMN_LEAST = 1.1
"""Both sides must be this wide, in box heights: two characters. 姓　名 and 科　室 stay together."""
_INK_SHARE, _PAPER_SHARE = 0.02, 0.8
"""Share of a box's pixels darker than its ink, and than its paper."""
_INK = 0.4
"""Ink is darker than paper by this share of the contrast."""
_LEAST_CONTRAST = 40.0


def split_glued(image: Image, quads: Quads) -> Quads:
    """Return ``quads`` (of an upright page) with stacks cut between rows and wide boxes cut between columns."""
    if len(quads) < 3:
        return quads
    across, along = heights(quads), widths(quads)
    page = gray(image)
    usual = float(np.median(across))
    result: list[Points] = []
    for quad, high, wide in zip(quads, across, along, strict=True):
        if high > _TALL * usual and wide < _NARROW * usual:
            result.extend(_cut(page, quad, axis=1, gap=_ROW_GAP * usual, least=_ROW_GAP * usual))
        elif wide > _WIDE * high and high < _TALL * usual:
            result.extend(_cut(page, quad, axis=0, gap=_COLUMN_GAP * high, least=_COLUMN_LEAST * high))
        else:
            result.append(quad)
    return np.stack(result)


def _cut(page: Image, quad: Points, *, axis: int, gap: float, least: float) -> list[Points]:
    """Cut ``quad`` at empty stretches longer than ``gap`` with at least ``least`` of ink on both sides.

    ``axis`` 0 cuts between columns, 1 between rows; lengths are in pixels.
    """
    crop = straighten(page, quad, rough=True)
    dark, paper = _levels(crop)
    if paper - dark < _LEAST_CONTRAST:
        return [quad]
    ink = crop < paper - _INK * (paper - dark)
    if axis == 0:  # without the rims, where a ruling line or the next row may run
        rim = len(ink) // 8
        ink = ink[rim : len(ink) - rim]
    runs = _runs(ink.sum(axis=axis) > 0.02 * ink.shape[axis], gap)
    if len(runs) < 2 or any(end - start < least for start, end in runs):
        return [quad]
    length = crop.shape[1 - axis]
    cuts = [0.0, *((a[1] + b[0]) / 2 / length for a, b in pairwise(runs)), 1.0]
    return [_part(quad, start, end, axis) for start, end in pairwise(cuts)]


def _levels(crop: Image) -> tuple[float, float]:
    """The grey of ink and of paper: 2% are darker than the one, 20% brighter than the other."""
    below = np.cumsum(cv2.calcHist([crop], [0], None, [256], [0, 256]).ravel())
    dark, paper = np.searchsorted(below, np.array([_INK_SHARE, _PAPER_SHARE]) * crop.size)
    return float(dark), float(paper)


def _runs(inked: npt.NDArray[np.bool_], gap: float) -> list[tuple[int, int]]:
    """Stretches of ink; stretches less than ``gap`` apart count as one."""
    places = np.flatnonzero(inked)
    if len(places) == 0:
        return []
    breaks = np.flatnonzero(np.diff(places) - 1 > gap)
    starts, ends = places[np.append(0, breaks + 1)], places[np.append(breaks, -1)] + 1
    return [(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]


def _part(quad: Points, start: float, end: float, axis: int) -> Points:
    top_left, top_right, bottom_right, bottom_left = quad

    def between(a: Points, b: Points, share: float) -> Points:
        return a + (b - a) * share

    if axis == 0:
        a, b = between(top_left, top_right, start), between(top_left, top_right, end)
        d, c = between(bottom_left, bottom_right, start), between(bottom_left, bottom_right, end)
    else:
        a, d = between(top_left, bottom_left, start), between(top_left, bottom_left, end)
        b, c = between(top_right, bottom_right, start), between(top_right, bottom_right, end)
    return np.stack([a, b, c, d])
