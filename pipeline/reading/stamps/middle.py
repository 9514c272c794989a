"""The straight lines in the middle of a seal: 检验专用章, 病案室, a date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.pixels import Image
from pipeline.reading.stamps.unroll import Unrolled

__all__ = ["Middle", "middle_of"]

_INK = 96
_LOWEST, _HIGHEST = 0.09, 0.42
"""Height of one straight line in short half axes."""
_MOST_LINES = 3
_FREE = 0.6
"""Radians on either side of the bottom into which names hardly reach; a line across it may."""


@dataclass(frozen=True, slots=True)
class Middle:
    """The lines, dark on white, BGR, from top to bottom; ``rest`` is the seal's ink without them."""

    lines: tuple[Image, ...]
    rest: Image


def middle_of(ink: Image, unrolled: Unrolled) -> Middle:
    """Find the straight lines of a seal whose top is known."""
    flat, basis = _flat(ink, unrolled)
    height, width = flat.shape
    ring = unrolled.ring
    half = ring.short if ring.oval else (ring.long + ring.short) / 2
    anywhere = flat > _INK
    inked = anywhere & _inside(unrolled, width, height)
    lines: list[Image] = []
    rest = ink
    for top, low in _rows(inked, half, oval=ring.oval)[:_MOST_LINES]:
        left, right = _reach(inked, top, low, half, 0.55)
        if top > height / 2 + 0.34 * half:
            # A long line across the lower part ends beside the first and the last character round the rim.
            left, right = _reach(anywhere, top, low, half, 0.4, within=(left, right))
        if right - left < 1.2 * (low - top):
            continue
        pad = max(2, round(0.12 * (low - top)))
        box = (max(0, left - pad), max(0, top - pad), min(width, right + pad), min(height, low + pad))
        x0, y0, x1, y1 = box
        lines.append(np.asarray(cv2.cvtColor(255 - flat[y0:y1, x0:x1], cv2.COLOR_GRAY2BGR), dtype=np.uint8))
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float64) @ basis[:, :2].T + basis[:, 2]
        if rest is ink:
            rest = ink.copy()
        cv2.fillConvexPoly(rest, np.round(corners).astype(np.int32), (0,))
    return Middle(tuple(lines), rest)


def _flat(ink: Image, unrolled: Unrolled) -> tuple[Image, npt.NDArray[np.float64]]:
    """The seal with its top upwards and its rim a circle (or upright oval), and the way back as a 2x3 matrix."""
    ring, up = unrolled.ring, unrolled.up
    if ring.oval:
        # An oval stands on its long side: its top is one of the two ends of the short axis.
        half_w, half_h = ring.long, ring.short
        basis = _rotation(np.radians(ring.tilt) + (0.0 if np.sin(up) < 0 else np.pi))
    else:
        half_w = half_h = (ring.long + ring.short) / 2
        stretch = np.diag([ring.long / half_w, ring.short / half_h])
        basis = _rotation(np.radians(ring.tilt)) @ stretch @ _rotation(up + np.pi / 2)
    width, height = round(2 * half_w), round(2 * half_h)
    offset = np.array([ring.x, ring.y]) - basis @ np.array([width / 2, height / 2])
    matrix = np.concatenate([basis, offset[:, None]], axis=1)
    flat = cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=(0,))
    return np.asarray(flat, dtype=np.uint8), matrix


def _inside(unrolled: Unrolled, width: int, height: int) -> Any:
    """Pixels of the turned seal that belong to no character round the rim: the inner part, and the bottom left free."""
    ring = unrolled.ring
    deep = unrolled.depth / ring.short
    half_w, half_h = width / 2, height / 2
    inner = np.array([half_w - deep * half_h, half_h - deep * half_h])
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x + 0.5 - half_w, y + 0.5 - half_h
    within = (x / inner[0]) ** 2 + (y / inner[1]) ** 2 < 1
    outside = (x / half_w) ** 2 + (y / half_h) ** 2 < 0.93**2
    free = np.abs(np.arctan2(x / half_w, y / half_h)) < max(unrolled.gap - 0.04, _FREE)
    return within | (outside & free)


def _rotation(angle: float) -> npt.NDArray[np.float64]:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _rows(inked: Any, half: float, *, oval: bool) -> list[tuple[int, int]]:
    """Rows of the straight lines. The star of a round seal is no line; the rim's lowest part bounds the last one."""
    height, width = inked.shape
    middle = height / 2
    star = not oval and _has_star(inked, half)
    first = round(middle + (0.34 if star else -0.5 if oval else -0.42) * half)
    last = round(middle + 0.84 * half)
    chord = round((0.45 if oval else 0.38) * width / 2)
    share = inked[first:last, width // 2 - chord : width // 2 + chord].mean(axis=1)
    # Rests of print under the seal are fainter than a row of characters.
    part = share > max(0.02, 0.15 * float(np.percentile(share, 90)))
    found: list[tuple[int, int]] = []
    for top, low in _runs(part):
        joined = found and top - found[-1][1] <= 0.035 * half and low - found[-1][0] <= 0.3 * half
        # Characters such as 二 have paper within.
        small = found and found[-1][1] - found[-1][0] < 0.08 * half and low - found[-1][0] <= 0.3 * half
        if found and (joined or (small and top - found[-1][1] < 0.1 * half)):
            found[-1] = (found[-1][0], low)
        else:
            found.append((top, low))
    kept = [(top + first, low + first) for top, low in found if _LOWEST * half <= low - top <= _HIGHEST * half]
    # What touches the edge of the region is cut: the rim, or characters that run round the seal.
    return [(top, low) for top, low in kept if low < last and (top > first or star)]


def _runs(flags: Any) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _has_star(inked: Any, half: float) -> bool:
    """A star is a solid patch in the very middle."""
    height, width = inked.shape
    y, x, reach = height // 2, width // 2, max(2, round(0.07 * half))
    return bool(inked[y - reach : y + reach, x - reach : x + reach].mean() > 0.75)


def _reach(
    inked: Any, top: int, low: int, half: float, gap: float, *, within: tuple[int, int] | None = None
) -> tuple[int, int]:
    """Columns from which to which a line reaches, by the gaps between its characters (in heights of the line).

    ``within`` are columns that belong to it for certain.
    """
    width = inked.shape[1]
    columns = inked[top:low].any(axis=0)
    # The rim itself is no part of the line.
    y = max(abs(top - inked.shape[0] / 2), abs(low - inked.shape[0] / 2)) / half
    chord = 0.93 * width / 2 * float(np.sqrt(max(0.0, 1 - min(y, 0.99) ** 2)))
    columns[: max(0, round(width / 2 - chord))] = False
    columns[round(width / 2 + chord) :] = False
    if within is not None:
        columns[within[0] : within[1]] = True
    runs = _runs(columns)
    if not runs:
        return 0, 0
    nearest = min(range(len(runs)), key=lambda i: abs((runs[i][0] + runs[i][1]) / 2 - width / 2))
    left = right = nearest
    while left > 0 and runs[left][0] - runs[left - 1][1] <= gap * (low - top):
        left -= 1
    while right + 1 < len(runs) and runs[right + 1][0] - runs[right][1] <= gap * (low - top):
        right += 1
    return runs[left][0], runs[right][1]
