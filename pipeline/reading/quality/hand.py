"""A hand or finger that lies over print."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.reading.quality.view import View

__all__ = ["covered"]

_REDDER, _LESS_BLUE = 9.0, 6.0
"""Skin against paper in Cr and Cb; the light's own cast is in both."""
_DARKER = 0.93
_DESK = 0.4
"""A colour along more of the picture's border than this is what the sheet lies on."""
_FREE_OF_TEXT = 0.12


def covered(at: View) -> tuple[float, tuple[float, float]] | None:
    """Return the share of the printed area that lies under a hand, and the middle of that part (fractions).

    A hand reaches in from outside the print, has the colour of skin against the paper, and no line is read on it.
    Pictures printed in such colours lie inside; wood and cloth run along the border.
    """
    printed = at.printed
    if not printed.any() or len(at.quads) < 4:
        return None
    printed, text = printed[::2, ::2], at.text[::2, ::2]
    luma, red, blue = cv2.split(cv2.cvtColor(np.ascontiguousarray(at.colour[::2, ::2]), cv2.COLOR_BGR2YCrCb))
    if not text.any() or not printed.any():
        return None
    paper = (text > 0) & (luma >= np.quantile(luma[text > 0], 0.7))
    level, cast_red, cast_blue = (float(np.median(channel[paper])) for channel in (luma, red, blue))
    skin = (
        (red.astype(np.float32) - cast_red > _REDDER)
        & (cast_blue - blue.astype(np.float32) > _LESS_BLUE)
        & (luma < _DARKER * level)
        & (luma > 0.2 * level)
    ).astype(np.uint8) * 255
    size = max(max(printed.shape) // 45, 3)
    skin = np.asarray(cv2.morphologyEx(skin, cv2.MORPH_OPEN, np.ones((size, size), np.uint8)), dtype=np.uint8)
    count, labels = cv2.connectedComponents(skin)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    under = np.zeros_like(printed)
    for index in range(1, count):
        area = labels == index
        within = area & (printed > 0)
        outside = int(area.sum()) - int(within.sum())
        if not within.any() or outside < 0.02 * int(area.sum()) or float(np.mean(border == index)) > _DESK:
            continue
        if float(np.mean(text[within] > 0)) <= _FREE_OF_TEXT:
            under[within] = 255
    share = float((under > 0).sum()) / float((printed > 0).sum())
    if share == 0:
        return None
    ys, xs = np.nonzero(under)
    return share, (float(xs.mean()) / printed.shape[1], float(ys.mean()) / printed.shape[0])
