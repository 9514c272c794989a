"""What scanning apps make of a photograph: shadows divided away, paper white, print dark."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.shot import Frame

__all__ = ["enhance"]


def enhance(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Whiten paper and darken print. Strength sets how hard."""
    if strength <= 0:
        return frame
    image = frame.image
    small = cv2.resize(image, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), (0, 0), 5).astype(np.float32)
    light = cv2.resize(paper, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    flat = image.astype(np.float32) / np.maximum(light, 24) * 255
    hard = np.clip((flat - 60 * strength) * (255 / (236 - 60 * strength)), 0, 255)
    out = image + (hard - image) * min(strength * 1.6, 1.0)
    soft = cv2.GaussianBlur(out, (0, 0), 1.4)
    out += (out - soft) * 0.7 * strength
    return replace(frame, image=np.clip(out, 0, 255).astype(np.uint8))
