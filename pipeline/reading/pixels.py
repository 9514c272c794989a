"""Plain image work: loading, turning, ink, text height, red ink."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.faults import machine_fault
from pipeline.workers import TaskError

__all__ = [
    "Image",
    "gray",
    "ink_boxes",
    "load",
    "red_cast",
    "red_mask",
    "reduced",
    "text_height",
    "turn",
    "without_red",
]

Image = npt.NDArray[np.uint8]
"""BGR (h, w, 3) or gray (h, w)."""

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_WORK_SIDE = 1600


def load(path: Path) -> Image:
    """Read a page image as BGR.

    Raises:
        TaskError: ``image_missing`` when it cannot be read; the code of a fault of the machine.
    """
    try:
        data = np.fromfile(path, dtype=np.uint8)
    except OSError as error:
        raise TaskError(machine_fault(error) or "image_missing", error.strerror or "") from error
    # The pixels are already as displayed; an orientation tag must not turn them a second time.
    image = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION) if data.size else None
    if image is None:
        raise TaskError("image_missing", "not decodable")
    return _image(image)


def turn(image: Image, angle: int) -> Image:
    """Turn clockwise by 0, 90, 180 or 270 degrees."""
    return _image(cv2.rotate(image, _TURNS[angle])) if angle else image


def gray(image: Image) -> Image:
    """Return the image in gray."""
    return image if image.ndim == 2 else _image(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


def reduced(image: Image, width: int, height: int) -> Image:
    """Scale a picture down: by means over whole numbers of pixels, the rest by lines between neighbours.

    A mean over fractions of pixels looks the same and takes five times as long.
    """
    factor = max(1, min(image.shape[1] // max(width, 1), image.shape[0] // max(height, 1)))
    if factor > 1:
        size = (image.shape[1] // factor, image.shape[0] // factor)
        whole = image[: size[1] * factor, : size[0] * factor]
        image = _image(cv2.resize(whole, size, interpolation=cv2.INTER_AREA))
    return _image(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR))


def ink_boxes(image: Image) -> tuple[npt.NDArray[np.float64], float]:
    """Find marks the size of characters.

    Returns:
        Boxes (n, 4: x, y, w, h) in pixels of ``image``, and the factor by which it was reduced to find them.
    """
    page = gray(image)
    scale = min(1.0, _WORK_SIDE / max(page.shape))
    if scale < 1.0:
        page = reduced(page, round(page.shape[1] * scale), round(page.shape[0] * scale))
    binary = cv2.adaptiveThreshold(page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15)
    _, _, stats, _ = cv2.connectedComponentsWithStats(binary, connectivity=8)
    boxes = stats[1:]
    w, h, area = boxes[:, 2], boxes[:, 3], boxes[:, 4]
    marks = (h >= 5) & (h <= 90) & (w >= 2) & (w <= 5 * h) & (area >= 10) & (area <= 0.9 * w * h + 8)
    found: npt.NDArray[np.float64] = boxes[marks, :4].astype(np.float64) / scale
    return found, scale


def text_height(image: Image) -> float | None:
    """Estimate the usual height of a Chinese character in pixels, None when there is too little ink to tell."""
    boxes, scale = ink_boxes(image)
    tall = boxes[boxes[:, 3] * scale >= 7, 3]
    if len(tall) < 30:
        return None
    # Radicals, digits and punctuation are lower than a whole character; the upper quartile is close to one.
    return float(np.quantile(tall, 0.75))


def red_mask(image: Image, *, cast: int | None = None) -> Image:
    """Return 255 where the page carries red ink (seals), 0 elsewhere.

    Args:
        image: BGR; a page, or a part of one whose :func:`red_cast` is ``cast``.
    """
    over = _redder(image)
    limit = 38 + (_middle(over) if cast is None else cast)
    _, redder = cv2.threshold(over, limit, 255, cv2.THRESH_BINARY)
    _, light = cv2.threshold(cv2.extractChannel(image, 2), 70, 255, cv2.THRESH_BINARY)
    red = cv2.bitwise_and(redder, light)
    return _image(cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))


def red_cast(image: Image) -> int:
    """Return by how much the page itself is reddish: under warm light white paper is. ``image`` may be reduced."""
    return _middle(_redder(image))


def _redder(image: Image) -> Image:
    """By how much each pixel is redder than anything else."""
    b, g, r = cv2.split(image)
    return _image(cv2.subtract(r, cv2.max(b, g)))


def _middle(channel: Image) -> int:
    below = np.cumsum(cv2.calcHist([channel], [0], None, [256], [0, 256]).ravel())
    return int(np.searchsorted(below, channel.size / 2))


def without_red(image: Image, mask: Image) -> Image:
    """Return the page with red ink lifted to the colour of paper; dark ink under it stays.

    Red ink is bright in the red channel and black ink is not, so the red channel alone nearly does it; what remains of
    the seal is raised to the paper's own level.
    """
    red: Any = image[:, :, 2]
    small = cv2.resize(red, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.resize(cv2.dilate(cv2.medianBlur(small, 5), np.ones((9, 9), np.uint8)), (red.shape[1], red.shape[0]))
    # Only where red ink lies: it is a small share of the page.
    marked = np.nonzero(cv2.dilate(mask, np.ones((3, 3), np.uint8)))
    seen, wanted = red[marked].astype(np.float32), paper[marked].astype(np.float32)
    # Between 45% and 75% of the paper's level the mark fades in, so that black strokes keep soft edges.
    share = np.clip((seen / np.maximum(wanted, 1.0) - 0.45) / 0.30, 0.0, 1.0)
    level = red.copy()
    level[marked] = np.clip(seen * (1 - share) + wanted * share, 0, 255).astype(np.uint8)
    return _image(cv2.merge([level, level, level]))


def _image(array: Any) -> Image:
    return np.asarray(array, dtype=np.uint8)
