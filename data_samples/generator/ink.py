"""Ink on paper: red round seals, signatures, logos, and the grey pictures of ultrasound, CT and traces."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from data_samples.generator.fonts import font_file

__all__ = ["ecg", "flow_loop", "logo", "seal", "signature", "sonogram"]

_RED = (205, 30, 38)


def seal(path: Path, name: str, centre: str, rng: np.random.Generator, *, size: int = 420) -> None:
    """Draw a round seal with ``name`` on the arc, a star, and ``centre`` below, worn and turned a little."""
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    mid = size / 2
    draw.ellipse((6, 6, size - 6, size - 6), outline=(*_RED, 235), width=11)
    star = []
    for k in range(10):
        radius = size * (0.15 if k % 2 == 0 else 0.06)
        angle = -math.pi / 2 + k * math.pi / 5
        star.append((mid + radius * math.cos(angle), mid + radius * math.sin(angle)))
    draw.polygon(star, fill=(*_RED, 235))
    points = int(size * min(0.135, 1.55 / len(name)))
    font = ImageFont.truetype(str(font_file("song")), points)
    sweep = min(250.0, 22.0 * len(name))
    for k, char in enumerate(name):
        angle = math.radians(-90 - sweep / 2 + sweep * (k + 0.5) / len(name))
        tile = Image.new("RGBA", (points * 2, points * 2), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((points, points), char, font=font, fill=(*_RED, 235), anchor="mm")
        tile = tile.rotate(-math.degrees(angle) - 90, resample=Image.Resampling.BICUBIC)
        x, y = mid + size * 0.385 * math.cos(angle), mid + size * 0.385 * math.sin(angle)
        image.alpha_composite(tile, (int(x - points), int(y - points)))
    small = ImageFont.truetype(str(font_file("song")), int(size * 0.085))
    draw.text((mid, size * 0.78), centre, font=small, fill=(*_RED, 235), anchor="mm")
    image = image.rotate(float(rng.uniform(-14, 14)), resample=Image.Resampling.BICUBIC)
    pixels = np.asarray(image).astype(np.float32)
    coarse = rng.random((size // 12, size // 12)).astype(np.float32)
    worn = np.asarray(Image.fromarray((coarse * 255).astype(np.uint8)).resize((size, size), Image.Resampling.BICUBIC))
    speck = rng.random((size, size))
    pixels[..., 3] *= np.clip(0.45 + worn / 255 * 0.75, 0, 1) * (speck > 0.06)
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6)).save(path)


def signature(path: Path, name: str, rng: np.random.Generator, *, colour: tuple[int, int, int] = (20, 22, 40)) -> None:
    """Draw ``name`` as if written by hand: slanted, uneven, with a trailing stroke."""
    height = 150
    font_path = str(font_file("script"))
    image = Image.new("RGBA", (height * (len(name) + 3), height * 2), (0, 0, 0, 0))
    x = float(height)
    for char in name:
        font = ImageFont.truetype(font_path, int(height * rng.uniform(0.75, 1.05)))
        tile = Image.new("RGBA", (height * 2, height * 2), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((height, height), char, font=font, fill=(*colour, 240), anchor="mm", stroke_width=1)
        slant, rise = float(rng.uniform(0.1, 0.35)), float(rng.uniform(-0.12, 0.12))
        tile = tile.transform(
            tile.size,
            Image.Transform.AFFINE,
            (1, slant, -slant * height, rise, 1, -rise * height),
            resample=Image.Resampling.BICUBIC,
        )
        image.alpha_composite(tile, (int(x - height), 0))
        x += height * float(rng.uniform(0.72, 0.9))
    draw = ImageDraw.Draw(image)
    y = height * 1.35
    stroke = [(x - height * 0.5 + t * 9, y + 10 * math.sin(t / 3.0) - t) for t in range(14)]
    draw.line(stroke, fill=(*colour, 220), width=4, joint="curve")
    image.crop(image.getbbox()).save(path)


def logo(path: Path, colour: tuple[int, int, int]) -> None:
    """Draw a plain cross-in-circle emblem."""
    image = Image.new("RGBA", (240, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((8, 8, 232, 232), outline=(*colour, 255), width=12)
    draw.rectangle((98, 50, 142, 190), fill=(*colour, 255))
    draw.rectangle((50, 98, 190, 142), fill=(*colour, 255))
    draw.arc((30, 30, 210, 210), 200, 340, fill=(*colour, 255), width=5)
    image.save(path)


def sonogram(path: Path, rng: np.random.Generator, *, fan: bool = True) -> None:
    """Draw a speckled grey picture such as an ultrasound frame or a CT key image."""
    size = 320
    grain = rng.random((size // 4, size // 4))
    field = np.asarray(Image.fromarray((grain * 255).astype(np.uint8)).resize((size, size), Image.Resampling.BICUBIC))
    yy, xx = np.mgrid[0:size, 0:size].astype(np.float32)
    waves = 60 * np.sin(xx / rng.uniform(18, 40) + rng.uniform(0, 6)) * np.cos(yy / rng.uniform(18, 40))
    picture = field * 0.5 + waves + 30
    if fan:
        angle = np.arctan2(xx - size / 2, yy + 20)
        distance = np.hypot(xx - size / 2, yy + 20)
        mask = (np.abs(angle) < 0.75) & (distance > 45) & (distance < size)
    else:
        mask = ((xx - size / 2) / (size * 0.45)) ** 2 + ((yy - size / 2) / (size * 0.36)) ** 2 < 1
    Image.fromarray(np.where(mask, picture, 8).clip(0, 255).astype(np.uint8)).save(path)


def flow_loop(path: Path, fraction: float) -> None:
    """Draw a flow-volume loop; the lower ``fraction`` (FEV1/FVC), the more the expiratory limb sags."""
    image = Image.new("RGB", (420, 420), "white")
    draw = ImageDraw.Draw(image)
    for k in range(0, 421, 42):
        draw.line((k, 0, k, 420), fill=(225, 225, 225))
        draw.line((0, k, 420, k), fill=(225, 225, 225))
    draw.line((20, 230, 410, 230), fill="black", width=2)
    draw.line((40, 10, 40, 410), fill="black", width=2)
    sag = 1 + (0.8 - fraction) * 7
    rise = [(40 + 40 * t / 20, 230 - 190 * math.sin(math.pi / 2 * t / 20)) for t in range(21)]
    fall = [(80 + 260 * t / 40, 230 - 190 * (1 - t / 40) ** sag) for t in range(41)]
    draw.line(rise + fall, fill=(20, 60, 170), width=3)
    back = [(40 + 300 * t / 40, 230 + 130 * math.sin(math.pi * t / 40)) for t in range(41)]
    draw.line(back, fill=(20, 60, 170), width=3)
    image.save(path)


def ecg(path: Path, rng: np.random.Generator) -> None:
    """Draw a strip of twelve leads on pink graph paper."""
    width, height = 1500, 760
    image = Image.new("RGB", (width, height), (255, 250, 248))
    draw = ImageDraw.Draw(image)
    for k in range(0, width, 12):
        shade = (244, 190, 185) if k % 60 == 0 else (252, 228, 224)
        draw.line((k, 0, k, height), fill=shade)
        if k < height:
            draw.line((0, k, width, k), fill=shade)
    font = ImageFont.truetype(str(font_file("hei")), 22)
    leads = ("I", "aVR", "V1", "V4", "II", "aVL", "V2", "V5", "III", "aVF", "V3", "V6")
    for index, lead in enumerate(leads):
        left, top = (index % 4) * 370 + 15, (index // 4) * 245 + 120
        draw.text((left, top - 85), lead, fill="black", font=font)
        gain = float(rng.uniform(40, 100)) * (-1 if lead == "aVR" else 1)
        points = []
        for x in range(355):
            phase = (x % 92) / 92
            wave = 0.12 * math.exp(-(((phase - 0.2) / 0.035) ** 2)) + 1.0 * math.exp(-(((phase - 0.38) / 0.012) ** 2))
            wave += -0.25 * math.exp(-(((phase - 0.41) / 0.012) ** 2)) + 0.2 * math.exp(-(((phase - 0.62) / 0.05) ** 2))
            points.append((left + x, top - gain * wave + float(rng.normal(0, 0.6))))
        draw.line(points, fill=(20, 20, 20), width=2)
    image.save(path)
