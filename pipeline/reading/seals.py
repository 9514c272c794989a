"""Text under red seals (hazard H5). Lines read from the whole page are the truth; this only adds and improves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.reading.crops import cut
from pipeline.reading.engine import Engine
from pipeline.reading.found import TextAt
from pipeline.reading.geometry import Points, Quads, heights, widths
from pipeline.reading.pixels import Image, red_cast, red_mask, without_red
from pipeline.reading.typography import repair

__all__ = ["read_under_seals"]

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels."""

_LOOK = 800
"""Pixels of the longer side in which seals are looked for: a rim is one or two wide then."""
_LEAST_SHARE = 0.0004
"""Red pixels, as a share of the page, below which there is no seal (a 3 cm seal on A4 has about 0.3%)."""
_LEAST_SIDE_SHARE = 0.03
"""A seal's longer side is at least this share of the page's."""
_LEAST_PIXELS = 12
_BESIDE = 4
"""Pixels around a seal that may belong to it: it was seen in small."""
_TOUCHED = 0.02
"""Share of red pixels in a line's box from which the line is read again."""
_MARGIN = 0.35
_LESS = 0.6
"""A line of which less than this share of characters is left without the red ink is the seal's own."""
_SAME = 0.3
"""Shared area, as a share of the smaller box, from which two boxes are one line."""
_NEW, _MENDED = 0.6, 0.9
"""Confidence from which a line is added, and from which a line replaces what was cut off by the seal."""
_DIGIT = 0.3
"""Width of a digit in heights of the line's box."""


@dataclass(frozen=True, slots=True, eq=False)
class _Lifted:
    """A window of the page around one seal, with its red ink lifted."""

    seal: Box
    corner: tuple[int, int]
    """Left and top of the window on the page."""
    clean: Image
    mask: Image

    def quad(self, quad: Points) -> Points:
        """A quad of the page in the window's pixels."""
        return np.asarray(quad - np.array(self.corner, dtype=np.float64))


def read_under_seals(engine: Engine, image: Image, lines: Sequence[TextAt], *, side: int) -> list[TextAt]:
    """Read again where red ink lies over text, with the ink lifted; keep the better of both readings.

    No line is ever dropped. Lines found only without the red ink are added, also where the seal's own words lie over
    them; a line that the seal cut off is mended.
    """
    # Most pages bear no seal, and none bears seals all over: ink is looked for in small, and lifted only around it.
    step = max(1, max(image.shape[:2]) // _LOOK)
    look = np.ascontiguousarray(image[::step, ::step])
    cast = red_cast(look)
    seals = _outermost([_at(box, step, image) for box in _seals(red_mask(look, cast=cast), step)])
    if not seals:
        return list(lines)
    windows = [_lifted(image, seal, lines, cast) for seal in seals]
    result, words = _improve(engine, windows, list(lines))
    for window in windows:
        result = _surroundings(engine, window, result, words, side=side, page=image.shape[:2])
    return result


def _seals(mask: Image, step: int = 1) -> list[Box]:
    """Boxes of red areas large enough to be a seal; ``mask`` has every ``step``th pixel of the page."""
    if float(np.count_nonzero(mask)) < _LEAST_SHARE * mask.size:
        return []
    reach = max(3, round(max(mask.shape) * 0.012)) | 1
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = []
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[index])
        large = max(w, h) >= _LEAST_SIDE_SHARE * max(mask.shape) and min(w, h) * step > _LEAST_PIXELS
        if large and area > 0.02 * w * h:
            boxes.append((x, y, x + w, y + h))
    return boxes


def _at(box: Box, step: int, image: Image) -> Box:
    """A box of the look in small, in pixels of the page."""
    x0, y0, x1, y1 = (step * v for v in box)
    return x0, y0, min(x1, image.shape[1]), min(y1, image.shape[0])


def _outermost(seals: list[Box]) -> list[Box]:
    """Without the words and the star of a seal, which its rim encloses."""
    return [a for a in seals if not any(a != b and _within(a, b) for b in seals)]


def _within(inner: Box, outer: Box) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _lifted(image: Image, seal: Box, lines: Sequence[TextAt], cast: int) -> _Lifted:
    """The window that holds a seal's surroundings and every line that the seal may touch."""
    x0, y0, x1, y1 = _around(seal, image.shape[:2])
    corners = [line.quad for line in lines if _meets(line.quad, seal)]
    if corners:
        left, top = np.floor(np.min(corners, axis=(0, 1))).astype(int) - _BESIDE
        right, low = np.ceil(np.max(corners, axis=(0, 1))).astype(int) + _BESIDE
        x0, y0, x1, y1 = min(x0, int(left)), min(y0, int(top)), max(x1, int(right)), max(y1, int(low))
    x0, y0 = max(x0, 0), max(y0, 0)
    part = np.ascontiguousarray(image[y0:y1, x0:x1])
    mask = red_mask(part, cast=cast)
    return _Lifted(seal, (x0, y0), without_red(part, mask), mask)


