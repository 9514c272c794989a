"""A cheap look at a page: may there be a seal on it? For pages whose text is known, where nobody else looks."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.reading.pixels import Image
from pipeline.reading.stamps.ink import ink_masks

__all__ = ["may_hold_seal"]

_SIDE = 560
"""Pixels of the longer side that are looked at; the rim of a seal is then one or two wide."""
_LEAST, _MOST = 0.028, 0.6
"""Sides of a seal as shares of the page's longer side."""
_FLATTEST = 0.45
_INK = (0.03, 0.62)
"""Share of its box that a seal's ink fills; pictures, bars of colour and highlighted words fill more."""
_JOINED = 0.012
"""Gaps of a worn rim, as a share of the longer side, that are closed."""


def may_hold_seal(image: Image) -> bool:
    """True when red or blue ink lies in a patch as wide and as high as a seal; a few milliseconds.

    Args:
        image: BGR, the whole page. Seals without colour are not looked for: they look like black print.
    """
    step = max(1, max(image.shape[:2]) // _SIDE)
    small = np.ascontiguousarray(image[::step, ::step])
    side = max(small.shape[:2])
    reach = max(3, round(_JOINED * side)) | 1
    for mask in ink_masks(small).values():
        joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        for index in range(1, len(stats)):
            x, y, w, h = (int(v) for v in stats[index, :4])
            if min(w, h) < max(_LEAST * side, _FLATTEST * max(w, h)) or max(w, h) > _MOST * side:
                continue
            own = (labels[y : y + h, x : x + w] == index) & (mask[y : y + h, x : x + w] > 0)
            if _INK[0] <= np.count_nonzero(own) / (w * h) <= _INK[1]:
                return True
    return False
