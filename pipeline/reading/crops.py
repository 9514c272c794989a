"""Cutting one text line out of the page, ready for recognition."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.geometry import Quads, heights, widths
from pipeline.reading.pixels import Image

__all__ = ["cut", "cut_all"]

_VERTICAL = 2.2
"""A box this much taller than wide, and taller than two usual lines, holds text written downwards."""
_ROOM = 1.0
"""Narrowest crop handed to recognition, in heights. More paper than this makes arrows worse (↑ becomes 个)."""


def cut_all(image: Image, quads: Quads) -> list[Image]:
    """Cut every quad out of ``image``."""
    if len(quads) == 0:
        return []
    usual = float(np.median(np.minimum(heights(quads), widths(quads))))
    return [cut(image, quad, usual) for quad in quads]


def cut(image: Image, quad: npt.NDArray[np.float64], usual: float) -> Image:
    """Cut one quad, straightened; ``usual`` is the height of an ordinary line on this page."""
    corners = quad.astype(np.float32)
    width = max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3]))
    height = max(np.linalg.norm(corners[3] - corners[0]), np.linalg.norm(corners[2] - corners[1]))
    w, h = max(round(float(width)), 1), max(round(float(height)), 1)
    target = np.array([[0, 0], [w, 0], [w, h], [0, h]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    crop = cv2.warpPerspective(image, matrix, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    if h >= _VERTICAL * w and h > 2.2 * usual:
        crop = cv2.rotate(crop, cv2.ROTATE_90_COUNTERCLOCKWISE)
        w, h = h, w
    if w < _ROOM * h:
        crop = _with_room(np.asarray(crop, dtype=np.uint8), round(_ROOM * h) - w)
    return np.asarray(crop, dtype=np.uint8)


def _with_room(crop: Image, extra: int) -> Image:
    """Add ``extra`` columns of paper, half on each side."""
    edges = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]])
    paper = [int(v) for v in np.median(edges, axis=0)]
    left = extra // 2
    return np.asarray(
        cv2.copyMakeBorder(crop, 0, 0, left, extra - left, cv2.BORDER_CONSTANT, value=paper), dtype=np.uint8
    )
