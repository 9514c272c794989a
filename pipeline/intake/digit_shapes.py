"""Do the digits of a text layer look like what they say?

A PDF's codes can be mapped to other characters than those drawn, by accident or against copying; digits that come
out as other digits are the worst of it, because nothing about the text looks wrong. Each digit's ink is compared
with the digits of common typefaces. What is not clearly its own digit is not proven, and pixels must be read.
"""

from __future__ import annotations

import base64
import zlib
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.intake.glyphs import Glyph, Pixels

__all__ = ["Shape", "shape_of", "unproven_digits"]

Shape = npt.NDArray[np.uint8]
"""One digit's ink, scaled to a height of 18 and centred in a width of 14."""

WIDTH, HEIGHT = 14, 18
INK = 96
"""Gray levels of change from which a pixel belongs to the digit."""
CLEAR = 0.9
"""A digit is proven when it is nearer to its own kind than this part of the distance to every other."""
FEWEST_PIXELS = 7
"""Digits lower than this are too small to tell apart."""


def unproven_digits(glyphs: Sequence[Glyph], changed: Pixels) -> list[Glyph]:
    """Return the digits whose typeface does not clearly draw what its codes say, and points that are no points.

    A typeface draws a digit the same way every time: it is judged by the middle of all its places on the page, but
    one place that looks like another digit is enough to doubt it.

    Args:
        changed: by how much each pixel changes when the page is drawn without its text.
    """
    places: dict[tuple[int, str], list[tuple[Glyph, float]]] = defaultdict(list)
    out: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text in "0123456789":
            places[glyph.font, glyph.text].append((glyph, _likeness(glyph, changed)))
        elif glyph.text == "." and glyph.ink[3] - glyph.ink[1] > 0.4 * glyph.size:
            out.append(glyph)
    for found in places.values():
        likeness = [value for _, value in found]
        if float(np.median(likeness)) > CLEAR:
            out.extend(glyph for glyph, _ in found)
        else:
            out.extend(glyph for glyph, value in found if value >= 1.0)
    return out


def shape_of(ink: npt.NDArray[np.uint8]) -> Shape | None:
    """Return the shape of the only digit in ``ink`` (0 for paper); None where there is none."""
    rows, columns = np.nonzero(ink > INK)
    if len(rows) == 0:
        return None
    part = Image.fromarray(ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
    width = max(1, min(WIDTH, round(part.width * HEIGHT / part.height)))
    how = Image.Resampling.BOX if part.height > HEIGHT else Image.Resampling.BILINEAR
    shape = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    left = (WIDTH - width) // 2
    shape[:, left : left + width] = np.asarray(part.resize((width, HEIGHT), how))
    return shape


def _likeness(glyph: Glyph, changed: Pixels) -> float:
    """Distance to the digit that the text says, in parts of the distance to the nearest other one."""
    x0, y0, x1, y1 = glyph.ink
    part = changed[max(0, round(y0) - 1) : round(y1) + 1, max(0, round(x0) - 1) : round(x1) + 1]
    if part.shape[0] < FEWEST_PIXELS or part.shape[1] < 2:
        return 1.0
    strongest = int(part.max())
    if strongest < 32:
        return 1.0
    shape = shape_of((part.astype(np.uint16) * 255 // strongest).astype(np.uint8))
    if shape is None:
        return 1.0
    far = np.sqrt(((_known() - _soft(shape)) ** 2).mean(axis=(2, 3))).min(axis=0)
    own = int(glyph.text)
    return float(far[own] / max(np.delete(far, own).min(), 1e-6))


@cache
def _known() -> npt.NDArray[np.float64]:
    """Typefaces x 10 digits x height x width."""
    data = zlib.decompress(base64.b64decode(files("pipeline.intake").joinpath("digit_shapes.b64").read_text()))
    return _soft(np.frombuffer(data, dtype=np.uint8).reshape(-1, 10, HEIGHT, WIDTH))


def _soft(shapes: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Blur the last two axes: strokes need not lie on the same pixel."""
    out = shapes.astype(np.float64) / 255
    for axis in (-1, -2):
        wide = np.concatenate([np.take(out, [0], axis), out, np.take(out, [-1], axis)], axis)
        size = out.shape[axis]
        a, b, c = (np.take(wide, range(i, i + size), axis) for i in range(3))
        out = (a + 2 * b + c) / 4
    return out
