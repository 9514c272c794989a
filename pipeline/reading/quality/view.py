"""A small picture of the page with its print marked: what all measurements but sharpness work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.found import Reading
from pipeline.reading.geometry import Quads, heights
from pipeline.reading.pixels import Image, turn

__all__ = ["Mask", "View", "view"]

_SIDE = 640

Mask = npt.NDArray[np.uint8]
"""255 where it holds."""


@dataclass(frozen=True, slots=True)
class View:
    """The page as the applicant sees it, upright, its longer side at most 640 pixels."""

    colour: Image
    grey: Image
    scale: float
    """Pixels of the view for one pixel of the page."""
    quads: Quads
    """Lines that were read, in pixels of the view."""
    text: Mask
    """The lines, as areas."""
    line: float
    """Usual height of a line in pixels of the view; a guess where nothing was read."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.grey.shape[1], self.grey.shape[0]

    @property
    def printed(self) -> Mask:
        """The area that print takes: the hull of all lines."""
        mask = np.zeros_like(self.grey)
        if len(self.quads) >= 3:
            hull = cv2.convexHull(self.quads.reshape(-1, 2).astype(np.float32))
            cv2.fillConvexPoly(mask, hull.astype(np.int32), (255,))
        return mask


def view(image: Image, reading: Reading | None) -> View:
    """Return the small upright picture of ``image`` (BGR, as displayed)."""
    scale = min(1.0, _SIDE / max(image.shape[:2]))
    # Two steps of linear interpolation, of which the last is a mean of two by two, cost a tenth of a mean over all.
    width, height = max(round(image.shape[1] * scale), 1), max(round(image.shape[0] * scale), 1)
    small: Any = image
    if scale < 0.5:
        small = cv2.resize(image, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR)
    small = cv2.resize(small, (width, height), interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
    colour = np.asarray(turn(np.asarray(small, dtype=np.uint8), reading.angle if reading else 0), dtype=np.uint8)
    grey = np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    quads = np.empty((0, 4, 2))
    if reading is not None and reading.lines:
        quads = np.stack([line.quad for line in reading.lines]) * scale
    text = np.zeros_like(grey)
    for quad in quads:
        cv2.fillConvexPoly(text, quad.astype(np.int32), (255,))
    line = float(np.median(heights(quads))) if len(quads) else max(grey.shape) / 80
    return View(colour, grey, scale, quads, text, max(line, 1.0))
