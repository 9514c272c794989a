"""The sheet in the picture: how much of it is paper, how much is on it, and whether it is folded."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.reading.quality.view import View

__all__ = ["Paper", "longest_crease", "paper_of"]

_COLOURLESS = 48
"""Difference between the strongest and the weakest channel that paper has at most, its light's cast taken away."""
_LIGHT = 0.72
"""Paper against the lightest part of the picture."""
_STEP = 7.0
"""Difference of brightness over a fold."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The largest light, even area."""

    share: float
    """Of the picture."""
    ink: float
    """Share of it that is dark against its surroundings."""


def paper_of(at: View) -> Paper:
    """Find the sheet by its lightness and evenness."""
    size = max(int(1.6 * at.line), 5)
    field = cv2.morphologyEx(at.grey, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    light = field >= _LIGHT * float(np.quantile(field, 0.99))
    cast = cv2.mean(at.colour, light.astype(np.uint8))[:3]
    tint = np.array([c - min(cast) for c in cast], dtype=np.uint8)
    blue, green, red = (
        cv2.subtract(channel, np.full_like(channel, t)) for channel, t in zip(cv2.split(at.colour), tint, strict=True)
    )
    plain = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)) <= _COLOURLESS
    mask = (light & (plain | (at.grey < 0.8 * field))).astype(np.uint8)
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)), dtype=np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return Paper(0.0, 0.0)
    index = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    # Its own rim is dark against it and no ink.
    inner = cv2.erode((labels == index).astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
    ink = cv2.adaptiveThreshold(at.grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 14) > 0
    area = float(stats[index, cv2.CC_STAT_AREA]) / mask.size
    return Paper(area, float(ink[inner].mean()) if inner.any() else 0.0)


def longest_crease(at: View) -> float:
    """Return the length of the longest straight step of light across the paper, as a share of the shorter side."""
    half = cv2.resize(at.grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    size = max(int(0.9 * at.line), 5)
    field = cv2.morphologyEx(half, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    field = cv2.medianBlur(np.asarray(field, dtype=np.uint8), 5).astype(np.float32)
    across, down = cv2.Sobel(field, cv2.CV_32F, 1, 0) / 4, cv2.Sobel(field, cv2.CV_32F, 0, 1) / 4
    light = field >= 0.6 * float(np.quantile(field, 0.9))
    # Only where paper lies on both sides: the sheet's own edge is no fold.
    sheet = cv2.erode(light.astype(np.uint8), np.ones((11, 11), np.uint8)) > 0
    steps = ((np.hypot(across, down) >= _STEP) & sheet).astype(np.uint8) * 255
    short = min(steps.shape)
    lines = cv2.HoughLinesP(steps, 1, np.pi / 180, 40, minLineLength=0.3 * short, maxLineGap=8)
    if lines is None:
        return 0.0
    ends = lines.reshape(-1, 4).astype(np.float64)
    return float(np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]).max() / short)
