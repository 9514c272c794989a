"""From a displayed picture to the pixels of the file: quarter turns and the EXIF orientation."""

from __future__ import annotations

from functools import partial

import numpy as np

from data_samples.factory.camera.fields import Points
from data_samples.factory.camera.shot import Frame
from data_samples.factory.drawn import Picture

__all__ = ["stored", "turned"]


def turned(frame: Frame, quarters: int) -> Frame:
    """Turn the picture clockwise by ``quarters`` of 90 degrees."""
    for _ in range(quarters % 4):
        height = float(frame.size[1])
        image = np.ascontiguousarray(np.rot90(frame.image, -1))
        frame = frame.moved(image, partial(_quarter, height))
    return frame


def _quarter(height: float, points: Points) -> Points:
    return np.stack([height - points[..., 1], points[..., 0]], axis=-1)


def stored(image: Picture, orientation: int | None) -> Picture:
    """Return the pixels that a viewer who heeds ``orientation`` (EXIF, 1 to 8) displays as ``image``."""
    if orientation in (None, 1):
        return image
    table = {
        2: image[:, ::-1],
        3: image[::-1, ::-1],
        4: image[::-1],
        5: image.transpose(1, 0, 2),
        6: np.rot90(image, 1),
        7: image[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(image, -1),
    }
    return np.ascontiguousarray(table[int(orientation or 1)])
