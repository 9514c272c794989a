"""From light to a picture as phones make it: softness, noise and its removal, sharpening, black that is not black."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import speckle
from data_samples.factory.camera.shot import Frame

__all__ = ["noise", "sensor"]


def sensor(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Develop the picture as a phone does in fair light. Strength 1: an old phone."""
    if strength <= 0:
        return frame
    width, height = frame.size
    known = min(strength * 6, 1.0)
    image = cv2.GaussianBlur(frame.image, (0, 0), 0.3 + 0.25 * known + 0.5 * strength)
    # Light scattered in the lens lifts black; exposure keeps paper below white.
    black = known * 14 * float(rng.uniform(0.5, 1.2)) + 16 * strength * float(rng.uniform(0.5, 1.2))
    white = 255 - known * float(rng.uniform(10, 42)) - 22 * strength
    image = cv2.convertScaleAbs(image, alpha=(white - black) / 255, beta=black)
    grains = speckle(width, height, rng, 1.2 + 2.2 * strength)
    image = cv2.add(image, cv2.merge([grains] * 3), dtype=cv2.CV_8U)
    # Phones sharpen: strokes get a thin bright rim.
    amount = float(rng.uniform(0.3, 0.9)) * min(1.0, strength * 2)
    image = cv2.addWeighted(image, 1 + amount, cv2.GaussianBlur(image, (0, 0), 1.3), -amount, 0)
    return replace(frame, image=np.asarray(image, np.uint8))


def noise(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Add the noise of a dark scene, coarse and coloured after noise removal. Strength 1: about 15 levels."""
    if strength <= 0:
        return frame
    width, height = frame.size
    # Noise removal wipes fine detail before the rest of the noise is seen.
    image = cv2.GaussianBlur(frame.image, (0, 0), 0.3 + 0.45 * strength)
    # Dark places carry less of it, in levels.
    level = float(np.median(image[::16, ::16])) / 255
    amount = strength * 13 * float(np.sqrt(level + 0.08))
    luma = speckle(width, height, rng, 0.6 * amount, 1.0) + speckle(width, height, rng, 0.8 * amount, 2.0)
    red, blue = (speckle(width, height, rng, strength * s, 3.5) for s in (6.0, 8.0))
    grains = cv2.merge([luma + red, luma, luma + blue])
    return replace(frame, image=np.asarray(cv2.add(image, grains, dtype=cv2.CV_8U), np.uint8))
