"""The shadow of the phone and of the hand and arm that hold it."""

from __future__ import annotations

import cv2
import numpy as np

from data_samples.factory.camera.fields import STEP, grid_size
from data_samples.factory.camera.shot import Frame

__all__ = ["shadow"]


def shadow(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Throw the photographer's shadow on the sheet. Strength 1: it takes a little more than half of the light."""
    columns, rows = grid_size(*frame.size)
    mask = np.zeros((rows, columns), np.uint8)
    size = max(columns, rows)
    centre = np.array([columns * float(rng.uniform(0.2, 0.8)), rows * float(rng.uniform(0.45, 0.95))])
    lean = float(rng.normal(0, 22))
    phone = cv2.boxPoints(
        (
            (float(centre[0]), float(centre[1])),
            (size * float(rng.uniform(0.24, 0.4)), size * float(rng.uniform(0.45, 0.7))),
            lean,
        )
    )
    cv2.fillPoly(mask, [phone.astype(np.int32)], (255,))
    # Hand and forearm come in from below, from one side.
    side = 1 if rng.random() < 0.6 else -1
    wrist = centre + np.array([side * size * 0.16, size * 0.08])
    elbow = np.array([columns * (0.5 + side * float(rng.uniform(0.2, 0.7))), rows * 1.35])
    cv2.line(mask, _whole(wrist), _whole(elbow), (255,), int(size * float(rng.uniform(0.14, 0.22))))
    cv2.circle(mask, _whole(wrist), int(size * 0.13), (255,), -1)
    for k in range(3):
        knuckle = centre + np.array([-side * size * 0.16, size * (0.02 + 0.07 * k)])
        cv2.circle(mask, _whole(knuckle), int(size * 0.045), (255,), -1)
    soft = float(rng.uniform(0.012, 0.06)) * size
    dark = cv2.GaussianBlur(mask, (0, 0), max(soft, 4.0 / STEP)).astype(np.float32) / 255
    blue = np.array([1.0, 0.97, 0.92], np.float32) if rng.random() < 0.6 else np.ones(3, np.float32)
    depth = strength * float(rng.uniform(0.26, 0.36))
    return frame.lit(np.asarray(1 - depth * dark[..., None] * blue, np.float32))


def _whole(point: np.ndarray) -> tuple[int, int]:
    return (int(point[0]), int(point[1]))
