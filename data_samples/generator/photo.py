"""From a clean page image to a scan or a phone photo, with the same map applied to the truth boxes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Box", "Photo", "Picture", "photograph", "scan", "turn"]

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of width and height."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture and where the boxes of the clean page went."""

    image: Picture
    boxes: dict[str, Box]


def _noise(image: Picture, rng: np.random.Generator, sigma: float) -> Picture:
    grain = rng.normal(0, sigma, image.shape[:2]).astype(np.float32)
    return np.clip(image.astype(np.float32) + grain[..., None], 0, 255).astype(np.uint8)


def scan(page: Picture, boxes: dict[str, Box], rng: np.random.Generator, *, skew: float = 0.6) -> Photo:
    """A flatbed or sheet-fed scan: a little skew, paper tone, dust, a dark edge, slightly swollen strokes."""
    height, width = page.shape[:2]
    angle = float(rng.uniform(-skew, skew))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0).astype(np.float64)
    paper = 252 - float(rng.uniform(0, 8))
    turned = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_AREA, borderValue=(paper, paper, paper))
    out = turned.astype(np.float32) * (paper / 255)
    out = np.asarray(cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.45, 0.8))), dtype=np.float32)
    result = _noise(np.clip(out, 0, 255).astype(np.uint8), rng, 4.0)
    for _ in range(int(rng.integers(15, 50))):
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.circle(result, centre, int(rng.integers(1, 3)), (110, 110, 110), -1)
    edge = int(rng.integers(2, 9))
    result[:, :edge] = (result[:, :edge] * 0.5).astype(np.uint8)
    moved = {key: _affine(box, matrix, width, height) for key, box in boxes.items()}
    return Photo(result, moved)


def _corners(box: Box, width: int, height: int) -> NDArray[np.float64]:
    x0, y0, x1, y1 = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float64)


def _around(points: NDArray[np.float64], width: int, height: int) -> Box:
    low, high = points.min(axis=0), points.max(axis=0)
    return (float(low[0] / width), float(low[1] / height), float(high[0] / width), float(high[1] / height))


def _affine(box: Box, matrix: NDArray[np.float64], width: int, height: int) -> Box:
    points = _corners(box, width, height) @ matrix[:, :2].T + matrix[:, 2]
    return _around(points, width, height)


def _desk(width: int, height: int, rng: np.random.Generator) -> Picture:
    """A table top: wood-like streaks in a random tint."""
    tint = np.array([(92, 128, 168), (140, 146, 150), (70, 84, 104), (186, 190, 196)][int(rng.integers(4))], np.float32)
    streak = rng.normal(0, 1, (height // 4 + 1, width // 60 + 1)).astype(np.float32)
    streak = np.asarray(cv2.resize(streak, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    fine = rng.normal(0, 5, (height, width)).astype(np.float32)
    return np.clip(tint[None, None] + (streak * 7 + fine)[..., None], 0, 255).astype(np.uint8)


def photograph(
    page: Picture,
    boxes: dict[str, Box],
    rng: np.random.Generator,
    *,
    side: int = 2000,
    tilt: float = 1.0,
    blur: float = 0.8,
    curl: float = 0.0,
) -> Photo:
    """A phone photo: the sheet on a desk in perspective, perhaps curled, uneven light, a shadow, noise.

    ``tilt`` scales the perspective; ``curl`` is the height of the bulge as a fraction of the page height.
    """
    page_height, page_width = page.shape[:2]
    scale = side / max(page_height, page_width) * 0.9
    sheet = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    sheet_height, sheet_width = sheet.shape[:2]
    bulge = curl * sheet_height
    if bulge:
        xs, ys = np.meshgrid(np.arange(sheet_width, dtype=np.float32), np.arange(sheet_height, dtype=np.float32))
        lift = bulge * np.sin(np.pi * xs / sheet_width).astype(np.float32)
        sheet = cv2.remap(sheet, xs, ys + lift - bulge / 2, cv2.INTER_LINEAR, borderValue=(235, 235, 235))
    width, height = int(sheet_width * 1.12), int(sheet_height * 1.12)
    margin_x, margin_y = (width - sheet_width) / 2, (height - sheet_height) / 2
    source = np.array([[0, 0], [sheet_width, 0], [sheet_width, sheet_height], [0, sheet_height]], np.float32)
    shake = rng.uniform(-0.035, 0.035, (4, 2)) * tilt * np.array([width, height])
    target = (source + np.array([margin_x, margin_y]) + shake).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    desk = _desk(width, height, rng)
    warped = cv2.warpPerspective(sheet, matrix, (width, height), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full(sheet.shape[:2], 255, np.uint8), matrix, (width, height))
    shade = cv2.GaussianBlur(np.roll(mask, (8, 8), (0, 1)), (0, 0), 14).astype(np.float32) / 255
    base = desk.astype(np.float32) * (1 - 0.45 * shade[..., None])
    alpha = (mask.astype(np.float32) / 255)[..., None]
    out = base * (1 - alpha) + warped.astype(np.float32) * alpha
    out *= _light(width, height, rng)[..., None]
    out *= np.array([rng.uniform(0.88, 0.98), rng.uniform(0.95, 1.0), rng.uniform(0.97, 1.02)], np.float32)
    out = np.asarray(cv2.GaussianBlur(out, (0, 0), blur * float(rng.uniform(0.8, 1.2))), dtype=np.float64)
    image = _noise(np.clip(out, 0, 255).astype(np.uint8), rng, 3.0)

    def move(box: Box) -> Box:
        points = _corners(box, sheet_width, sheet_height)
        if bulge:
            points[:, 1] -= bulge * np.sin(np.pi * points[:, 0] / sheet_width) - bulge / 2
        moved = cv2.perspectiveTransform(points[None].astype(np.float32), matrix)[0].astype(np.float64)
        return _around(moved, width, height)

    return Photo(image, {key: move(box) for key, box in boxes.items()})


def _light(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Uneven light with the soft shadow of a hand or phone on one side."""
    xs, ys = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    angle = float(rng.uniform(0, 2 * np.pi))
    ramp = 0.90 + 0.10 * (xs * np.cos(angle) + ys * np.sin(angle))
    centre = rng.uniform(-1, 1, 2)
    distance = np.hypot((xs - centre[0]) / rng.uniform(0.6, 1.1), (ys - centre[1]) / rng.uniform(0.4, 0.9))
    shadow = 1 - float(rng.uniform(0.12, 0.3)) / (1 + np.exp((distance - 0.7) * 9))
    return np.asarray(ramp * shadow, dtype=np.float32)


def turn(photo: Photo, quarters: int) -> Photo:
    """Turn clockwise by ``quarters`` of 90 degrees, as a photo taken with the phone held the other way."""
    image, boxes = photo.image, photo.boxes
    for _ in range(quarters % 4):
        image = np.ascontiguousarray(np.rot90(image, -1))
        boxes = {key: (1 - b[3], b[0], 1 - b[1], b[2]) for key, b in boxes.items()}
    return Photo(image, boxes)
