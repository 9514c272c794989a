"""Application forms drawn with ink: print, handwriting, seals, on white, tinted or grey paper, upright or turned."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from pipeline.classifying import classify
from pipeline.nouns import Document, Line, Page, PageReader, Quad, ReadPage
from tests.fonts import cjk_font_path

__all__ = ["Form"]

WIDTH, HEIGHT, TALL = 1240, 1754, 30


class Form:
    """A form on which tests print, write and stamp. ``read`` gives the document with the lines that were printed."""

    def __init__(self, paper: tuple[int, int, int] = (252, 252, 250)) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), paper)
        self.draw = ImageDraw.Draw(self.image)
        self.lines: list[tuple[str, tuple[float, float, float, float], float]] = []
        self.ink = (25, 25, 28)

    def print(self, text: str, x: int, y: int, *, tall: int = TALL, read_as: str | None = None) -> None:
        """Print text; OCR reads it as ``read_as`` (``None``: as printed, empty: not at all)."""
        font = ImageFont.truetype(str(cjk_font_path()), tall)
        self.draw.text((x, y), text, font=font, fill=self.ink)
        x0, y0, x1, y1 = self.draw.textbbox((x, y), text, font=font)
        words = text if read_as is None else read_as
        if words:
            self.lines.append((words, (x0, y0, x1, y1), 0.98))

    def hear(self, text: str, box: tuple[float, float, float, float], confidence: float) -> None:
        """Let OCR read something at a place without printing it."""
        self.lines.append((text, box, confidence))

    def rule(self, x0: int, y0: int, x1: int, y1: int) -> None:
        self.draw.line((x0, y0, x1, y1), fill=self.ink, width=3)

    def write(self, x: int, y: int, *, ink: tuple[int, int, int] = (30, 30, 40), seed: int = 3, size: int = 60) -> None:
        """Handwriting: two or three glyphs of connected strokes."""
        random = np.random.default_rng(seed)
        for glyph in range(3):
            left = x + glyph * size * 0.95
            points = [(left + float(random.uniform(0, size)), y + float(random.uniform(0, size))) for _ in range(9)]
            points.sort(key=lambda point: point[0] + 0.6 * point[1])
            self.draw.line(points, fill=ink, width=4, joint="curve")

    def stamp(self, x: int, y: int, *, radius: int = 110, ink: tuple[int, int, int] = (214, 40, 48)) -> None:
        """A round seal with a star and text around the rim."""
        draw = self.draw
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=ink, width=6)
        star = [
            (x + (0.35 if i % 2 == 0 else 0.14) * radius * math.sin(i * math.pi / 5),
             y - (0.35 if i % 2 == 0 else 0.14) * radius * math.cos(i * math.pi / 5))
            for i in range(10)
        ]  # fmt: skip
        draw.polygon(star, fill=ink)
        font = ImageFont.truetype(str(cjk_font_path()), 24)
        for i, char in enumerate("云岚县人民医院医保办"):
            angle = math.radians(-150 + i * 300 / 9)
            draw.text(
                (x + 0.72 * radius * math.sin(angle) - 12, y - 0.72 * radius * math.cos(angle) - 14),
                char,
                font=font,
                fill=ink,
            )

    def tick(self, x: int, y: int, *, done: bool, side: int = 26) -> None:
        """A tick box, OCR reads it as part of the option's text."""
        self.draw.rectangle((x, y, x + side, y + side), outline=self.ink, width=2)
        if done:
            self.draw.line((x + 3, y + 12, x + 11, y + 23, x + 28, y - 4), fill=self.ink, width=4)

    def grey(self) -> None:
        self.image = self.image.convert("L").convert("RGB")

    def shade(self) -> None:
        """A phone photo: warm light falling off to one side, slight blur."""
        array = np.asarray(self.image, dtype=np.float32)
        fall = np.linspace(1.0, 0.55, WIDTH, dtype=np.float32)[None, :, None]
        warm = np.array([1.0, 0.94, 0.82], dtype=np.float32)
        lit = Image.fromarray(np.clip(array * fall * warm, 0, 255).astype(np.uint8))
        self.image = lit.filter(ImageFilter.GaussianBlur(0.8))

    def read(self, folder: Path, *, angle: int = 0) -> Document:
        """The document as reading and classifying would give it; ``angle`` turns the paper on the photograph."""
        shown = self.image.rotate(angle, expand=True) if angle else self.image
        path = folder / f"form-{angle}.png"
        shown.save(path)
        lines = []
        for text, (x0, y0, x1, y1), confidence in self.lines:
            quad: Quad = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
            place = tuple(_turned(point, angle) for point in quad)
            lines.append(Line(text, quad, place, confidence, "ppocr", "test"))  # type: ignore[arg-type]
        lines.sort(key=lambda line: line.upright[1])
        page = Page(
            id="p1", file="申请表.png", file_sha256="x", number=1, width=shown.width, height=shown.height, image=path
        )
        read = ReadPage(
            page=page,
            lines=tuple(lines),
            reader=PageReader.OCR,
            why="test",
            angle=angle,
            width=WIDTH,
            height=HEIGHT,
        )
        return classify([read])[0]


def _turned(point: tuple[float, float], angle: int) -> tuple[float, float]:
    """Where a point of the upright paper lies on the photograph that ``angle`` degrees clockwise set upright."""
    x, y = point
    if angle == 90:
        return (y, WIDTH - x)
    if angle == 180:
        return (WIDTH - x, HEIGHT - y)
    if angle == 270:
        return (HEIGHT - y, x)
    return point
