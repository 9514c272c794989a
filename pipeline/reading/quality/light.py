"""Light on the page: how bright paper is, and where it is burnt out over print."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.found import Reading
from pipeline.reading.geometry import to_displayed
from pipeline.reading.pixels import Image, gray
from pipeline.reading.quality.view import View

__all__ = ["Burnt", "burnt", "paper_level"]

_WHITE = 215
_FLAT = 5.0
"""Levels below the lightest that still count as burnt out."""
_LEAST_AREA = 0.01
_NEAR = 6.0
"""Lines up to so many heights away from the burnt area tell whether it takes print."""
_LINES = 16
_WIDE = 300


@dataclass(frozen=True, slots=True)
class Burnt:
    """The largest area without print that is as light as it gets."""

    share: float
    """Of the picture."""
    middle: tuple[float, float]
    """As fractions of width and height."""
    fading: float
    """How grey print near it is, against paper: 0 black, 1 gone."""
    elsewhere: float
    """The same of print further away; -1 where there is none."""
    fall: float
    """By how many levels paper at the darkest of its lines is darker than the area."""


def paper_level(at: View) -> float:
    """Return the brightness of paper, 0 to 255: between the lines that were read, else of the light part of all."""
    if len(at.quads) >= 3:
        near = cv2.dilate(at.text, np.ones((3, 3), np.uint8)) > 0
        return float(np.quantile(at.grey[near], 0.75))
    return float(np.quantile(at.grey, 0.8))


def burnt(image: Image, reading: Reading | None, at: View) -> Burnt | None:
    """Find the area that may be burnt out; None without one, or without lines that could tell.

    Empty paper under even light is such an area too: what tells them apart is print that fades towards it.
    """
    if reading is None or not reading.lines:
        return None
    box = max(int(at.line), 3)
    smooth = cv2.blur(at.grey, (box, box))
    top = float(np.quantile(smooth[::2, ::2], 0.995))
    if top < _WHITE:
        return None
    core = ((smooth >= top - _FLAT) & (at.text == 0)).astype(np.uint8)
    count, labels, stats, middles = cv2.connectedComponentsWithStats(core)
    if count < 2:
        return None
    index = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    share = float(stats[index, cv2.CC_STAT_AREA]) / core.size
    if share < _LEAST_AREA:
        return None
    away = cv2.distanceTransform((labels != index).astype(np.uint8), cv2.DIST_L2, 3)
    faded, levels, near = _lines(image, reading, at, np.asarray(away, dtype=np.float64))
    if not near.any():
        return None
    return Burnt(
        share=share,
        middle=(float(middles[index][0]) / at.size[0], float(middles[index][1]) / at.size[1]),
        fading=float(np.median(faded[near])),
        elsewhere=float(np.median(faded[~near])) if not near.all() else -1.0,
        fall=top - float(np.quantile(levels, 0.1)),
    )


def _lines(
    image: Image, reading: Reading, at: View, away: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return of some lines: ink against paper, level of paper, and whether they are near the area."""
    height, width = image.shape[:2]
    chosen = np.linspace(0, len(reading.lines) - 1, min(len(reading.lines), _LINES)).astype(int)
    quads = np.stack([reading.lines[i].quad for i in chosen])
    shown = to_displayed(quads, reading.angle, width, height)
    faded, levels, near = [], [], []
    for i, quad in zip(chosen, shown, strict=True):
        x0, y0 = np.maximum(np.floor(quad.min(axis=0)), 0).astype(int)
        x1, y1 = np.ceil(quad.max(axis=0)).astype(int)
        crop = image[y0:y1, x0 : min(x1, x0 + _WIDE)]
        if min(crop.shape[:2]) < 3:
            continue
        dark, paper = np.percentile(gray(np.ascontiguousarray(crop))[::2], (3, 85))
        faded.append(float(dark) / max(float(paper), 1.0))
        levels.append(float(paper))
        x, y = at.quads[i].mean(axis=0)
        row, column = min(max(int(y), 0), away.shape[0] - 1), min(max(int(x), 0), away.shape[1] - 1)
        near.append(away[row, column] <= _NEAR * at.line)
    return np.array(faded), np.array(levels), np.array(near, dtype=np.bool_)
