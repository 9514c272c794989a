"""What happens to the stored file: JPEG, and chat apps that shrink pictures."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.shot import Frame
from data_samples.factory.drawn import Picture

__all__ = ["LEAST_TEXT", "downscale", "jpeg"]

LEAST_TEXT = 15.0
"""Height of a line's box in pixels below which a chat app's picture is not shrunk further (characters of about 11)."""


def jpeg(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Store the picture as JPEG once more. Strength 1: quality 35."""
    if strength <= 0:
        return frame
    quality = round(95 - 60 * strength)
    return replace(frame, image=_stored(frame.image, quality), quality=quality)


def downscale(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Send the picture by a chat app: longest side from 2000 (strength 0) to 1080, then JPEG.

    Print stays at a size that can be read; whoever photographs from too far away is another effect.
    """
    width, height = frame.size
    longest = max(width, height)
    side = min(longest, 1600 - 520 * strength) if strength > 0 else longest
    text = frame.text_height()
    if text:
        side = min(longest, max(side, longest * LEAST_TEXT / text))
    scale = side / longest
    if scale >= 1:
        return frame
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    image = np.asarray(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA), np.uint8)
    factor = np.array([size[0] / width, size[1] / height])
    shrunk = frame.moved(image, lambda points: points * factor, scale)
    quality = int(rng.integers(62, 80))
    return replace(shrunk, image=_stored(image, quality), quality=quality)


def _stored(image: Picture, quality: int) -> Picture:
    _, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    back = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.asarray(cv2.cvtColor(back, cv2.COLOR_BGR2RGB), dtype=np.uint8)
