"""Dust on the glass, a dark edge where the sheet ends, and the line that a dirty feeder draws down every page."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import grain
from data_samples.factory.camera.shot import Frame

__all__ = ["dark_edge", "dust", "feed_line", "scanned"]


def scanned(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Blur and noise of a scanner, and paper that is not quite white. Strength 1: an old device."""
    if strength <= 0:
        return frame
    width, height = frame.size
    out = np.asarray(cv2.GaussianBlur(frame.image, (0, 0), 0.3 + 0.5 * strength), np.float32)
    paper = 255 - strength * rng.uniform(2, 16, 3)
    out = strength * 14 + out * ((paper - strength * 14) / 255).astype(np.float32)
    out += (0.6 + 3 * strength) * grain(width, height, rng, 1.2)[..., None]
    return replace(frame, image=np.clip(out, 0, 255).astype(np.uint8))


def dust(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Put specks and hairs on the glass. Strength 1: some 150, none larger than a full stop."""
    image = frame.image.copy()
    height, width = image.shape[:2]
    for _ in range(int(strength * 140)):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        level = int(rng.integers(70, 205))
        size = max(round(abs(float(rng.normal(0, 0.12))) * frame.per_mm), 0)
        cv2.circle(image, at, size, (level, level, level), -1, cv2.LINE_AA)
    for _ in range(int(strength * rng.integers(0, 7))):
        start = rng.uniform(0, 1, 2) * [width, height]
        path = start + np.cumsum(np.cumsum(rng.normal(0, 0.16, (18, 2)), axis=0), axis=0) * frame.per_mm * 0.5
        cv2.polylines(image, [(path * 16).astype(np.int32)], False, (150, 150, 150), 1, cv2.LINE_AA, 4)
    return replace(frame, image=image)


def dark_edge(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Darken one edge, where the lid or a thick file kept the sheet off the glass. Strength 1: 6 mm, near black."""
    height, width = frame.image.shape[:2]
    side = int(rng.integers(4))
    extent = width if side % 2 == 0 else height
    depth = max(strength * float(rng.uniform(3, 6)) * frame.per_mm, 0.01)
    along = np.arange(extent, dtype=np.float32)
    fall = strength * 0.85 * np.exp(-((along / depth) ** 2))
    fall = fall if side < 2 else fall[::-1]
    gain = 1 - (fall[None, :, None] if side % 2 == 0 else fall[:, None, None])
    return replace(frame, image=np.clip(frame.image * gain, 0, 255).astype(np.uint8))


def feed_line(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Draw lines down the page as dirt in a feeder does, one of them double. Strength sets number and depth."""
    if strength <= 0:
        return frame
    out = frame.image.astype(np.float32)
    width = out.shape[1]
    for _ in range(1 + round(2 * strength)):
        at = int(rng.integers(2, width - 6))
        tint = rng.uniform(30, 150, 3) if rng.random() < 0.4 else np.full(3, float(rng.uniform(20, 170)))
        shift = int(rng.integers(2, 5)) if rng.random() < 0.5 else 0
        for x in {at, at + shift}:
            out[:, x] += (np.minimum(tint, out[:, x]) - out[:, x]) * strength * 0.6
    return replace(frame, image=np.clip(out, 0, 255).astype(np.uint8))