def _around(seal: Box, page: tuple[int, ...]) -> Box:
    x0, y0, x1, y1 = seal
    dx, dy = round(_MARGIN * (x1 - x0)), round(_MARGIN * (y1 - y0))
    return max(0, x0 - dx), max(0, y0 - dy), min(page[1], x1 + dx), min(page[0], y1 + dy)


def _meets(quad: Points, seal: Box) -> bool:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return bool(x0 < seal[2] + _BESIDE and x1 > seal[0] - _BESIDE and y0 < seal[3] + _BESIDE and y1 > seal[1] - _BESIDE)


def _improve(engine: Engine, windows: Sequence[_Lifted], lines: list[TextAt]) -> tuple[list[TextAt], set[int]]:
    """Also which lines are the seal's own words: print may stand under them."""
    if not lines:
        return lines, set()
    usual = float(np.median(heights(np.stack([line.quad for line in lines]))))
    touched: dict[int, _Lifted] = {}
    for window in windows:
        for index, line in enumerate(lines):
            if index in touched or not _meets(line.quad, window.seal):
                continue
            if _red_share(window.mask, window.quad(line.quad)) > _TOUCHED:
                touched[index] = window
    again = engine.recognise([cut(w.clean, w.quad(lines[i].quad), usual) for i, w in touched.items()])
    result, words = list(lines), set()
    for index, (text, score) in zip(touched, again, strict=True):
        old = lines[index]
        text = repair(text)
        # The seal's own words vanish when the ink is lifted: then nothing, or less, is read, and the old reading stays.
        if len(text) < _LESS * len(old.text):
            words.add(index)
        elif score > old.confidence:
            result[index] = TextAt(text, score, old.quad)
    return result, words


def _surroundings(
    engine: Engine,
    window: _Lifted,
    known: list[TextAt],
    words: set[int],
    *,
    side: int,
    page: tuple[int, ...],
) -> list[TextAt]:
    """Read the surroundings of one seal without its ink; add lines not known yet, mend those that the seal cut off."""
    x0, y0, x1, y1 = _around(window.seal, page)
    left, top = window.corner
    part = np.ascontiguousarray(window.clean[y0 - top : y1 - top, x0 - left : x1 - left])
    scale = min(1.0, side / max(page))
    quads = engine.detect(part, max(64, round(max(part.shape[:2]) * scale)))
    if len(quads) == 0:
        return known
    usual = float(np.median(heights(quads)))
    shifted: Quads = quads + np.array([x0, y0], dtype=np.float64)
    there: dict[int, list[int]] = {}
    for index, quad in enumerate(shifted):
        over = [k for k, line in enumerate(known) if k not in words and _overlap(quad, line.quad) >= _SAME]
        if not _at_border(quads[index], part) and (not over or (len(over) == 1 and _longer(quad, known[over[0]].quad))):
            there[index] = over
    texts = engine.recognise([cut(part, quads[i], usual) for i in there])
    result = list(known)
    for (index, over), (text, score) in zip(there.items(), texts, strict=True):
        text = repair(text)
        if not over and text and score >= _NEW:
            result.append(TextAt(text, score, shifted[index]))
        elif over and score >= _MENDED and _continues(known[over[0]].text, text):
            result[over[0]] = TextAt(text, score, shifted[index])
    return result


def _longer(quad: Points, known: Points) -> bool:
    """True when a line goes on by a digit or more beyond what is known of it."""
    more = float(widths(quad[None])[0] - widths(known[None])[0])
    return more > _DIGIT * float(heights(quad[None])[0])


def _continues(known: str, text: str) -> bool:
    """True when ``text`` is ``known`` with more before or behind: the seal's ink lay over the rest (28 for 28.11)."""
    short, long = "".join(known.split()), "".join(text.split())
    return len(short) < len(long) and (long.startswith(short) or long.endswith(short))


def _at_border(quad: Points, part: Image) -> bool:
    """True for a line cut off by the edge of the part: the whole-page reading has it better."""
    height, width = part.shape[:2]
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return bool(x0 <= 2 or y0 <= 2 or x1 >= width - 3 or y1 >= height - 3)


def _red_share(mask: Image, quad: Points) -> float:
    (x0, y0), (x1, y1) = np.floor(quad.min(axis=0)).astype(int), np.ceil(quad.max(axis=0)).astype(int)
    part = mask[max(y0, 0) : y1, max(x0, 0) : x1]
    return float(np.count_nonzero(part)) / part.size if part.size else 0.0


def _overlap(a: Points, b: Points) -> float:
    """Shared area of the upright boxes, as a share of the smaller one."""
    (ax0, ay0), (ax1, ay1) = a.min(axis=0), a.max(axis=0)
    (bx0, by0), (bx1, by1) = b.min(axis=0), b.max(axis=0)
    w, h = min(ax1, bx1) - max(ax0, bx0), min(ay1, by1) - max(ay0, by0)
    if w <= 0 or h <= 0:
        return 0.0
    smaller = min((ax1 - ax0) * (ay1 - ay0), (bx1 - bx0) * (by1 - by0))
    return float(w * h / max(smaller, 1.0))
