"""Ink of these families: round, oval and square seals worn in their own ways, and the lines that people sign on."""

from __future__ import annotations

import io
import math
import zlib
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from data_samples.factory.families.held_out.faces import pixel_font

__all__ = ["chop", "curve", "grey", "oval", "round_seal", "signed"]

Rng = np.random.Generator
_REDS = ((214, 38, 46), (196, 24, 60), (226, 66, 52), (180, 40, 44))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _wear(image: Image.Image, rng: Rng) -> bytes:
    pixels = np.asarray(image).astype(np.float32)
    size = image.size
    spots = Image.fromarray((rng.random((9, 9)) * 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    wear = np.asarray(spots).astype(np.float32) / 255
    pixels[..., 3] *= np.clip(0.35 + wear * 0.9, 0, 1) * (rng.random((size[1], size[0])) > 0.04)
    worn = Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))
    return _png(worn)


def _along(
    image: Image.Image, words: str, at: tuple[float, float, float, float], points: int, fill: tuple[int, ...]
) -> None:
    """Set ``words`` along an ellipse: centre x, y and the two radii, open at the bottom."""
    x0, y0, across, down = at
    font = pixel_font("notosong", points)
    sweep = min(270.0, 24.0 * len(words))
    for number, character in enumerate(words):
        angle = math.radians(-90 - sweep / 2 + sweep * (number + 0.5) / len(words))
        tile = Image.new("RGBA", (points * 2, points * 2), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((points, points), character, font=font, fill=fill, anchor="mm", stroke_width=1)
        lean = math.degrees(math.atan2(math.sin(angle) / down, math.cos(angle) / across))
        tile = tile.rotate(-lean - 90, resample=Image.Resampling.BICUBIC)
        image.alpha_composite(
            tile, (int(x0 + across * math.cos(angle) - points), int(y0 + down * math.sin(angle) - points))
        )


def _rng(*words: str, variant: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32("|".join(words).encode()), 7, variant])


def round_seal(name: str, centre: str, rng: Rng) -> bytes:
    """Return a round seal: name on the arc, star, ``centre`` straight below it."""
    return _round(name, centre, int(rng.integers(3)))


@lru_cache(maxsize=64)
def _round(name: str, centre: str, variant: int) -> bytes:
    rng = _rng(name, centre, variant=variant)
    size, fill = 340, (*_REDS[int(rng.integers(len(_REDS)))], 230)
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((5, 5, size - 5, size - 5), outline=fill, width=8)
    if rng.random() < 0.4:
        draw.ellipse((17, 17, size - 17, size - 17), outline=fill, width=2)
    mid = size / 2
    points = [
        (
            mid + (44 if k % 2 == 0 else 17) * math.cos(-math.pi / 2 + k * math.pi / 5),
            mid + (44 if k % 2 == 0 else 17) * math.sin(-math.pi / 2 + k * math.pi / 5),
        )
        for k in range(10)
    ]
    draw.polygon(points, fill=fill)
    _along(image, name, (mid, mid, mid * 0.74, mid * 0.74), int(min(42, 480 / len(name))), fill)
    draw.text(
        (mid, size * 0.76),
        centre,
        font=pixel_font("noto", int(min(34, 190 / max(1, len(centre))))),
        fill=fill,
        anchor="mm",
    )
    return _wear(image.rotate(float(rng.uniform(-25, 25)), resample=Image.Resampling.BICUBIC), rng)


def oval(name: str, centre: str, rng: Rng) -> bytes:
    """Return an oval seal with ``centre`` across the middle."""
    return _oval(name, centre, int(rng.integers(3)))


