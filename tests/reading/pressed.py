"""Pages with drawn seals pressed on them: round and oval, at any size and angle, on print or on photos."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from data_samples.factory.families import inks
from data_samples.factory.families.clinical.pictures import oval_seal
from data_samples.generator import ink
from tests.drawn_pages import draw

__all__ = ["NAME", "Pressed", "bgr", "camera", "oval", "press", "round_seal", "worn"]

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
