"""Pictures of examinations and odd seals as PNG bytes. A few variants of each are kept: they are slow to draw."""

from __future__ import annotations

import io
import math
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from data_samples.generator import ink
from data_samples.generator.fonts import font_file

__all__ = ["ecg", "flow_loop", "oval_seal", "picture", "portrait", "traces"]

_VARIANTS = 5
_RED = (205, 30, 38)
_Grey = NDArray[np.float64]


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _rng(*names: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32("|".join(map(str, names)).encode()))


def _variant(rng: np.random.Generator) -> int:
    return int(rng.integers(_VARIANTS))


def picture(kind: str, rng: np.random.Generator) -> bytes:
    """Return a picture of ``kind``: chest_ct, head_ct, abdomen_ct, bone_xray, chest_xray, head_mri, sonogram, doppler,
    endoscopy, histology, fundus, angiography."""
    return _picture(kind, _variant(rng))


@lru_cache(maxsize=96)
def _picture(kind: str, variant: int) -> bytes:
    return _png(_KINDS[kind](_rng(kind, variant)))


def _noise(rng: np.random.Generator, size: int, step: int) -> _Grey:
    coarse = (rng.random((size // step + 1, size // step + 1)) * 255).astype(np.uint8)
    wide = Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(wide).astype(np.float64) / 255


def _ellipse(x: _Grey, y: _Grey, cx: float, cy: float, rx: float, ry: float) -> NDArray[np.bool_]:
    return np.asarray(((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1)


def _mesh(size: int) -> tuple[_Grey, _Grey]:
    y, x = np.mgrid[0:size, 0:size] / size
    return x, y


def _grey(values: _Grey, blur: float = 0.8) -> Image.Image:
    return Image.fromarray(values.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(blur))


def _chest_ct(rng: np.random.Generator) -> Image.Image:
    x, y = _mesh(240)
    out = np.full((240, 240), 6.0)
    out[_ellipse(x, y, 0.5, 0.52, 0.46, 0.34)] = 150
    out[_ellipse(x, y, 0.5, 0.52, 0.43, 0.31)] = 115
    for cx in (0.3, 0.7):
        lung = _ellipse(x, y, cx, 0.5, 0.16 + rng.uniform(-0.01, 0.02), 0.24)
        out[lung] = 22 + 60 * (_noise(rng, 240, 5)[lung] > 0.82)
    out[_ellipse(x, y, 0.5 + rng.uniform(0.01, 0.04), 0.5, 0.1, 0.12)] = 165
    out[_ellipse(x, y, 0.5, 0.76, 0.055, 0.05)] = 235
    return _grey(out + rng.normal(0, 5, out.shape))


def _abdomen_ct(rng: np.random.Generator) -> Image.Image:
    x, y = _mesh(240)
    out = np.full((240, 240), 6.0)
    out[_ellipse(x, y, 0.5, 0.52, 0.46, 0.35)] = 70
    out[_ellipse(x, y, 0.5, 0.52, 0.42, 0.31)] = 105
    out[_ellipse(x, y, 0.33, 0.46, 0.2, 0.19)] = 165
    out[_ellipse(x, y, 0.74, 0.45, 0.1, 0.12)] = 158
    out[_ellipse(x, y, 0.58, 0.4, 0.1, 0.07)] = 40
    for cx in (0.33, 0.67):
        out[_ellipse(x, y, cx, 0.66, 0.06, 0.08)] = 185
    out[_ellipse(x, y, 0.5, 0.72, 0.06, 0.055)] = 240
    return _grey(out + rng.normal(0, 7, out.shape), 1.0)


def _head(rng: np.random.Generator, bone: float, brain: float, fluid: float) -> Image.Image:
    x, y = _mesh(240)
    out = np.full((240, 240), 5.0)
    out[_ellipse(x, y, 0.5, 0.5, 0.38, 0.46)] = bone
    out[_ellipse(x, y, 0.5, 0.5, 0.34, 0.42)] = brain
    inside = _ellipse(x, y, 0.5, 0.5, 0.34, 0.42)
    out[inside] += 34 * (_noise(rng, 240, 12)[inside] - 0.5)
    for side in (-1, 1):
        out[_ellipse(x, y, 0.5 + side * 0.07, 0.44, 0.03, 0.1)] = fluid
    spot = _ellipse(x, y, rng.uniform(0.36, 0.64), rng.uniform(0.35, 0.65), 0.03, 0.025)
    out[spot] = (brain + fluid) / 2
    return _grey(out + rng.normal(0, 5, out.shape), 1.1)


def _chest_xray(rng: np.random.Generator) -> Image.Image:
    x, y = _mesh(240)
    out = 150 + 50 * (y - 0.3)
    for cx in (0.3, 0.7):
        out = np.where(_ellipse(x, y, cx, 0.47, 0.19, 0.36), 55 + 40 * y, out)
    out = np.where(_ellipse(x, y, 0.56, 0.62, 0.15, 0.17), 190, out)
    out = np.where(np.abs(x - 0.5) < 0.045, 200, out)
    for k in range(8):
        rib = np.abs(y - 0.14 - 0.09 * k - 0.5 * (np.abs(x - 0.5) - 0.2) ** 2) < 0.012
        out = np.where(rib & (np.abs(x - 0.5) < 0.42), out + 32, out)
    return _grey(out + rng.normal(0, 5, out.shape), 2.0)


def _bone_xray(rng: np.random.Generator) -> Image.Image:
    x, y = _mesh(240)
    out = np.full((240, 240), 18.0)
    for k, cx in enumerate((0.2, 0.35, 0.5, 0.65, 0.8)):
        top = 0.12 + 0.09 * abs(k - 2)
        for low, high in ((top, top + 0.16), (top + 0.18, top + 0.38), (top + 0.4, 0.86)):
            out = np.where((np.abs(x - cx) < 0.04) & (y > low) & (y < high), 190 + rng.uniform(-20, 20), out)
    out = np.where((y > 0.87) & (np.abs(x - 0.5) < 0.3), 175, out)
    return _grey(out + rng.normal(0, 6, out.shape), 2.4)


def _by_ink(draw: Callable[[Path], None]) -> Image.Image:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "p.png"
        draw(path)
        with Image.open(path) as image:
            image.load()
            return image.copy()


def _sonogram(rng: np.random.Generator) -> Image.Image:
    return _by_ink(lambda path: ink.sonogram(path, rng)).resize((240, 240))


def _doppler(rng: np.random.Generator) -> Image.Image:
    top = np.asarray(_sonogram(rng).convert("RGB"))[:130].copy()
    yy, xx = np.mgrid[0:130, 0:240]
    vessel = np.abs(yy - 70 - 8 * np.sin(xx / 30)) < 9
    for channel, value in enumerate((200, 40, 30)):
        top[..., channel] = np.where(vessel & (xx > 60) & (xx < 180), value, top[..., channel])
    low = np.zeros((110, 240, 3), np.uint8)
    for column in range(240):
        phase = (column % 60) / 60
        tall = int(78 * math.exp(-(((phase - 0.2) / 0.12) ** 2)) + 24 * math.exp(-phase * 1.5))
        if tall > 0:
            low[96 - tall : 96, column] = (rng.random((tall, 1)) * 130 + 90).astype(np.uint8)
    low[96:98] = 200
    return Image.fromarray(np.vstack([top, low]))


def _round_colour(rng: np.random.Generator, base: tuple[int, int, int], field: float) -> NDArray[np.float64]:
    x, y = _mesh(220)
    light = 1.15 - 1.1 * np.hypot(x - rng.uniform(0.4, 0.6), y - rng.uniform(0.4, 0.6))
    folds = 0.8 + 0.35 * _noise(rng, 220, 28)
    out = np.stack([light * folds * channel for channel in base], axis=-1)
    out[~_ellipse(x, y, 0.5, 0.5, field, field)] = 4
    return np.asarray(out)


def _endoscopy(rng: np.random.Generator) -> Image.Image:
    out = _round_colour(rng, (225, 120, 95), 0.49)
    x, y = _mesh(220)
    out[_ellipse(x, y, rng.uniform(0.35, 0.65), rng.uniform(0.35, 0.65), 0.1, 0.08)] *= 0.25
    return Image.fromarray(out.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1))


def _fundus(rng: np.random.Generator) -> Image.Image:
    image = Image.fromarray(_round_colour(rng, (215, 105, 45), 0.47).clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.ellipse((140, 95, 168, 123), fill=(250, 215, 140))
    for sweep in (-1.0, -0.5, 0.5, 1.0):
        line = [(154 - 5.2 * t, 109 + sweep * 3.1 * t * math.exp(-t / 40)) for t in range(24)]
        draw.line(line, fill=(130, 25, 15), width=3)
    for _ in range(9):
        cx, cy = rng.uniform(50, 150), rng.uniform(55, 165)
        draw.ellipse((cx, cy, cx + 3, cy + 3), fill=(120, 15, 10))
    return image.filter(ImageFilter.GaussianBlur(0.9))


def _histology(rng: np.random.Generator) -> Image.Image:
    image = Image.new("RGB", (240, 180), (246, 214, 230))
    draw = ImageDraw.Draw(image)
    for _ in range(520):
        cx, cy, r = rng.uniform(0, 240), rng.uniform(0, 180), rng.uniform(1.5, 4.5)
        shade = int(rng.uniform(70, 140))
        draw.ellipse((cx - r, cy - r * 0.8, cx + r, cy + r * 0.8), fill=(shade, shade // 2, shade + 60))
    return image.filter(ImageFilter.GaussianBlur(0.8))


def _angiography(rng: np.random.Generator) -> Image.Image:
    image = _grey(150 + 40 * _noise(rng, 240, 40), 2).convert("L")
    draw = ImageDraw.Draw(image)
    for _ in range(3):
        x, y, angle = 60.0, 40.0, float(rng.uniform(0.3, 1.2))
        for step in range(60):
            draw.line((x, y, x + 3 * math.cos(angle), y + 3 * math.sin(angle)), fill=40, width=max(2, 7 - step // 10))
            x, y = x + 3 * math.cos(angle), y + 3 * math.sin(angle)
            angle += float(rng.normal(0, 0.09))
    return image.filter(ImageFilter.GaussianBlur(1))


_KINDS: dict[str, Callable[[np.random.Generator], Image.Image]] = {
    "chest_ct": _chest_ct,
    "abdomen_ct": _abdomen_ct,
    "head_ct": lambda rng: _head(rng, 240, 110, 40),
    "head_mri": lambda rng: _head(rng, 60, 120, 225),
    "chest_xray": _chest_xray,
    "bone_xray": _bone_xray,
    "sonogram": _sonogram,
    "doppler": _doppler,
    "endoscopy": _endoscopy,
    "histology": _histology,
    "fundus": _fundus,
    "angiography": _angiography,
}


def ecg(rng: np.random.Generator) -> bytes:
    """Return twelve leads on graph paper, about twice as wide as high."""
    return _ecg(_variant(rng))


@lru_cache(maxsize=_VARIANTS)
def _ecg(variant: int) -> bytes:
    image = _by_ink(lambda path: ink.ecg(path, _rng("ecg", variant)))
    return _png(image.resize((1000, 507)).quantize(48))


def flow_loop(fraction: float) -> bytes:
    """Return a flow-volume loop of someone whose FEV1/FVC is ``fraction``."""
    return _loop(round(fraction * 20) / 20)


@lru_cache(maxsize=16)
def _loop(fraction: float) -> bytes:
    return _png(_by_ink(lambda path: ink.flow_loop(path, fraction)).quantize(32))


def traces(rng: np.random.Generator, *, rows: int, labels: tuple[str, ...], pulse: bool) -> bytes:
    """Return ``rows`` curves under one another: brain waves, or the answers of nerves to a pulse."""
    return _traces(rows, labels, pulse, _variant(rng))


@lru_cache(maxsize=32)
def _traces(rows: int, labels: tuple[str, ...], pulse: bool, variant: int) -> bytes:
    rng = _rng("traces", rows, pulse, variant)
    width, height = 900, 44 * rows + 10
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(font_file("hei")), 15)
    for x in range(60, width, 84):
        draw.line((x, 0, x, height), fill=(225, 230, 235))
    for row in range(rows):
        base = 28 + 44 * row
        draw.text((6, base - 10), labels[row % len(labels)], fill="black", font=font)
        t = np.arange(60, width - 6)
        if pulse:
            start = rng.uniform(150, 260)
            wave = 17 * np.exp(-(((t - start) / 24) ** 2)) - 12 * np.exp(-(((t - start - 52) / 30) ** 2))
            wave = wave + 9 * np.exp(-(((t - 75) / 2.5) ** 2))
        else:
            beat = rng.uniform(0.09, 0.14)
            wave = 7 * np.sin(t * beat * 2 + rng.uniform(0, 6)) * (0.5 + _noise(rng, 960, 60)[0][: t.size])
            wave = wave + rng.normal(0, 1.6, t.size)
        draw.line(list(zip(t.tolist(), (base - wave).tolist(), strict=True)), fill=(20, 30, 90), width=1)
    return _png(image.quantize(32))


def portrait(rng: np.random.Generator) -> bytes:
    """Return the plain grey outline of a head, as stands on a specimen card."""
    shade = int(rng.integers(120, 165))
    image = Image.new("RGB", (260, 320), (236, 240, 244))
    draw = ImageDraw.Draw(image)
    draw.ellipse((80, 50, 180, 175), fill=(shade, shade, shade))
    draw.ellipse((20, 195, 240, 470), fill=(shade, shade, shade))
    return _png(image)


def oval_seal(name: str, centre: str, rng: np.random.Generator) -> bytes:
    """Return an oval red seal: ``name`` on the upper arc, ``centre`` across the middle."""
    return _oval(name, centre, int(rng.integers(3)))


@lru_cache(maxsize=64)
def _oval(name: str, centre: str, variant: int) -> bytes:
    rng = _rng(name, centre, variant)
    image = Image.new("RGBA", (360, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((6, 6, 354, 234), outline=(*_RED, 230), width=8)
    points = int(min(30, 420 / max(8, len(name))))
    font = ImageFont.truetype(str(font_file("song")), points)
    sweep = min(200.0, 15.0 * len(name))
    for k, character in enumerate(name):
        angle = math.radians(-90 - sweep / 2 + sweep * (k + 0.5) / len(name))
        tile = Image.new("RGBA", (points * 2, points * 2), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((points, points), character, font=font, fill=(*_RED, 230), anchor="mm")
        turn = math.atan2(92 * math.sin(angle), 146 * math.cos(angle))
        tile = tile.rotate(-math.degrees(turn) - 90, resample=Image.Resampling.BICUBIC)
        x, y = 180 + 146 * math.cos(angle), 120 + 88 * math.sin(angle)
        image.alpha_composite(tile, (int(x - points), int(y - points)))
    small = ImageFont.truetype(str(font_file("hei")), int(min(40, 230 / max(4, len(centre)))))
    draw.text((180, 138), centre, font=small, fill=(*_RED, 230), anchor="mm")
    return _worn(image, rng)


def _worn(image: Image.Image, rng: np.random.Generator) -> bytes:
    image = image.rotate(float(rng.uniform(-9, 9)), resample=Image.Resampling.BICUBIC, expand=True)
    pixels = np.asarray(image).astype(np.float32)
    size = max(image.size)
    worn = _noise(rng, size, 12)[: image.height, : image.width]
    pixels[..., 3] *= np.clip(0.45 + worn * 0.75, 0, 1) * (rng.random(worn.shape) > 0.06)
    return _png(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6)))
