"""Part of the sheet lies outside the picture."""

from __future__ import annotations

import numpy as np

from data_samples.factory.camera.shot import Frame

__all__ = ["cut"]


def cut(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Crop one side into the sheet, by up to 45% of its extent at strength 1. Below 0.15 mostly margin goes."""
    if strength <= 0:
        return frame
    width, height = frame.size
    points = np.concatenate(frame.corners)
    low, high = points.min(axis=0).clip(0), points.max(axis=0).clip(max=[width, height])
    window = [0, 0, width, height]
    # The left edge holds names of analytes and the right edge the ranges; the lower edge is lost most often.
    side = int(rng.choice(4, p=[0.25, 0.15, 0.3, 0.3]))
    axis = side % 2
    depth = strength * 0.45 * float(high[axis] - low[axis])
    window[side] = round(float(low[axis]) + depth) if side < 2 else round(float(high[axis]) - depth)
    x0, y0, x1, y1 = window
    image = np.ascontiguousarray(frame.image[y0:y1, x0:x1])
    corner = np.array([x0, y0], dtype=np.float64)
    return frame.moved(image, lambda moved: moved - corner)
