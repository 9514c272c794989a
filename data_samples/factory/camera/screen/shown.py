"""A phone's screenshot: the status bar above, and what is left when somebody crops it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from data_samples.factory.camera.shot import Frame
from data_samples.generator.fonts import font_file

__all__ = ["screenshot_crop", "status_bar"]


def status_bar(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Put the phone's status bar above the page; a page whose print begins at the very top has its own."""
    width, height = frame.size
    tops = [float(points[..., 1].min()) for points in frame.prints if len(points)]
    if strength <= 0 or (tops and min(tops) < 0.025 * height):
        return frame
    bar = max(round(width * 0.055), 12)
    colour = tuple(int(c) for c in np.median(frame.image[: max(height // 100, 1)].reshape(-1, 3), axis=0))
    strip = Image.new("RGB", (width, bar), colour)
    draw = ImageDraw.Draw(strip)
    ink = (30, 30, 30) if sum(colour) > 380 else (245, 245, 245)
    font = ImageFont.truetype(str(font_file("hei")), int(bar * 0.52))
    clock = f"{int(rng.integers(7, 23))}:{int(rng.integers(60)):02d}"
    draw.text((bar * 0.9, bar / 2), clock, font=font, fill=ink, anchor="lm")
    right, middle = width - bar * 0.8, bar / 2
    tall, wide = bar * 0.30, bar * 0.58
    draw.rounded_rectangle((right - wide, middle - tall / 2, right, middle + tall / 2), 3, outline=ink, width=2)
    level = float(rng.uniform(0.15, 1.0))
    draw.rectangle(
        (right - wide + 4, middle - tall / 2 + 4, right - wide + 4 + (wide - 8) * level, middle + tall / 2 - 4),
        fill=ink,
    )
    for k in range(4):
        x = right - wide - bar * (0.75 - 0.13 * k)
        draw.rectangle((x, middle + tall / 2 - tall * (0.35 + 0.2 * k), x + bar * 0.08, middle + tall / 2), fill=ink)
    image = np.concatenate([np.asarray(strip, np.uint8), frame.image])
    return frame.moved(image, lambda points: points + np.array([0.0, float(bar)]))


def screenshot_crop(frame: Frame, strength: float, rng: np.random.Generator) -> Frame:
    """Crop the picture to its print. Strength 1: a few pixels of margin are left; print is never cut."""
    width, height = frame.size
    points = [sheet.reshape(-1, 2) for sheet in frame.prints if len(sheet)]
    if not points or strength <= 0:
        return frame
    whole = np.concatenate(points)
    low, high = whole.min(axis=0), whole.max(axis=0)
    keep = 0.008 * width
    spare = np.array([low[0], low[1], width - high[0], height - high[1]]) - keep
    off = np.floor(np.clip(spare, 0, None) * strength * rng.uniform(0.4, 1.0, 4)).astype(int)
    image = np.ascontiguousarray(frame.image[off[1] : height - off[3], off[0] : width - off[2]])
    return replace(frame.moved(image, lambda moved: moved - off[:2].astype(np.float64)))
