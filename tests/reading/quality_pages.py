"""Pages with one trouble each, drawn without a camera, and readings as the reader would give them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from pipeline.nouns import QualityIssue
from pipeline.reading.found import Reading, TextAt
from pipeline.reading.pixels import Image, text_height
from pipeline.reading.quality import issues, measure
from tests.drawn_pages import SHEET, draw

__all__ = ["PIXELS", "SIZE", "TROUBLES", "clean", "crossed", "judged", "read_as"]

SIZE = (1200, 980)
PIXELS = 30
Box = tuple[float, float, float, float]


def clean() -> Image:
    """The small lab sheet on white paper, in BGR."""
    return np.ascontiguousarray(np.asarray(draw())[..., ::-1])


def read_as(
    confidence: float, *, hidden: Sequence[Box] = (), window: Box = (0, 0, 1200, 980), scale: float = 1.0
) -> Reading:
    """The sheet's lines at ``confidence``, without those in ``hidden`` boxes; ``window`` is what the picture shows."""
    x0, y0, x1, y1 = window
    lines = []
    for x, y, text in SHEET:
        wide = sum(1.0 if ord(c) >= 0x2E80 else 0.55 for c in text) * PIXELS
        left, top, right, bottom = x - 3, y + 0.1 * PIXELS, x + wide + 3, y + 1.45 * PIXELS
        middle = ((left + right) / 2, (top + bottom) / 2)
        if any(a <= middle[0] <= c and b <= middle[1] <= d for a, b, c, d in hidden):
            continue
        left, top, right, bottom = max(left, x0), max(top, y0), min(right, x1), min(bottom, y1)
        if right - left < PIXELS or bottom - top < PIXELS / 2:
            continue
        quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float64)
        lines.append(TextAt(text, confidence, (quad - [x0, y0]) * scale))
    size = (round((x1 - x0) * scale), round((y1 - y0) * scale))
    return Reading(tuple(lines), 0, 0.0, size[0], size[1], PIXELS * scale)


def judged(image: Image, reading: Reading, *, where: str = "第2页") -> tuple[QualityIssue, ...]:
    """What the gate says."""
    return issues(reading, measure(image, reading.text_height, reading), where=where)


def nothing_read(image: Image) -> Reading:
    return Reading((), 0, 0.0, image.shape[1], image.shape[0], text_height(image))


def _light(image: Image, gain: np.ndarray | float) -> Image:
    return np.clip(image.astype(np.float32) * gain, 0, 255).astype(np.uint8)


def blurred(confidence: float) -> tuple[Image, Reading]:
    return np.asarray(cv2.GaussianBlur(clean(), (0, 0), 8), np.uint8), read_as(confidence)


def shaken(confidence: float) -> tuple[Image, Reading]:
    return np.asarray(cv2.blur(clean(), (31, 1)), np.uint8), read_as(confidence)


def dark(confidence: float) -> tuple[Image, Reading]:
    return _light(clean(), 0.14), read_as(confidence)


def far(confidence: float) -> tuple[Image, Reading]:
    small = cv2.resize(clean(), None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), read_as(confidence, scale=0.2)


def glaring(confidence: float) -> tuple[Image, Reading]:
    """A burnt spot over the upper right: results and ranges of the first rows are gone, print around is grey."""
    ys, xs = np.mgrid[0:980, 0:1200].astype(np.float32)
    away = np.hypot((xs - 850) / 380, (ys - 380) / 240)
    veil = np.clip(1.75 - away, 0, 1)[..., None]
    image = 205 * (clean().astype(np.float32) / 255)
    hidden = [(500, 170, 1200, 560)]
    return np.asarray(image + (250 - image) * veil, np.uint8), read_as(confidence, hidden=hidden)


def covered(confidence: float) -> tuple[Image, Reading]:
    """A thumb from below over results and flags."""
    image = clean()
    cv2.ellipse(image, (560, 560), (150, 190), 0, 0, 360, (120, 160, 205), -1)
    cv2.rectangle(image, (410, 560), (710, 980), (120, 160, 205), -1)
    return image, read_as(confidence, hidden=[(380, 370, 740, 980)])


def folded(confidence: float) -> tuple[Image, Reading]:
    gain = np.ones((980, 1200, 1), np.float32)
    gain[480:] = 0.72
    return _light(clean(), gain), read_as(confidence)


def cut(confidence: float) -> tuple[Image, Reading]:
    """The right side is outside: units are cut through, ranges are gone."""
    return np.ascontiguousarray(clean()[:, :745]), read_as(confidence, window=(0, 0, 745, 980))


def blank(confidence: float) -> tuple[Image, Reading]:
    image = np.full((980, 1200, 3), 236, np.uint8)
    return image, nothing_read(image)


def desk(confidence: float) -> tuple[Image, Reading]:
    grain = np.random.default_rng(3).normal(0, 14, (980, 60)).astype(np.float32)
    wood = cv2.resize(grain, (1200, 980), interpolation=cv2.INTER_CUBIC)[..., None] + np.array([52, 88, 130])
    image = np.clip(wood, 0, 255).astype(np.uint8)
    return image, nothing_read(image)


TROUBLES: dict[str, Callable[[float], tuple[Image, Reading]]] = {
    "blurred": blurred,
    "blurred by shaking": shaken,
    "too_dark": dark,
    "text_too_small": far,
    "glare": glaring,
    "covered": covered,
    "folded": folded,
    "blank_page": blank,
    "not_document": desk,
}


def crossed() -> tuple[Image, Reading]:
    """Everything at once, and yet it reads well: dim, soft, folded, a finger on the margin."""
    image = np.asarray(cv2.GaussianBlur(clean(), (0, 0), 1.6), np.uint8)
    gain = np.linspace(0.35, 0.62, 1200, dtype=np.float32)[None, :, None] * np.ones((980, 1, 1), np.float32)
    gain[520:] *= 0.8
    image = _light(image, gain)
    cv2.circle(image, (1190, 700), 60, (70, 95, 125), -1)
    return image, read_as(0.95)
