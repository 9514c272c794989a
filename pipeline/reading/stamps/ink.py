"""The ink of a seal: where on a page coloured ink lies, and how much of it a pixel near a seal carries.

Brightness says where strokes are, colour whose they are: cameras and JPEG keep colour at half the resolution or less.
Print under the seal is dark without colour; what it hides is filled from the ink around it.
"""

from __future__ import annotations

from typing import Any, Literal

import cv2
import numpy as np

from pipeline.reading.pixels import Image, gray

__all__ = ["Colour", "coloured", "ink_masks", "seal_ink", "strokes"]

Colour = Literal["red", "blue", "dark"]

_LEAST = 0.10
"""By how much the ink's channel stands above the others, as a share of the paper's level."""
_GREY_PAGE = 16
"""Difference of channels up to which a pixel is grey."""
_COLOURED = 0.002
"""Share of pixels that are not grey in a picture with colour: a seal alone has that many."""
_PRINT, _INK = 0.22, 0.42
"""Colour per darkness: print has less than the first, a seal's ink more than the second."""
_PAPER = 0.07
"""Darkness that is still paper."""


def coloured(image: Image) -> bool:
    """Tell pictures with colour from grey scans and photocopies; ``image`` may be strongly reduced."""
    step = max(1, max(image.shape[:2]) // 400)
    b, g, r = (np.ascontiguousarray(image[::step, ::step, i]) for i in range(3))
    spread = cv2.subtract(cv2.max(cv2.max(b, g), r), cv2.min(cv2.min(b, g), r))
    return bool(np.count_nonzero(spread > _GREY_PAGE) > _COLOURED * spread.size)


def strokes(image: Image) -> Image:
    """Return 255 where anything is clearly darker than the paper around it, long rules left out."""
    page = gray(image)
    dark = cv2.adaptiveThreshold(page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 14)
    long = max(40, max(page.shape) // 14)
    for shape in ((long, 1), (1, long)):
        rules = cv2.morphologyEx(dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, shape))
        dark = cv2.subtract(dark, cv2.dilate(rules, np.ones((3, 3), np.uint8)))
    return _image(dark)


def ink_masks(image: Image) -> dict[Colour, Image]:
    """Return for red and for blue 255 where such ink lies."""
    b, g, r = _neutral(image)
    # Ink in shade is as coloured as ink in light, but darker.
    least = cv2.convertScaleAbs(cv2.max(cv2.max(b, g), r), alpha=_LEAST, beta=4)
    red, blue = cv2.subtract(r, cv2.max(g, b)), cv2.subtract(b, cv2.max(g, r))
    return {
        "red": _image(cv2.compare(red, least, cv2.CMP_GT)),
        "blue": _image(cv2.compare(blue, least, cv2.CMP_GT)),
    }


def _neutral(image: Image) -> tuple[Image, Image, Image]:
    """The channels, blue, green, red, scaled so that the paper is grey."""
    step = max(1, max(image.shape[:2]) // 300)
    part = np.ascontiguousarray(image[::step, ::step]).reshape(-1, 3)
    light = part[part[:, 1] >= np.median(part[:, 1])]
    paper = np.maximum(np.median(light, axis=0).astype(np.float64), 30.0)
    level = float(paper.max())
    b, g, r = (
        _image(channel if value >= level - 2 else cv2.convertScaleAbs(channel, alpha=min(level / value, 2.5)))
        for channel, value in zip(cv2.split(image), paper, strict=True)
    )
    return b, g, r


def seal_ink(patch: Image, colour: Colour) -> Image:
    """Return how much of the seal's ink each pixel carries: 255 for full ink, 0 for paper.

    Args:
        patch: the seal and a little of its surroundings, BGR.
    """
    darkness = _darkness(patch, colour)
    if colour == "dark":
        full = _typical(darkness, darkness > 0.25)
        return _image(np.clip((darkness - _PAPER) * (255 / (full - _PAPER)), 0, 255))
    b, g, r = _neutral(patch)
    own, rivals = (r, cv2.max(g, b)) if colour == "red" else (b, cv2.max(g, r))
    excess, brightest = cv2.subtract(own, rivals), cv2.max(own, rivals)
    share = cv2.GaussianBlur(excess, (5, 5), 0).astype(np.float32) / np.maximum(
        cv2.GaussianBlur(brightest, (15, 15), 0).astype(np.float32), 1.0
    )
    depth = cv2.GaussianBlur(darkness, (5, 5), 0)
    hue = share / np.maximum(depth, 0.02)
    full = _typical(darkness, (share > _LEAST) & (darkness > 0.12))
    level = np.clip((darkness - _PAPER) / (full - _PAPER), 0, 1) * np.clip((hue - _PRINT) / (_INK - _PRINT), 0, 1)
    printed = (hue < (_PRINT + _INK) / 2) & (darkness > 0.4 * full)
    hidden = cv2.dilate(printed.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if hidden.any():
        level = _filled(level.astype(np.float32), hidden)
    return _image(np.clip(level * 255, 0, 255))


def _darkness(patch: Image, colour: Colour) -> Any:
    """0 for the paper around, 1 for black, in the channel that the ink darkens most."""
    page = gray(patch) if colour == "dark" else patch[:, :, 1] if colour == "red" else patch[:, :, 2]
    height, width = page.shape
    small = cv2.resize(page, (max(8, width // 6), max(8, height // 6)), interpolation=cv2.INTER_AREA)
    reach = max(3, (max(small.shape) // 5) | 1)
    paper = cv2.GaussianBlur(cv2.dilate(cv2.medianBlur(small, 3), np.ones((reach, reach), np.uint8)), (0, 0), reach / 3)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return np.clip(1.0 - page.astype(np.float32) / np.maximum(paper, 1.0), 0.0, 1.0)


def _typical(darkness: Any, where: Any) -> float:
    """How dark a full stroke of the seal is."""
    values = darkness[where]
    return float(np.clip(np.percentile(values, 65), 0.18, 0.85)) if values.size > 50 else 0.5


def _filled(level: Any, hidden: Any) -> Any:
    """Fill hidden pixels with the mean of the seen ones near by."""
    seen = (~hidden).astype(np.float32)
    total = cv2.GaussianBlur(level * seen, (0, 0), 2.0)
    weight = cv2.GaussianBlur(seen, (0, 0), 2.0)
    return np.where(hidden, total / np.maximum(weight, 0.05), level)


def _image(array: Any) -> Image:
    return np.asarray(array, dtype=np.uint8)
