"""Finding the lines of a page with one close look: detection is half of the cost of a page with little text.

A survey in small says where print is and how it lies. What lies on its side is turned and what slopes is straightened
before detection looks closely, instead of after it; reading decides which way up the page is (hazard H4).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.reading.engine import Engine, Part
from pipeline.reading.geometry import Quads, estimate_skew, heights, rotation, to_turned
from pipeline.reading.orientation import Known, Orientation
from pipeline.reading.pixels import Image, turn
from pipeline.reading.survey import around, survey

__all__ = ["SKEW_TO_TURN", "Look", "Straight", "detect", "detection_side", "look", "straightened"]

SKEW_TO_TURN = 3.0
"""Degrees of slope from which a page is straightened to be read."""
_LEAST_SIDE = 960
_WISHED_HEIGHT = 15.0
"""Height in pixels that a Chinese character should have when detection looks at it; below 15 neighbours get glued."""
_LEAST_BOX = 11.0
"""Detected boxes lower than this (pixels as detection saw them) call for a second look at a larger size."""


@dataclass(frozen=True, slots=True, eq=False)
class Straight:
    """A sloping page turned straight; ``back`` (2x3) brings its points to where they lie on the page."""

    image: Image
    quads: Quads
    back: npt.NDArray[np.float64]

    def on_page(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Move points (... x 2) to where they lie on the page."""
        return np.asarray(points @ self.back[:, :2].T + self.back[:, 2], dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The upright page, its lines, and what was read already to tell which way up it is."""

    image: Image
    quads: Quads
    angle: int
    """Clockwise turn that made the page upright."""
    known: Known
    """By the quads of ``straight`` where there is one, else of the page."""
    straight: Straight | None = None


def look(engine: Engine, orientation: Orientation, image: Image, *, chosen: int, side: int) -> Look:
    """Turn the page upright and find its lines.

    Args:
        chosen: longest side of the page as detection sees it.
        side: the same for text of unknown size.
    """
    rough = survey(engine, image, chosen)
    turned = 0
    if orientation.lies_on_its_side(rough):
        # The boxes of the survey are good enough to tell.
        turned, _ = orientation.find(engine, image, rough)
        if turned:
            image, rough = turn(image, turned), to_turned(rough, turned, *image.shape[1::-1])
    straight = None
    if abs(estimate_skew(rough)) > SKEW_TO_TURN:
        straight = straightened(engine, image, rough, chosen=chosen, side=side)
        quads = straight.on_page(straight.quads)
        if abs(estimate_skew(straight.quads)) > SKEW_TO_TURN:
            straight = None
    else:
        quads = detect(engine, image, chosen, side, part=around(rough, image))
    if turned:
        return Look(image, quads, turned, {}, straight)
    read = straight or Straight(image, quads, np.eye(2, 3))
    angle, known = orientation.find(engine, read.image, read.quads)
    if angle:
        part = around(to_turned(quads, angle, *image.shape[1::-1]), turn(image, angle))
        image = turn(image, angle)
        return Look(image, detect(engine, image, chosen, side, part=part), angle, {})
    return Look(image, quads, 0, known, straight)


def straightened(engine: Engine, image: Image, quads: Quads, *, chosen: int, side: int) -> Straight:
    """Turn an upright page straight by the slope of ``quads`` and find its lines there."""
    height, width = image.shape[:2]
    matrix, new_width, new_height = rotation(width, height, estimate_skew(quads))
    # Cubic interpolation costs a tenth of the whole reading and reads no character more.
    picture = cv2.warpAffine(
        image, matrix, (new_width, new_height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    page = np.asarray(picture, dtype=np.uint8)
    part = around(quads @ matrix[:, :2].T + matrix[:, 2], page)
    found = detect(engine, page, chosen, side, part=part)
    return Straight(page, found, np.asarray(cv2.invertAffineTransform(matrix), dtype=np.float64))


def detection_side(image: Image, glyph: float | None, side: int) -> int:
    """The longest side at which detection sees characters of ``glyph`` pixels at the height that it wants."""
    longest = max(image.shape[:2])
    wished = side if glyph is None else longest * _WISHED_HEIGHT / glyph
    return int(min(max(wished, _LEAST_SIDE), 1.5 * side, max(longest, _LEAST_SIDE)))


def detect(engine: Engine, image: Image, chosen: int, side: int, *, part: Part | None = None) -> Quads:
    """Find lines, with the page scaled to ``chosen`` pixels; nothing outside of ``part`` is looked at."""
    quads = engine.detect(image, chosen, part=part)
    if len(quads) == 0:
        return quads
    scale = min(1.0, chosen / max(image.shape[:2]))
    seen = float(np.median(heights(quads))) * scale
    larger = min(int(chosen * 1.6), 2 * side, max(image.shape[:2]))
    if seen < _LEAST_BOX and larger > 1.15 * chosen:
        quads = engine.detect(image, larger, part=part)
    return quads
