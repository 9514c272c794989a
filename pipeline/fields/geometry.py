"""Who stands beside whom: neighbours of a line in the upright frame, tolerant to slope.

A photo slopes a row by several line heights over the page, so rows are followed from neighbour to neighbour along the
direction in which the text itself runs, never by one horizontal band across the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from pipeline.nouns import Line, ReadPage

__all__ = ["beneath", "height", "median_height", "rightward", "row_order", "row_slope", "text_span"]


def height(line: Line) -> float:
    """Height of the text in pixels."""
    return line.height


def median_height(lines: Sequence[Line]) -> float:
    """Median text height of the lines, 1.0 for none."""
    heights = [height(line) for line in lines if line.text.strip()]
    return median(heights) if heights else 1.0


def row_slope(line: Line, page: ReadPage) -> float:
    """Rise per pixel of the row on which ``line`` stands: its own direction if long enough, else the page's skew."""
    left, right = line.left, line.right
    run = right[0] - left[0]
    if run > 6 * height(line):
        return (right[1] - left[1]) / run
    return math.tan(math.radians(page.skew))


def rightward(line: Line, page: ReadPage, lines: Sequence[Line] | None = None) -> list[Line]:
    """Lines to the right of ``line`` on its row, nearest first."""
    pool = page.lines if lines is None else lines
    slope = row_slope(line, page)
    x, y = line.right
    tall = height(line)
    found: list[tuple[float, Line]] = []
    for other in pool:
        ox, oy = other.left
        if ox < x - 0.6 * tall or other is line or not other.text.strip():
            continue
        drop = abs(oy - (y + slope * (ox - x)))
        if drop <= 0.55 * max(tall, min(height(other), 1.6 * tall)):
            found.append((ox, other))
    return [other for _, other in sorted(found, key=lambda pair: pair[0])]


def beneath(line: Line, page: ReadPage, lines: Sequence[Line] | None = None, *, reach: float = 3.2) -> list[Line]:
    """Lines directly below ``line`` (overlapping it across, at most ``reach`` heights down), nearest first."""
    pool = page.lines if lines is None else lines
    x0, y0, x1, y1 = line.upright
    tall = height(line)
    middle = (y0 + y1) / 2
    found: list[tuple[float, Line]] = []
    for other in pool:
        a0, b0, a1, b1 = other.upright
        gap = (b0 + b1) / 2 - middle
        if not 0.7 * tall <= gap <= reach * tall or other is line or not other.text.strip():
            continue
        overlap = min(x1, a1) - max(x0, a0)
        if overlap > 0.3 * min(x1 - x0, a1 - a0):
            found.append((gap, other))
    return [other for _, other in sorted(found, key=lambda pair: pair[0])]


def text_span(lines: Sequence[Line]) -> tuple[float, float, float, float]:
    """Box around all text in the upright frame; (0, 0, 1, 1) for no lines."""
    boxes = [line.upright for line in lines if line.text.strip()]
    if not boxes:
        return (0.0, 0.0, 1.0, 1.0)
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def row_order(page: ReadPage, lines: Sequence[Line] | None = None) -> list[list[Line]]:
    """Lines grouped into printed rows, top to bottom, each left to right, followed along the slope of the text."""
    pool = [line for line in (page.lines if lines is None else lines) if line.text.strip()]
    slope = math.tan(math.radians(page.skew))
    rows: list[list[Line]] = []
    for line in sorted(pool, key=lambda item: item.left[1] - slope * item.left[0]):
        (start, level), end = line.left, line.right[0]
        best: list[Line] | None = None
        for row in rows[-6:]:
            near = min(row, key=lambda item: min(abs(start - item.right[0]), abs(item.left[0] - end)))
            run = start - near.left[0]
            drop = abs(level - near.left[1] - row_slope(near, page) * run)
            if drop <= 0.5 * min(line.height, near.height):
                best = row
                break
        if best is None:
            rows.append([line])
        else:
            best.append(line)
    for row in rows:
        row.sort(key=lambda item: item.left[0])
    return rows
