"""Scans without colour: grey, and black or white."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import grain
from data_samples.factory.camera.shot import Frame

__all__ = ["bitonal", "grey"]


def grey(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Take the colour out; strength is how much of it."""
    one = cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    out = frame.image + (one - frame.image) * min(strength, 1.0)
    return replace(frame, image=np.clip(np.round(out), 0, 255).astype(np.uint8))


def bitonal(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Make every pixel black or white by its surroundings. Strength sets how ragged strokes become."""
    if strength <= 0:
        return frame
    one = cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    height, width = one.shape
    small = cv2.resize(one, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), (0, 0), 4)
    level = cv2.resize(paper, (width, height)) * 0.66
    one += strength * 16 * grain(width, height, rng, 1.4)
    bits = np.where(one > level, 255.0, 0.0)
    grey_ = cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY)
    out = grey_ + (bits - grey_) * min(strength * 4, 1.0)
    image = np.clip(np.round(out), 0, 255).astype(np.uint8)
    return replace(frame, image=np.repeat(image[..., None], 3, axis=2))
