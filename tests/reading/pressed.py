"""Pages with drawn seals pressed on them: round and oval, at any size and angle, on print or on photos."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from data_samples.factory.families import inks
from data_samples.factory.families.clinical.pictures import oval_seal
from data_samples.generator import ink
from data_samples.generator.fonts import font_file
from tests.drawn_pages import draw

__all__ = ["NAME", "STYLES", "Pressed", "bgr", "camera", "oval", "press", "round_seal", "styled", "worn"]

NAME = "上饶市信江云岚医院"
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Pressed:
    """A page, BGR, with the middle and half axes of its seal and how far that is turned (degrees clockwise)."""

    page: Pixels
    x: float
    y: float
    half: tuple[float, float]
    turn: float


def round_seal(
    folder: Path, seed: int = 1, *, name: str = NAME, centre: str = "病案专用章"
) -> tuple[Image.Image, float]:
    """The generator's seal and the angle by which it draws it turned, clockwise."""
    path = folder / "seal.png"
    ink.seal(path, name, centre, np.random.default_rng(seed))
    return Image.open(path).convert("RGBA"), -float(np.random.default_rng(seed).uniform(-14, 14))


def worn(name: str, centre: str, seed: int) -> Image.Image:
    """The factory's round seal."""
    return _open(inks.seal(name, centre, np.random.default_rng(seed)))


def oval(name: str, centre: str, seed: int) -> Image.Image:
    """The factory's oval seal."""
    return _open(oval_seal(name, centre, np.random.default_rng(seed)))


STYLES = {
    # Name, size of its characters, degrees that it takes; words along the lower rim; straight lines; star; second rim.
    "plain": (NAME, 58, 250, "", (), True, False),
    "code": (NAME, 58, 270, "3611020012345", (), True, False),
    "short": ("仁康医院", 60, 200, "", (), True, False),
    "long": ("江西省上饶市信江云岚医学院第二附属医院", 38, 285, "", ((320, "病案室", 36),), True, False),
    "two rims": (NAME, 50, 240, "", ((325, "医务科", 40),), True, True),
    "purpose below": (NAME, 50, 210, "检验专用章", (), True, False),
    "date": (NAME, 50, 230, "", ((205, "2025.03.12", 36), (265, "收费专用章", 40)), False, False),
    "two lines": (NAME, 54, 240, "", ((215, "医学检验科", 44), (280, "报告专用章", 44)), False, False),
}
_RED = (205, 30, 38, 235)


def styled(style: str) -> Image.Image:
    """A seal in one of the layouts that hospitals order, upright, not worn."""
    name, size, sweep, lower, lines, star, double = STYLES[style]
    image = Image.new("RGBA", (420, 420), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((6, 6, 414, 414), outline=_RED, width=11)
    if double:
        pen.ellipse((22, 22, 398, 398), outline=_RED, width=3)
    if star:
        reach = [71 if k % 2 == 0 else 28 for k in range(10)]
        angles = [math.radians(36 * k - 90) for k in range(10)]
        pen.polygon(
            [(210 + r * math.cos(a), 210 + r * math.sin(a)) for r, a in zip(reach, angles, strict=True)], fill=_RED
        )
    _along(image, name, (148 if double else 158, size), (-90, sweep), upwards=False)
    if lower:
        digits = lower.isdigit()
        _along(image, lower, (184, 16) if digits else (165, 36), (90, 62 if digits else 90), upwards=True)
    for y, words, points in lines:
        pen.text((210, y), words, font=_font(points), fill=_RED, anchor="mm")
    return image


def _font(points: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_file("song")), points)


def _along(image: Image.Image, words: str, size: tuple[int, int], place: tuple[float, float], *, upwards: bool) -> None:
    """Set ``words`` round the middle: radius and points, direction and degrees; ``upwards`` stand below, feet out."""
    (radius, points), (middle, sweep) = size, place
    for k, character in enumerate(words):
        share = (len(words) - k - 0.5 if upwards else k + 0.5) / len(words)
        angle = middle - sweep / 2 + sweep * share
        tile = Image.new("RGBA", (points * 2, points * 2), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((points, points), character, font=_font(points), fill=_RED, anchor="mm")
        tile = tile.rotate(-angle - 90 + (180 if upwards else 0), resample=Image.Resampling.BICUBIC)
        x = 210 + radius * math.cos(math.radians(angle))
        y = 210 + radius * math.sin(math.radians(angle))
        image.alpha_composite(tile, (int(x - points), int(y - points)))


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGBA")


def press(
    seal: Image.Image,
    at: tuple[int, int],
    width: int,
    *,
    angle: float = 0.0,
    drawn_turn: float = 0.0,
    page: Image.Image | None = None,
    flat: float = 1.0,
) -> Pressed:
    """Press ``seal`` with its middle ``at``, ``width`` pixels wide, turned clockwise by ``angle`` degrees.

    Ink multiplies, as on paper: print under it stays black. ``flat`` is the seal's height by its width.
    """
    page = page or draw()
    scaled = seal.resize((width, round(width * flat)), Image.Resampling.LANCZOS)
    turned = scaled.rotate(-angle, expand=True, resample=Image.Resampling.BICUBIC)
    layer = Image.new("RGBA", page.size, (255, 255, 255, 0))
    layer.alpha_composite(turned, (at[0] - turned.width // 2, at[1] - turned.height // 2))
    pixels = np.asarray(layer, dtype=np.float32)
    share = pixels[..., 3:] / 255
    colour = pixels[..., :3] * share + 255 * (1 - share)
    mixed = np.asarray(page.convert("RGB"), dtype=np.float32) * colour / 255
    half = (width / 2, width * flat / 2)
    return Pressed(bgr(Image.fromarray(mixed.astype(np.uint8))), *at, half, angle + drawn_turn)


def bgr(image: Image.Image) -> Pixels:
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])


def camera(pressed: Pressed, *, seed: int = 3, lean: float = 0.06) -> Pressed:
    """The page photographed: aslant on a table, in warm uneven light, a little soft, stored as JPEG."""
    height, width = pressed.page.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    shift = np.array([[lean, lean], [-lean / 2, lean / 2], [0, -lean], [lean / 2, -lean / 3]]) * width
    aims = (corners * 0.86 + np.array([0.07 * width, 0.07 * height]) + shift).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, aims)
    view = cv2.warpPerspective(
        pressed.page, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=(96, 112, 128)
    ).astype(np.float32)
    light = np.linspace(0.72, 1.0, width, dtype=np.float32)[None, :, None] * np.array([0.86, 0.95, 1.0], np.float32)
    noise = np.random.default_rng(seed).normal(0, 4, view.shape)
    soft = cv2.GaussianBlur(np.clip(view * light + noise, 0, 255).astype(np.uint8), (0, 0), 0.7)
    _, data = cv2.imencode(".jpg", soft, [cv2.IMWRITE_JPEG_QUALITY, 82])
    page = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    middle = cv2.perspectiveTransform(np.array([[[pressed.x, pressed.y]]], dtype=np.float32), matrix)[0, 0]
    return Pressed(
        page, float(middle[0]), float(middle[1]), (pressed.half[0] * 0.8, pressed.half[1] * 0.8), pressed.turn
    )
