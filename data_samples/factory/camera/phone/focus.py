"""Blur: out of focus, and by a hand that moves. Sizes follow the print, so that strength means the same everywhere."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.shot import Frame

__all__ = ["defocus", "lost_focus", "motion", "smear"]

_TEXT = 30.0
"""Height of print in pixels at which blur radii are as stated; smaller print takes less blur."""


def defocus(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Blur as a lens does. Strength 1: a disc of a sixth of the print's height; soft, still legible."""
    return _disc(frame, strength * 2.3 * _unit(frame))


def lost_focus(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Blur until nothing can be read: at strength 1 a disc a third wider than the print is high."""
    return _disc(frame, strength * 20 * _unit(frame))


def motion(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Drag the picture. Strength 1: by a sixth of the print's height; doubled strokes, still legible."""
    return _drag(frame, strength * 5.0 * _unit(frame), rng)


def smear(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Drag the picture beyond reading: at strength 1 by two heights of print, in a bent path."""
    return _drag(frame, strength * 60.0 * _unit(frame), rng)


def _unit(frame: Frame) -> float:
    return max(frame.text_height() or 20.0, 8.0) / _TEXT


def _disc(frame: Frame, radius: float) -> Frame:
    if radius < 0.3:
        return frame
    reach = math.ceil(radius) + 1
    ys, xs = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    kernel = np.clip(radius + 0.5 - np.hypot(xs, ys), 0, 1)
    kernel /= kernel.sum()
    image = cv2.filter2D(frame.image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return replace(frame, image=np.asarray(image, np.uint8))


def _drag(frame: Frame, length: float, rng: np.random.Generator) -> Frame:
    if length < 0.5:
        return frame
    angle = float(rng.uniform(0, 2 * math.pi))
    bend = float(rng.normal(0, 0.5))
    steps = max(int(length * 4), 8)
    at = np.linspace(-0.5, 0.5, steps)
    turn = angle + bend * at
    xs, ys = at * length * np.cos(turn), at * length * np.sin(turn)
    reach = math.ceil(length / 2) + 2
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    # A hand is fast in the middle of a shake and slow at its ends.
    weight = 1 + 0.8 * np.abs(at * 2) ** 2
    for x, y, w in zip(xs, ys, weight, strict=True):
        kernel[round(y) + reach, round(x) + reach] += w
    kernel = np.asarray(cv2.GaussianBlur(kernel, (0, 0), 0.5), np.float32)
    kernel /= kernel.sum()
    image = cv2.filter2D(frame.image, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return replace(frame, image=np.asarray(image, np.uint8))
