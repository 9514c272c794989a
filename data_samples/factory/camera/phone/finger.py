"""Thumbs and fingers that hold the sheet at its border; ``covered`` lays a hand over the print."""

from __future__ import annotations

import math

import cv2
import numpy as np

from data_samples.factory.camera.fields import Points, shade
from data_samples.factory.camera.paper.space import is_clear
from data_samples.factory.camera.shot import Frame
from data_samples.factory.drawn import Picture

__all__ = ["covered", "finger"]

_SKINS = ((222, 178, 150), (206, 160, 130), (190, 142, 112), (228, 188, 166))


def finger(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Put one to three fingertips on the sheet's margin. Strength sets how many; print is never covered."""
    count = round(strength * 2.4 + 0.3) if strength > 0 else 0
    image = frame.image
    skin = _SKINS[int(rng.integers(len(_SKINS)))]
    width = float(rng.uniform(15, 19)) * frame.per_mm
    everything = np.concatenate(frame.prints) if frame.prints else np.zeros((0, 16, 2))
    done = 0
    for _ in range(count * 12):
        if done == count:
            break
        spot = _margin(frame, width, everything, rng)
        if spot is not None:
            image = _drawn(image, spot[0], spot[1], width, skin, rng)
            done += 1
    return frame.moved(image, lambda points: points)


def covered(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Lay a hand over the middle of the sheet. Strength sets how many fingers: at 1, the table is gone."""
    image = frame.image
    skin = _SKINS[int(rng.integers(len(_SKINS)))]
    box = frame.corners[0]
    middle = box.mean(axis=0)
    size = math.sqrt(abs(cv2.contourArea(box.astype(np.float32))))
    width = size * 0.15
    angle = math.radians(float(rng.uniform(40, 140)))
    across = np.array([-math.sin(angle), math.cos(angle)])
    count = round(strength * 4)
    for k in range(count):
        spread = (k - (count - 1) / 2) * width * 1.02
        tip = (
            middle
            + across * spread
            - np.array([math.cos(angle), math.sin(angle)]) * size * (0.32 - 0.05 * abs(k - 1.3))
        )
        image = _drawn(image, tip, angle + 0.05 * (k - 1.5), width, skin, rng)
    return frame.moved(image, lambda points: points)


def _margin(frame: Frame, width: float, prints: Points, rng: np.random.Generator) -> tuple[np.ndarray, float] | None:
    """Return tip and direction (towards the hand) of a finger on a border without print nearby."""
    corners = frame.corners[int(rng.integers(len(frame.corners)))]
    # Hands come from below and from the sides.
    side = int(rng.choice([1, 1, 2, 3, 3]))
    start, end = corners[side], corners[(side + 1) % 4]
    along = (end - start) / (np.linalg.norm(end - start) or 1.0)
    inward = np.array([-along[1], along[0]])
    place = start + (end - start) * float(rng.uniform(0.12, 0.88))
    lean = float(rng.normal(0, 0.35))
    outward = -inward * math.cos(lean) + along * math.sin(lean)
    for reach in (1.5, 1.1, 0.8, 0.55):
        tip = place + inward * width * reach * float(rng.uniform(0.85, 1.0))
        hand = np.stack([tip, place + outward * width * 0.6])
        low, high = hand.min(axis=0) - width * 0.62, hand.max(axis=0) + width * 0.62
        if is_clear(prints, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))):
            return tip, math.atan2(outward[1], outward[0])
    return None


def _drawn(
    image: Picture, tip: np.ndarray, angle: float, width: float, skin: tuple[int, int, int], rng: np.random.Generator
) -> Picture:
    """Draw a finger that comes in from ``angle`` and ends at ``tip``, lit from above, with nail and shadow."""
    high, wide = image.shape[:2]
    length = width * 14
    far = tip + np.array([math.cos(angle), math.sin(angle)]) * length
    low = np.floor(np.minimum(tip, far) - width).astype(int).clip(0)
    top = np.ceil(np.maximum(tip, far) + width).astype(int)
    x1, y1 = min(int(top[0]), wide), min(int(top[1]), high)
    if x1 <= low[0] or y1 <= low[1]:
        return image
    # A finger is smooth: large ones are drawn smaller and enlarged.
    step = max(width / 110, 1.0)
    size = (x1 - int(low[0]), y1 - int(low[1]))
    small = (max(int(size[0] / step), 2), max(int(size[1] / step), 2))
    xs, ys = np.meshgrid(
        np.linspace(low[0], x1 - 1, small[0], dtype=np.float32) - np.float32(tip[0]),
        np.linspace(low[1], y1 - 1, small[1], dtype=np.float32) - np.float32(tip[1]),
    )
    cosine, sine = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    along, across = xs * cosine + ys * sine, ys * cosine - xs * sine
    half = width / 2
    # A fingertip narrows; the joint is a little wider.
    joint = np.exp(-(((along - 2.1 * width) / (0.5 * width)) ** 2))
    radius = half * (0.90 + 0.10 * np.clip(along / width, 0, 1) + 0.05 * joint)
    before = np.clip(half - along, 0, None)
    away = np.sqrt(before**2 + across**2) / radius
    soft = 1.6 / half
    alpha = np.clip((1 - away) / soft + 0.5, 0, 1)
    round_ = np.sqrt(np.clip(1 - away**2, 0, 1))
    light = 0.56 + 0.44 * round_ - 0.10 * across / half
    wrinkle = np.exp(-((((along - 2.1 * width) % (0.16 * width)) / (0.03 * width)) ** 2)) * joint
    light -= 0.10 * wrinkle
    colour = np.array(skin, np.float32)[None, None] * light[..., None]
    rough = cv2.resize(
        rng.standard_normal((9, 9), dtype=np.float32), (xs.shape[1], xs.shape[0]), interpolation=cv2.INTER_CUBIC
    )
    colour *= 1 + 0.03 * rough[..., None]
    redder = np.clip(1 - along / (1.2 * width), 0, 1) * 0.5 + np.clip(away - 0.5, 0, 1) * 0.6
    colour *= 1 - redder[..., None] * np.array([0.0, 0.12, 0.14], np.float32)
    nail = np.sqrt(((along - 0.52 * width) / (0.44 * width)) ** 2 + (across / (0.34 * width)) ** 4)
    plate = np.clip((1 - nail) / 0.06, 0, 1)
    colour += plate[..., None] * np.array([12, 16, 18], np.float32) * round_[..., None]
    colour -= (np.exp(-(((nail - 1.0) / 0.05) ** 2)) * 26 * alpha)[..., None]
    gloss = np.exp(-(((along - 0.45 * width) / (0.2 * width)) ** 2 + ((across + 0.1 * width) / (0.07 * width)) ** 2))
    colour += (gloss * 38)[..., None]
    drop = 0.14 * width / step
    dark = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 0.12 * width / step)
    shift = np.array([[1, 0, drop], [0, 1, drop]], dtype=np.float64)
    dark = cv2.warpAffine(dark, shift, small, borderMode=cv2.BORDER_REPLICATE)
    window = shade(image[low[1] : y1, low[0] : x1], np.asarray(cv2.resize(1 - 0.42 * dark, size), np.float32))
    over = cv2.resize(np.clip(colour, 0, 255).astype(np.uint8), size)
    front = cv2.resize(alpha.astype(np.float32), size)
    out = image.copy()
    out[low[1] : y1, low[0] : x1] = cv2.blendLinear(over, window, front, 1 - front)
    return out
