"""What sheets lie on or are held before. No background carries text."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from data_samples.factory.camera.fields import Grid, grain, shade, smooth, spread
from data_samples.factory.drawn import Picture

__all__ = ["SURFACES", "background", "things"]

Size = tuple[int, int]
Tint = tuple[float, float, float]


def background(surface: str, size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """Return a picture of ``surface``, at the scale of the desk.

    Raises:
        KeyError: no such surface.
    """
    return SURFACES[surface](size, per_mm, rng)


def things(image: Picture, rng: np.random.Generator) -> Picture:
    """Put some things of daily life there: boxes, cups and plates seen from above, without text."""
    height, width = image.shape[:2]
    extent = min(width, height)
    out = image
    for _ in range(int(rng.integers(2, 6))):
        size = float(rng.uniform(0.15, 0.5)) * extent
        at = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
        colour = tuple(float(c) for c in rng.uniform(30, 225, 3))
        shape = np.zeros((height, width), np.uint8)
        rings = 1
        if rng.random() < 0.5:
            box = cv2.boxPoints((at, (size, size * float(rng.uniform(0.3, 1))), float(rng.uniform(0, 180))))
            cv2.fillPoly(shape, [box.astype(np.int32)], (255,), cv2.LINE_AA)
        else:
            rings = 3
            cv2.circle(shape, (int(at[0]), int(at[1])), int(size / 2), (255,), -1, cv2.LINE_AA)
        small = cv2.resize(shape, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        dark = cv2.GaussianBlur(np.roll(small, (4, 3), (0, 1)), (0, 0), 5)
        soft = cv2.resize(np.asarray(1 - 0.5 * dark, np.float32), (width, height))
        out = shade(out, np.asarray(soft, np.float32))
        light = spread(smooth(width, height, extent / 3, rng), width, height)
        for ring in range(rings):
            alpha = shape if ring == 0 else np.zeros_like(shape)
            if ring:
                cv2.circle(alpha, (int(at[0]), int(at[1])), int(size * (0.44 - 0.05 * ring)), (255,), -1, cv2.LINE_AA)
            front = alpha.astype(np.float32) / 255
            red, green, blue = (c * (1, 0.82, 0.95)[ring] for c in colour)
            tone = (red, green, blue)
            out = np.asarray(cv2.blendLinear(_tinted(tone, 1 + 0.08 * light), out, front, 1 - front), np.uint8)
    return out


def _tinted(tint: Tint, light: Grid) -> Picture:
    steps = cv2.convertScaleAbs(light, alpha=128)
    level = np.arange(256, dtype=np.float32)[:, None] / 128 * np.asarray(tint, np.float32)
    table = np.clip(level, 0, 255).astype(np.uint8)[:, None, :]
    return np.asarray(cv2.LUT(cv2.cvtColor(steps, cv2.COLOR_GRAY2RGB), table), dtype=np.uint8)


def _varied(tint: Tint, rng: np.random.Generator, amount: float = 0.08) -> Tint:
    factor = float(rng.uniform(1 - 2 * amount, 1 + amount))
    red, green, blue = (c * factor * float(rng.uniform(1 - amount / 3, 1 + amount / 3)) for c in tint)
    return red, green, blue


def _wood(size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """Veneer: long fibres, wavy growth rings, boards."""
    width, height = size
    tint = _varied(
        ((176, 132, 88), (120, 78, 48), (205, 172, 130), (150, 108, 70), (92, 60, 42))[int(rng.integers(5))], rng
    )
    upright = rng.random() < 0.4
    across, along = (width, height) if upright else (height, width)
    small = (across // 2 + 1, along // 2 + 1)
    fibres = cv2.resize(rng.standard_normal((along // 90 + 2, small[0]), dtype=np.float32), small)
    coarse = cv2.resize(
        rng.standard_normal((along // 260 + 2, across // 14 + 2), dtype=np.float32),
        small,
        interpolation=cv2.INTER_CUBIC,
    )
    bend = cv2.resize(rng.standard_normal((4, 5), dtype=np.float32), small, interpolation=cv2.INTER_CUBIC)
    place = np.arange(small[0], dtype=np.float32)[None] / per_mm
    rings = np.sin((place * 0.55 + bend * 9) * 0.9) ** 3
    light = 1 + 0.035 * fibres + 0.05 * coarse + 0.05 * rings
    light = cv2.resize(light, (across, along), interpolation=cv2.INTER_LINEAR)
    light = light if upright else np.ascontiguousarray(light.T)
    return _tinted(tint, light + 0.012 * grain(width, height, rng, 1.5))


def _board(size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """A coated desk top in white, grey or beige, finely speckled."""
    width, height = size
    tint = _varied(
        ((214, 214, 210), (168, 170, 172), (226, 220, 206), (128, 132, 138), (196, 204, 212))[int(rng.integers(5))], rng
    )
    cloud = spread(smooth(width, height, 300, rng), width, height)
    return _tinted(tint, 1 + 0.015 * cloud + 0.014 * grain(width, height, rng, 2.2))


def _stone(size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """A counter of dark or light stone."""
    width, height = size
    dark = rng.random() < 0.6
    tint = _varied((62, 62, 66) if dark else (190, 184, 176), rng)
    light = 1 + 0.10 * spread(smooth(width, height, 26 * per_mm, rng), width, height)
    light += (0.22 if dark else 0.09) * grain(width, height, rng, max(per_mm * 0.9, 1.5))
    light += 0.5 * (grain(width, height, rng, max(per_mm * 1.3, 1.5)) > 2.3) * (1 if dark else -0.5)
    return _tinted(tint, light.astype(np.float32))


def _sheet(size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """A bedsheet: weave, soft creases, plain or striped as in wards, checked or flowered as at home."""
    width, height = size
    tints = ((222, 226, 230), (196, 210, 226), (236, 230, 220), (206, 190, 196), (150, 170, 190))
    tint = _varied(tints[int(rng.integers(5))], rng)
    ridge = 1 - np.abs(smooth(width, height, 55 * per_mm, rng)) - 0.4 * np.abs(smooth(width, height, 20 * per_mm, rng))
    slope = np.gradient(cv2.GaussianBlur(ridge, (0, 0), 2), axis=(0, 1))
    light = spread(np.asarray(1 + 0.9 * slope[0] + 0.7 * slope[1], np.float32), width, height).clip(0.55, 1.25)
    light *= 1 + 0.02 * grain(width, height, rng, 1.2)
    image = _tinted(tint, light)
    pattern = int(rng.integers(3))
    if pattern:
        bend = spread(smooth(width, height, 60 * per_mm, rng), width, height) * 2.2
        angle = float(rng.uniform(0, math.pi))
        xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        wave = (xs * math.cos(angle) + ys * math.sin(angle)) / per_mm + bend
        period = float(rng.uniform(14, 34))
        band = np.clip(np.sin(wave * 2 * math.pi / period) * 5 - 1.5, 0, 1)
        if pattern == 2:
            other = (ys * math.cos(angle) - xs * math.sin(angle)) / per_mm + bend
            band = np.maximum(band * 0.6, 0.6 * np.clip(np.sin(other * 2 * math.pi / period) * 5 - 1.5, 0, 1))
        colour = np.array(((0.45, 0.62, 0.86), (0.92, 0.62, 0.66), (0.6, 0.8, 0.62))[int(rng.integers(3))], np.float32)
        image = np.clip(image * (1 - (1 - colour) * band[..., None]), 0, 255).astype(np.uint8)
    return image


def _tiles(size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """A tiled floor or counter."""
    image = _board(size, per_mm, rng)
    width, height = size
    step = float(rng.uniform(90, 300)) * per_mm
    lean = float(rng.uniform(-0.12, 0.12))
    colour = tuple(int(c) for c in image[0, 0] * 0.62)
    thick = max(round(2.2 * per_mm), 1)
    first = float(rng.uniform(0, step))
    for k in range(-3, int(max(size) / step) + 4):
        at = first + k * step
        cv2.line(image, (int(at), 0), (int(at + lean * height), height), colour, thick, cv2.LINE_AA)
        cv2.line(image, (0, int(at)), (width, int(at - lean * width)), colour, thick, cv2.LINE_AA)
    return image


def _papers(size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """A desk with further sheets and folders below; their backs, so that no foreign text is in the picture."""
    image = (_wood if rng.random() < 0.5 else _board)(size, per_mm, rng)
    width, height = size
    for _ in range(int(rng.integers(2, 5))):
        colour = ((232, 232, 228), (244, 240, 226), (214, 196, 158), (226, 206, 208), (120, 150, 190))[
            int(rng.integers(5))
        ]
        centre = (float(rng.uniform(-0.05, 1.05)) * width, float(rng.uniform(-0.05, 1.05)) * height)
        box = cv2.boxPoints((centre, (210 * per_mm, 297 * per_mm), float(rng.uniform(-35, 35))))
        shadow = np.zeros((height // 4, width // 4), np.uint8)
        cv2.fillPoly(shadow, [((box + 1.5 * per_mm) / 4).astype(np.int32)], (255,))
        soft = cv2.GaussianBlur(shadow, (0, 0), max(0.5 * per_mm, 1)).astype(np.float32) / 255
        image = (image * (1 - 0.4 * cv2.resize(soft, size))[..., None]).astype(np.uint8)
        cv2.fillPoly(image, [(box * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
    return image


def _room(size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """A floor or room far behind a sheet held in the hand: large soft shapes."""
    width, height = size
    small = (width // 8, height // 8)
    tint = _varied(((150, 146, 140), (110, 106, 104), (186, 180, 168), (90, 98, 108))[int(rng.integers(4))], rng)
    image = np.full((small[1], small[0], 3), tint, np.float32)
    image *= 1 + 0.25 * np.linspace(-1, 1, small[1], dtype=np.float32)[:, None, None] * float(rng.uniform(-1, 1))
    for _ in range(int(rng.integers(5, 11))):
        colour = np.array(_varied((130, 128, 126), rng, 0.35)) * rng.uniform(0.75, 1.25, 3)
        centre = (float(rng.uniform(0, small[0])), float(rng.uniform(0, small[1])))
        extent = (float(rng.uniform(0.1, 0.7)) * small[0], float(rng.uniform(0.05, 0.5)) * small[1])
        box = cv2.boxPoints((centre, extent, float(rng.choice([0, 90]) + rng.normal(0, 12))))
        cv2.fillPoly(image, [box.astype(np.int32)], tuple(float(c) for c in colour), cv2.LINE_AA)
    soft = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(3, 9)))
    return np.clip(cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)


def _monitor(size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """A document viewer on a monitor: grey around the page, a bar above, perhaps the black frame."""
    width, height = size
    level = int(rng.choice([70, 98, 128, 198, 225]))
    image = np.full((height, width, 3), (level, level, min(level + 3, 255)), np.uint8)
    bar = round(float(rng.uniform(0.015, 0.03)) * height)
    cv2.rectangle(image, (0, 0), (width, bar), (52, 58, 66) if level < 150 else (238, 239, 241), -1)
    if rng.random() < 0.5:
        edge = round(float(rng.uniform(0.01, 0.025)) * width)
        cv2.rectangle(image, (0, 0), (width, height), (14, 14, 15), edge)
    return image


def _plain(size: Size, per_mm: float, rng: np.random.Generator) -> Picture:
    """The even near-black of a cloth or car seat."""
    width, height = size
    tint = _varied(((40, 40, 44), (58, 52, 48), (36, 42, 56))[int(rng.integers(3))], rng)
    light = (
        1 + 0.12 * spread(smooth(width, height, 40 * per_mm, rng), width, height) + 0.1 * grain(width, height, rng, 1.6)
    )
    return _tinted(tint, light)


SURFACES: dict[str, Callable[[Size, float, np.random.Generator], Picture]] = {
    "wood": _wood,
    "board": _board,
    "stone": _stone,
    "bedsheet": _sheet,
    "tiles": _tiles,
    "papers": _papers,
    "room": _room,
    "monitor": _monitor,
    "dark": _plain,
}
