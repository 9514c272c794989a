"""From light to a picture as phones make it: lens softness, noise, noise removal, sharpening, black that is not black."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import grain
from data_samples.factory.camera.shot import Frame

__all__ = ["noise", "sensor"]


def sensor(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Develop the picture as a phone does in fair light. Strength 1: an old phone."""
    if strength <= 0:
        return frame
    width, height = frame.size
    image = cv2.GaussianBlur(frame.image, (0, 0), 0.35 + 0.55 * strength)
    out = image.astype(np.float32)
    # Light scattered in the lens lifts black; exposure keeps paper below white.
    black, white = 26 * strength * float(rng.uniform(0.5, 1.2)), 255 - 45 * strength * float(rng.uniform(0.2, 1.2))
    out = black + out * ((white - black) / 255)
    out += (1.2 + 2.2 * strength) * grain(width, height, rng, 1.3)[..., None]
    soft = cv2.GaussianBlur(out, (0, 0), 1.3)
    # Phones sharpen: strokes get a thin bright rim.
    out += (out - soft) * float(rng.uniform(0.3, 0.9)) * min(1.0, strength * 2)
    return replace(frame, image=np.clip(out, 0, 255).astype(np.uint8))


def noise(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Add the noise of a dark scene, coarse and coloured after the phone's noise removal. Strength 1: about 15 levels."""
    if strength <= 0:
        return frame
    width, height = frame.size
    out = frame.image.astype(np.float32)
    # Noise removal wipes fine detail before the rest of the noise is seen.
    out = cv2.GaussianBlur(out, (0, 0), 0.3 + 0.45 * strength)
    bright = np.sqrt(out[..., 1:2] / 255 + 0.08)
    luma = 0.6 * grain(width, height, rng) + 0.8 * grain(width, height, rng, 2.0)
    out += strength * 13 * luma[..., None] * bright
    for channel, amount in ((0, 7.0), (2, 9.0)):
        out[..., channel] += strength * amount * grain(width, height, rng, 3.5)
    return replace(frame, image=np.clip(out, 0, 255).astype(np.uint8))