@lru_cache(maxsize=64)
def _oval(name: str, centre: str, variant: int) -> bytes:
    rng = _rng(name, centre, "oval", variant=variant)
    fill = (*_REDS[int(rng.integers(len(_REDS)))], 230)
    image = Image.new("RGBA", (380, 280), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((5, 5, 375, 275), outline=fill, width=7)
    _along(image, name, (190, 140, 148, 98), int(min(36, 420 / len(name))), fill)
    draw.text(
        (190, 160), centre, font=pixel_font("noto", int(min(40, 250 / max(1, len(centre))))), fill=fill, anchor="mm"
    )
    return _wear(image.rotate(float(rng.uniform(-10, 10)), resample=Image.Resampling.BICUBIC, expand=False), rng)


def chop(words: str, rng: Rng) -> bytes:
    """Return a framed straight seal such as a doctor's name or ``已审核``."""
    return _chop(words, int(rng.integers(3)))


@lru_cache(maxsize=128)
def _chop(words: str, variant: int) -> bytes:
    rng = _rng(words, "chop", variant=variant)
    fill = (*_REDS[int(rng.integers(len(_REDS)))], 225)
    wide = 40 * len(words) + 26
    image = Image.new("RGBA", (wide, 66), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rectangle((3, 3, wide - 4, 62), outline=fill, width=4)
    draw.text((wide / 2, 33), words, font=pixel_font("kai", 38), fill=fill, anchor="mm", stroke_width=1)
    return _wear(image, rng)


def signed(name: str, rng: Rng) -> bytes:
    """Return ``name`` as somebody writes it in haste: slanted, characters joined, sizes uneven."""
    return _signed(name, int(rng.integers(4)))


@lru_cache(maxsize=512)
def _signed(name: str, variant: int) -> bytes:
    rng = _rng(name, "hand", variant=variant)
    ink = (24, 30, 96) if rng.random() < 0.45 else (18, 18, 26)
    image = Image.new("RGBA", (90 * (len(name) + 2), 170), (0, 0, 0, 0))
    x, slant = 60.0, float(rng.uniform(0.18, 0.42))
    draw = ImageDraw.Draw(image)
    previous: tuple[float, float] | None = None
    for character in name:
        points = int(rng.uniform(66, 98))
        tile = Image.new("RGBA", (170, 170), (0, 0, 0, 0))
        font = pixel_font("wenkai", points)
        ImageDraw.Draw(tile).text(
            (85, 85), character, font=font, fill=(*ink, 235), anchor="mm", stroke_width=int(rng.integers(2))
        )
        turn = float(rng.uniform(-0.15, 0.05))
        tile = tile.transform(
            tile.size,
            Image.Transform.AFFINE,
            (1, slant, -slant * 85, turn, 1, -turn * 85),
            resample=Image.Resampling.BICUBIC,
        )
        image.alpha_composite(tile, (int(x - 60), 0))
        if previous is not None:
            draw.line((*previous, x + 6, 70 + float(rng.uniform(-12, 12))), fill=(*ink, 190), width=2)
        previous = (x + 44, 100 + float(rng.uniform(-8, 18)))
        x += points * float(rng.uniform(0.72, 0.86))
    box = image.getbbox()
    small = image.crop(box) if box else image
    small.thumbnail((280, 130), Image.Resampling.BICUBIC)
    return _png(small)


def grey(rng: Rng, kind: str) -> bytes:
    """Return a key image: ``fan`` (ultrasound), ``slice`` (CT, MRI), ``scope`` (endoscopy), ``tissue`` (microscopy)."""
    size = 240
    yy, xx = np.mgrid[0:size, 0:size].astype(np.float32)
    coarse = np.asarray(
        Image.fromarray((rng.random((18, 18)) * 255).astype(np.uint8)).resize((size, size), Image.Resampling.BICUBIC)
    ).astype(np.float32)
    fine = rng.random((size, size)).astype(np.float32)
    away = np.hypot(xx - size / 2, yy - size / 2)
    if kind == "scope":
        red = 90 + coarse * 0.5
        shade = np.clip(1.15 - away / 150, 0, 1)
        picture = np.stack([red + 60, red * 0.55 + 10, red * 0.4 + 8], axis=-1) * shade[..., None]
        picture[away > 112] = 6
    elif kind == "tissue":
        dots = (fine > 0.93).astype(np.float32)
        dots = np.asarray(Image.fromarray((dots * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.6))).astype(
            np.float32
        )
        picture = np.stack([236 - dots * 1.6, 196 - coarse * 0.25 - dots * 2.2, 222 - dots * 0.9], axis=-1)
    else:
        inside = away < 104
        if kind == "fan":
            angle = np.arctan2(xx - size / 2, yy + 24)
            reach = np.hypot(xx - size / 2, yy + 24)
            inside = (np.abs(angle) < 0.72) & (reach > 40) & (reach < 250)
        light = coarse * 0.55 + fine * 46 + 40 * np.sin(yy / float(rng.uniform(12, 30)))
        picture = np.repeat(np.where(inside, light, 6.0)[..., None], 3, axis=-1)
        if kind == "slice":
            picture[(away > 96) & inside] = 214
    return _png(Image.fromarray(picture.clip(0, 255).astype(np.uint8)))


def curve(rng: Rng, kind: str, *, width: int = 1200, height: int = 420) -> bytes:
    """Return a trace: ``ecg`` on squared paper, ``loop`` (flow and volume), ``wave`` (nerve conduction, EEG)."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    if kind == "ecg":
        for step in range(0, max(width, height), 10):
            shade = (246, 176, 176) if step % 50 == 0 else (253, 224, 224)
            draw.line((step, 0, step, height), fill=shade)
            draw.line((0, step, width, step), fill=shade)
    rows = {"ecg": 4, "loop": 1, "wave": 6}[kind]
    names = ("Ⅰ", "aVR", "V1", "V4", "Ⅱ", "aVL", "V2", "V5", "Ⅲ", "aVF", "V3", "V6", "Ⅱ", "", "", "")
    for row in range(rows):
        middle = height * (row + 0.5) / rows
        beat = float(rng.uniform(78, 110))
        if kind == "loop":
            fall = [(40 + t * 9, middle - 150 * math.exp(-t / 14) * min(1, t / 3)) for t in range(60)]
            back = [(40 + t * 9, middle + 90 * math.sin(math.pi * t / 60)) for t in range(60)]
            draw.line((40, 10, 40, height - 10), fill="black", width=2)
            draw.line((20, middle, width - 20, middle), fill="black", width=2)
            draw.line(fall, fill=(10, 60, 150), width=3)
            draw.line(back, fill=(10, 60, 150), width=3)
            continue
        points = []
        for x in range(30, width - 10):
            at = (x % beat) / beat
            if kind == "ecg":
                y = -52 * math.exp(-(((at - 0.4) / 0.014) ** 2)) + 14 * math.exp(-(((at - 0.45) / 0.016) ** 2))
                y += -7 * math.exp(-(((at - 0.22) / 0.04) ** 2)) - 12 * math.exp(-(((at - 0.7) / 0.06) ** 2))
            else:
                y = -26 * math.exp(-(((x / width - 0.3) / 0.03) ** 2)) + 20 * math.exp(
                    -(((x / width - 0.37) / 0.035) ** 2)
                )
            points.append((x, middle - -y + float(rng.normal(0, 0.7))))
        draw.line(points, fill=(20, 20, 30), width=2)
        if kind == "ecg":
            for column in range(4 if row < 3 else 1):
                label = names[row * 4 + column]
                draw.text(
                    (34 + column * (width - 40) / 4, middle - 50), label, fill="black", font=pixel_font("noto", 20)
                )
    return _png(image)
