"""Print that runs out of the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.reading.found import Reading
from pipeline.reading.geometry import heights, to_displayed, widths
from pipeline.reading.pixels import Image, gray

__all__ = ["SIDES", "Cut", "cut_sides"]

SIDES = ("左", "上", "右", "下")
_NEAR = 0.45
"""A detected box ends about so far, in heights of the line, outside its ink."""
_CLOSE = 0.3
"""Boxes that end so near the edge, in heights of the line, belong to print without any margin."""
_AT = (2.0, -1.0)
"""Pixels from the left or right edge within which a box ends only because the picture does. At the top and bottom only
ink tells: screenshots end between lines."""
_INK = 0.45
"""Darker than paper by this share of the line's own contrast."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines that run over one edge of the upright page."""

    side: str
    lines: int
    """Lines whose print touches the edge."""
    near: int
    """Lines that touch it or end where no printer leaves so little margin."""
    width: float
    """Width of the lines that touch it, as a share of the page."""


def cut_sides(image: Image, reading: Reading) -> tuple[Cut, ...]:
    """Return the edges over which print runs: its ink touches the last pixels of the picture.

    Args:
        image: the page (BGR or gray) at its full resolution, as displayed.
        reading: what was read of it.
    """
    if not reading.lines:
        return ()
    quads = np.stack([line.quad for line in reading.lines])
    tall = heights(quads)
    wide = widths(quads)
    low, high = quads.min(axis=1), quads.max(axis=1)
    size = np.array([reading.width, reading.height], dtype=np.float64)
    found = []
    for side, name in enumerate(SIDES):
        axis, far = side % 2, side >= 2
        gap = size[axis] - high[:, axis] if far else low[:, axis]
        words = np.array([len(line.text) > 1 for line in reading.lines])
        near = np.flatnonzero((gap <= _NEAR * tall) & words)
        hits = [i for i in near if _touches(image, reading, quads[i], float(tall[i]), side) or gap[i] <= _AT[axis]]
        if hits:
            close = int(((gap <= _CLOSE * tall) & words).sum())
            found.append(Cut(name, len(hits), max(close, len(hits)), float(wide[hits].sum() / size[0])))
    return tuple(found)


def _touches(image: Image, reading: Reading, quad: npt.NDArray[np.float64], tall: float, side: int) -> bool:
    """Tell whether ink of the line lies on the outermost pixels."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    size = np.array([reading.width, reading.height], dtype=np.float64)
    depth = max(0.06 * tall, 2.0)
    rim_low, rim_high = low.copy(), high.copy()
    axis = side % 2
    if side >= 2:
        rim_low[axis], rim_high[axis] = size[axis] - depth, size[axis]
    else:
        rim_low[axis], rim_high[axis] = 0.0, depth
    if axis == 0:  # rules of a table above and below the line run to the edge as well
        middle, reach = (low[1] + high[1]) / 2, 0.3 * tall
        rim_low[1], rim_high[1] = middle - reach, middle + reach
    body, rim = _crop(image, reading, low, high), _crop(image, reading, rim_low, rim_high)
    if body.size < 16 or rim.size < 4:
        return False
    dark, paper = np.percentile(body, (4, 85))
    if paper - dark < 25:
        return False
    inked = rim < paper - _INK * (paper - dark)
    across = inked.any(axis=_along(reading.angle, axis))
    share = float(across.mean())
    # A desk or a shadow is dark from end to end, print is dark in places.
    return 0.08 <= share <= 0.85 if axis == 0 else 0.12 <= share <= 0.85


def _along(angle: int, axis: int) -> int:
    """Axis of the displayed array that runs from the page's inside to its edge."""
    horizontal = (axis == 0) == (angle % 180 == 0)
    return 1 if horizontal else 0


def _crop(
    image: Image, reading: Reading, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """Cut a box of the upright page out of the displayed image."""
    box = np.array([[low, [high[0], low[1]], high, [low[0], high[1]]]])
    height, width = image.shape[:2]
    shown = to_displayed(box, reading.angle, width, height)[0]
    x0, y0 = np.maximum(np.floor(shown.min(axis=0)), 0).astype(int)
    x1, y1 = np.ceil(shown.max(axis=0)).astype(int)
    part = image[y0:y1, x0:x1]
    if part.size == 0:
        return np.empty((0, 0), np.float32)
    return gray(np.ascontiguousarray(part)).astype(np.float32)
