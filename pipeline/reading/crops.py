"""Cutting one text line out of the page, ready for recognition."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.reading.geometry import Points, Quads, heights, widths
from pipeline.reading.pixels import Image, turn

__all__ = ["cut", "cut_all", "straighten"]

_VERTICAL = 2.2
"""A box this much taller than wide, and taller than two usual lines, holds text written downwards."""
_ROOM = 1.0
"""Narrowest crop handed to recognition, in heights. More paper than this makes arrows worse (↑ becomes 个)."""


def cut_all(image: Image, quads: Quads, indices: Sequence[int]) -> list[Image]:
    """Cut the quads with these indices out of ``image``."""
    if len(quads) == 0:
        return []
    usual = float(np.median(np.minimum(heights(quads), widths(quads))))
    return [cut(image, quads[i], usual) for i in indices]


def cut(image: Image, quad: Points, usual: float) -> Image:
    """Cut one quad, straightened; ``usual`` is the height of an ordinary line on this page."""
    crop = straighten(image, quad)
    h, w = crop.shape[:2]
    if h >= _VERTICAL * w and h > 2.2 * usual:
        crop = turn(crop, 270)
        w, h = h, w
    if w < _ROOM * h:
        crop = _with_room(crop, round(_ROOM * h) - w)
    return crop


def straighten(image: Image, quad: Points, *, rough: bool = False) -> Image:
    """Cut one quad out of the page as an upright rectangle; ``rough`` takes a third of the time, for measuring only."""
    corners = quad.astype(np.float32)
    width = max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3]))
    height = max(np.linalg.norm(corners[3] - corners[0]), np.linalg.norm(corners[2] - corners[1]))
    w, h = max(round(float(width)), 1), max(round(float(height)), 1)
    left, top = (round(float(v)) for v in corners[0])
    level = np.array([[left, top], [left + w, top], [left + w, top + h], [left, top + h]], dtype=np.float32)
    if left >= 0 and top >= 0 and top + h <= image.shape[0] and left + w <= image.shape[1] and np.all(corners == level):
        return np.ascontiguousarray(image[top : top + h, left : left + w])  # the very pixels
    target = np.array([[0, 0], [w, 0], [w, h], [0, h]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    way = cv2.INTER_LINEAR if rough else cv2.INTER_CUBIC
    crop = cv2.warpPerspective(image, matrix, (w, h), flags=way, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, dtype=np.uint8)


def _with_room(crop: Image, extra: int) -> Image:
    """Add ``extra`` columns of paper, half on each side."""
    edges = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]])
    paper = [int(v) for v in np.median(edges, axis=0)]
    left = extra // 2
    return np.asarray(
        cv2.copyMakeBorder(crop, 0, 0, left, extra - left, cv2.BORDER_CONSTANT, value=paper), dtype=np.uint8
    )
