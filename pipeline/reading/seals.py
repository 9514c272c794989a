"""Text under red seals (hazard H5). Lines read from the whole page are the truth; this only adds and improves."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.reading.crops import cut
from pipeline.reading.engine import Engine
from pipeline.reading.found import TextAt
from pipeline.reading.geometry import Points, Quads, heights, widths
from pipeline.reading.pixels import Image, red_mask, without_red
from pipeline.reading.typography import repair

__all__ = ["read_under_seals"]

_LEAST_SHARE = 0.0004
"""Red pixels, as a share of the page, below which there is no seal (a 3 cm seal on A4 has about 0.3%)."""
_LEAST_SIDE_SHARE = 0.03
"""A seal's longer side is at least this share of the page's."""
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


def read_under_seals(engine: Engine, image: Image, lines: Sequence[TextAt], *, side: int) -> list[TextAt]:
    """Read again where red ink lies over text, with the ink lifted; keep the better of both readings.

    No line is ever dropped. Lines found only without the red ink are added, also where the seal's own words lie over
    them; a line that the seal cut off is mended.
    """
    mask = red_mask(image)
    regions = _seals(mask)
    if not regions:
        return list(lines)
    clean = without_red(image, mask)
    result, words = _improve(engine, clean, mask, list(lines))
    for region in regions:
        result = _surroundings(engine, clean, region, result, words, side=side, page=max(image.shape[:2]))
    return result


def _seals(mask: Image) -> list[tuple[int, int, int, int]]:
    """Boxes (x0, y0, x1, y1) of red areas large enough to be a seal."""
    if float(np.count_nonzero(mask)) < _LEAST_SHARE * mask.size:
        return []
    reach = max(3, round(max(mask.shape) * 0.012)) | 1
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = []
    for index in range(1, count):
        x, y, w, h, area = (int(v) for v in stats[index])
        if max(w, h) >= _LEAST_SIDE_SHARE * max(mask.shape) and min(w, h) > 12 and area > 0.02 * w * h:
            boxes.append((x, y, x + w, y + h))
    return boxes


def _improve(engine: Engine, clean: Image, mask: Image, lines: list[TextAt]) -> tuple[list[TextAt], set[int]]:
    """Also which lines are the seal's own words: print may stand under them."""
    if not lines:
        return lines, set()
    usual = float(np.median(heights(np.stack([line.quad for line in lines]))))
    touched = [i for i, line in enumerate(lines) if _red_share(mask, line.quad) > _TOUCHED]
    again = engine.recognise([cut(clean, lines[i].quad, usual) for i in touched])
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
    clean: Image,
    region: tuple[int, int, int, int],
    known: list[TextAt],
    words: set[int],
    *,
    side: int,
    page: int,
) -> list[TextAt]:
    """Read the surroundings of one seal without its ink; add lines not known yet, mend those that the seal cut off."""
    x0, y0, x1, y1 = region
    dx, dy = round(_MARGIN * (x1 - x0)), round(_MARGIN * (y1 - y0))
    x0, y0 = max(0, x0 - dx), max(0, y0 - dy)
    x1, y1 = min(clean.shape[1], x1 + dx), min(clean.shape[0], y1 + dy)
    part = np.ascontiguousarray(clean[y0:y1, x0:x1])
    scale = min(1.0, side / page)
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
