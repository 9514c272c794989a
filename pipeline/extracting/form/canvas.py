"""The upright picture of a page with masks of its ink: dark, red, blue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.nouns import Flattening, ReadPage, bounding_box
from rules.engine.facts import Box

__all__ = ["Canvas", "Image", "Mask", "load_canvas"]

Image: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.bool_]

_INK_DEPTH = np.maximum(28, np.arange(256) * 0.2).astype(np.uint8)
"""How much darker than paper of each grey ink is."""
_OFF_GREY = np.abs(np.arange(256) - 128).astype(np.uint8)
"""How far each value of CIELAB's a or b, in 8 bits, is from no colour."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The upright page image with its masks: dark strokes, red, blue; and how coloured the picture is at all."""

    page: ReadPage
    dark: Mask
    red: Mask
    blue: Mask
    coloured: bool
    image: Image
    """The picture itself, blue green red."""
    scale: float
    """Pixels of the image per pixel of the upright frame."""

    def to_displayed(self, box: Box) -> Box:
        """Turn a box of the upright frame back to the displayed frame."""
        x0, y0, x1, y1 = box
        if self.page.flattening is not None:
            way = self.page.flattening.displayed
            return bounding_box((way((x0, y0)), way((x1, y0)), way((x1, y1)), way((x0, y1))))
        width, height = float(self.page.page.width), float(self.page.page.height)
        angle = self.page.angle % 360
        if angle == 90:
            return (y0, height - x1, y1, height - x0)
        if angle == 180:
            return (width - x1, height - y1, width - x0, height - y0)
        if angle == 270:
            return (width - y1, x0, width - y0, x1)
        return box

    def from_displayed(self, box: Box) -> Box:
        """Turn a box of the displayed frame into the upright frame."""
        x0, y0, x1, y1 = box
        width, height = float(self.page.page.width), float(self.page.page.height)
        angle = self.page.angle % 360
        if angle == 90:
            return (height - y1, x0, height - y0, x1)
        if angle == 180:
            return (width - x1, height - y1, width - x0, height - y0)
        if angle == 270:
            return (y0, width - x1, y1, width - x0)
        return box

    def cut(self, mask: Mask, box: Box) -> Mask:
        """The part of a mask inside a box of the upright frame."""
        h, w = mask.shape
        x0, y0, x1, y1 = (value * self.scale for value in box)
        a, b = max(0, int(y0)), min(h, int(np.ceil(y1)))
        c, d = max(0, int(x0)), min(w, int(np.ceil(x1)))
        return mask[a:b, c:d] if b > a and d > c else np.zeros((0, 0), dtype=np.bool_)

    def tint(self, mask: Mask, box: Box) -> float | None:
        """Median yellow-blue value of what ``mask`` (of ``box``) marks, CIELAB's b in 8 bits; None for too little."""
        shown = self.cut(np.ones_like(self.dark), box)
        if shown.shape != mask.shape or int(mask.sum()) < 30:
            return None
        x0, y0 = max(0, int(box[0] * self.scale)), max(0, int(box[1] * self.scale))
        part = self.image[y0 : y0 + mask.shape[0], x0 : x0 + mask.shape[1]]
        return float(np.median(cv2.cvtColor(part, cv2.COLOR_BGR2LAB)[..., 2][mask]))


def load_canvas(page: ReadPage) -> Canvas | None:
    """Load the page's image upright; None when it cannot be opened."""
    data = np.fromfile(page.page.image, dtype=np.uint8) if page.page.image.is_file() else np.zeros(0, np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        return None
    if page.flattening is not None:
        return _canvas(_flattened(np.asarray(image, dtype=np.uint8), page, page.flattening), page, 1.0)
    turn = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}.get(page.angle % 360)
    if turn is not None:
        image = cv2.rotate(image, turn)
    width = page.width or (page.page.height if page.angle % 180 else page.page.width)
    return _canvas(np.asarray(image, dtype=np.uint8), page, image.shape[1] / max(width, 1))


def _flattened(image: Image, page: ReadPage, flattening: Flattening) -> Image:
    """The picture as it was read: every pixel fetched from where the grid says that it lies."""
    places = np.array(flattening.grid, dtype=np.float64) * (image.shape[1] / max(page.page.width, 1))
    down, along = _hats(flattening.height, places.shape[0]), _hats(flattening.width, places.shape[1])
    sources = np.stack([down @ places[..., axis] @ along.T for axis in (0, 1)], axis=-1).astype(np.float32)
    picture = cv2.remap(image, sources, np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(picture, dtype=np.uint8)


def _hats(length: int, nodes: int) -> NDArray[np.float64]:
    """Share (length x nodes) that each node of a grid has in each pixel: linear between the two beside it."""
    at = np.arange(length) / length * (nodes - 1)
    return np.asarray(np.clip(1 - np.abs(at[:, None] - np.arange(nodes)), 0, 1), dtype=np.float64)


def _canvas(image: Image, page: ReadPage, scale: float) -> Canvas:
    # Masks are made of bytes by whole pictures: the same in wider numbers takes four times as long.
    hue, saturation, value = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2HSV))
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    # Paper in shade is darker than ink in light: compare with the paper around, not with a fixed value.
    window = max(15, int(min(image.shape[:2]) / 25) | 1)
    paper = cv2.medianBlur(cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), window // 4 * 2 + 1)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    depth = cv2.subtract(paper, grey)
    dark = depth > cv2.LUT(paper, _INK_DEPTH)
    # Chroma against the paper's own tint, so that yellow lamp light is not taken for ink.
    _, green_red, blue_yellow = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2LAB))
    tint = int(_quantile(green_red, 0.5)), int(_quantile(blue_yellow, 0.5))
    red = (green_red > tint[0] + 18) & (saturation > 55) & (value > 50) & ((hue <= 12) | (hue >= 160))
    red &= cv2.add(green_red, blue_yellow, dtype=cv2.CV_16U) > sum(tint)
    blue = (blue_yellow < tint[1] - 14) & (hue > 95) & (hue < 140) & (saturation > 60) & (value > 30) & (depth > 18)
    chroma = cv2.add(cv2.LUT(green_red, _OFF_GREY), cv2.LUT(blue_yellow, _OFF_GREY))
    coloured = _quantile(chroma, 0.995) > 12
    return Canvas(page, np.asarray(dark), np.asarray(red), np.asarray(blue), coloured, image, scale)


def _quantile(channel: cv2.typing.MatLike, share: float) -> float:
    """The value below which this share of the pixels lies, as :func:`numpy.quantile` tells it."""
    below = np.cumsum(cv2.calcHist([channel], [0], None, [256], [0, 256]).ravel())
    at = share * (channel.size - 1)
    low, high = np.searchsorted(below, [np.floor(at), np.ceil(at)], side="right")
    return float(low + (high - low) * (at - np.floor(at)))
