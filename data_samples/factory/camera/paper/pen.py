"""What a doctor or clerk leaves with a pen: ticks, circles, underlines, arrows, a scrawl; thin, over the print."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from data_samples.factory.camera.fields import mix
from data_samples.factory.camera.paper.space import Area, pick
from data_samples.factory.camera.shot import Leaf

__all__ = ["pen"]

_INKS = ((28, 34, 110), (22, 40, 138), (30, 30, 34), (185, 28, 36))
Stroke = np.ndarray


def pen(leaf: Leaf, strength: float, rng: np.random.Generator) -> Leaf:
    """Mark up to nine places by hand. Strength sets how many."""
    count = round(strength * 9)
    if not count or not len(leaf.prints):
        return leaf
    width, height = leaf.size
    ink = _INKS[int(rng.integers(len(_INKS)))]
    alpha = np.zeros((height, width), np.uint8)
    thick = float(rng.uniform(0.35, 0.6)) * leaf.per_mm
    for area in pick(leaf.prints, count, rng):
        size = max(area[3] - area[1], 2.5 * leaf.per_mm)
        for stroke in _mark(area, size, rng):
            _draw(alpha, stroke, thick, rng)
    soft = cv2.GaussianBlur(alpha, (0, 0), max(0.06 * leaf.per_mm, 0.5)).astype(np.float32) / 255
    return replace(leaf, image=mix(leaf.image, ink, np.asarray(soft * float(rng.uniform(0.75, 0.92)), np.float32)))


def _mark(area: Area, size: float, rng: np.random.Generator) -> list[Stroke]:
    x0, y0, x1, y1 = area
    way = rng.choice(["tick", "tick", "circle", "under", "arrow", "scrawl"])
    if way == "tick":
        x = float(rng.uniform(x1 + 0.2 * size, x1 + 1.5 * size)) if rng.random() < 0.7 else (x0 + x1) / 2
        tick = np.array([[0, 0.1], [0.25, 0.5], [0.45, 0.85], [0.8, 0.1], [1.5, -0.9]]) * size
        return [tick * float(rng.uniform(0.8, 1.5)) + [x, (y0 + y1) / 2 - 0.3 * size]]
    if way == "circle":
        half = min((x1 - x0) / 2, 7 * size)
        turn = np.linspace(0.3, 0.3 + 2 * math.pi * 1.06, 26)
        radius = 1 + np.cumsum(rng.normal(0, 0.02, 26))
        ring = np.stack([np.cos(turn) * (half + 0.5 * size), np.sin(turn) * 0.95 * size], axis=1)
        return [ring * radius[:, None] + [x0 + half, (y0 + y1) / 2]]
    if way == "under":
        xs = np.linspace(x0, min(x1, x0 + 12 * size), 9)
        return [np.stack([xs, y1 + 0.12 * size + np.cumsum(rng.normal(0, 0.05 * size, 9))], axis=1)]
    if way == "arrow":
        tip = np.array([x1 + 0.3 * size, (y0 + y1) / 2])
        tail = tip + np.array([float(rng.uniform(2, 5)), float(rng.uniform(-1.2, 1.2))]) * size
        barbs = [tip + np.array([0.6, s * 0.45]) * size for s in (-1, 1)]
        return [
            np.stack([tail, (tail + tip) / 2 + rng.normal(0, 0.1 * size, 2), tip]),
            np.stack([barbs[0], tip, barbs[1]]),
        ]
    steps = int(rng.integers(8, 14))
    xs = x1 + 0.5 * size + np.linspace(0, float(rng.uniform(2.5, 5)) * size, steps)
    ys = (y0 + y1) / 2 + rng.uniform(-0.8, 0.8, steps) * size
    return [np.stack([xs + rng.normal(0, 0.3 * size, steps), ys], axis=1)]


def _draw(alpha: np.ndarray, stroke: Stroke, thick: float, rng: np.random.Generator) -> None:
    """Draw a smooth line through the points, thinner where the hand is fast."""
    count = max(len(stroke) * 12, 24)
    at = np.linspace(0, len(stroke) - 1, count)
    base = np.arange(len(stroke))
    curve = np.stack([np.interp(at, base, stroke[:, k]) for k in range(2)], axis=1)
    kernel = np.hanning(11) / np.hanning(11).sum()
    padded = np.pad(curve, ((5, 5), (0, 0)), mode="edge")
    curve = np.stack([np.convolve(padded[:, k], kernel, mode="valid") for k in range(2)], axis=1)
    press = 0.75 + 0.35 * np.sin(np.linspace(0, 3.1, count) + float(rng.uniform(-0.4, 0.4)))
    points = np.round(curve * 16).astype(np.int32)
    for k in range(count - 1):
        weight = max(round(thick * float(press[k])), 1)
        cv2.line(alpha, _whole(points[k]), _whole(points[k + 1]), (255,), weight, cv2.LINE_AA, 4)


def _whole(point: np.ndarray) -> tuple[int, int]:
    return int(point[0]), int(point[1])
