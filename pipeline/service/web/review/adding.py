"""Where a box was drawn, and what was read inside it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from pipeline.nouns import Page
from pipeline.reading.stored import reading_from_json
from pipeline.service.access import NotFoundError
from pipeline.service.tables import PageRow

__all__ = ["quote_in", "spot_of"]

_MOST = 500


def spot_of(row: PageRow, box: str) -> dict[str, Any]:
    """Return file, page and box in pixels of the page as displayed, for a box in fractions ``x0,y0,x1,y1``.

    Raises:
        NotFoundError: it is no box.
    """
    x0, y0, x1, y1 = _fractions(box)
    pixels = [x0 * row.width, y0 * row.height, x1 * row.width, y1 * row.height]
    return {"file": row.member, "page": row.number, "box": [round(side, 1) for side in pixels]}


def quote_in(row: PageRow, box: str) -> str:
    """Return what was read inside the box, in reading order; empty where nothing was or the page is not read."""
    x0, y0, x1, y1 = spot_of(row, box)["box"]
    if row.reading is None:
        return ""
    nowhere = Page(id="", file="", file_sha256="", number=row.number, width=row.width, height=row.height, image=Path())
    try:
        lines = reading_from_json(row.reading, nowhere).lines
    except ValueError:
        return ""
    inside = []
    for line in lines:
        left, top, right, bottom = line.box
        if x0 <= (left + right) / 2 <= x1 and y0 <= (top + bottom) / 2 <= y1:
            tall = max(bottom - top, 1.0)
            inside.append((round((top + bottom) / 2 / tall), left, line.text))
    return " ".join(text for _, _, text in sorted(inside))[:_MOST]


def _fractions(box: str) -> tuple[float, float, float, float]:
    try:
        x0, y0, x1, y1 = (float(side) for side in box.split(","))
    except ValueError:
        raise NotFoundError("box") from None
    if not all(math.isfinite(side) and 0 <= side <= 1 for side in (x0, y0, x1, y1)) or x0 >= x1 or y0 >= y1:
        raise NotFoundError("box")
    return x0, y0, x1, y1
