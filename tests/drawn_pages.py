"""Pages drawn for tests: a lab sheet with invented values, as an image on disk and as a :class:`Page`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from pipeline.nouns import Line, Page, Quad
from tests.fonts import cjk_font_path

__all__ = ["ROWS", "SHEET", "draw", "font", "page_of", "photographed", "stamp", "text_line"]

ROWS: tuple[tuple[str, ...], ...] = (
    ("项目名称", "结果", "提示", "单位", "参考区间"),
    ("白细胞计数", "11.35", "↑", "10^9/L", "3.5-9.5"),
    ("红细胞计数", "3.21", "↓", "10^12/L", "4.3-5.8"),
    ("血红蛋白", "98", "↓", "g/L", "130-175"),
    ("肌酐", "812.4", "↑", "μmol/L", "57-97"),
    ("尿素", "28.11", "↑", "mmol/L", "3.1-8.0"),
    ("尿酸", "466", "↑", "μmol/L", "208-428"),
    ("葡萄糖", "5.42", "", "mmol/L", "3.9-6.1"),
    ("乙肝表面抗原", "阴性(-)", "", "", "阴性"),
)
_COLUMNS = (90, 420, 600, 700, 930)

SHEET: tuple[tuple[int, int, str], ...] = (
    (330, 60, "上饶市某某医院检验报告单"),
    (90, 140, "姓名：张测试"),
    (420, 140, "性别：男"),
    (700, 140, "年龄：58岁"),
    (90, 195, "采样时间：2025-09-12 07:31"),
    (620, 195, "样本类型：血清"),
    *(
        (x, 270 + 58 * number, cell)
        for number, row in enumerate(ROWS)
        for x, cell in zip(_COLUMNS, row, strict=True)
        if cell
    ),
    (90, 840, "检验者：李某某"),
    (620, 840, "审核者：王某某"),
    (90, 900, "本报告仅对该份标本负责，如有疑问请于三日内联系。"),
)
"""A small lab sheet: (x, y, text) on 1200 x 980 pixels."""


def font(size: int, style: str = "sans") -> ImageFont.FreeTypeFont:
    """The test font at ``size`` pixels."""
    return ImageFont.truetype(str(cjk_font_path(style)), size)


def draw(
    items: Sequence[tuple[int, int, str]] = SHEET,
    *,
    size: tuple[int, int] = (1200, 980),
    pixels: int = 30,
    style: str = "sans",
) -> Image.Image:
    """Draw ``items`` on white paper."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    face = font(pixels, style)
    for x, y, text in items:
        pen.text((x, y), text, font=face, fill=(20, 20, 20))
    return image


def stamp(
    image: Image.Image, centre: tuple[int, int], *, radius: int = 130, words: str = "某某医院检验科"
) -> Image.Image:
    """Press a round red seal with a star on the page; ink multiplies, as on paper."""
    layer = Image.new("RGB", image.size, "white")
    pen = ImageDraw.Draw(layer)
    red = (215, 40, 45)
    x, y = centre
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=red, width=9)
    for number, character in enumerate(words):
        turn = (number - (len(words) - 1) / 2) * 28
        glyph = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
        ImageDraw.Draw(glyph).text((10, 4), character, font=font(42), fill=(*red, 255))
        glyph = glyph.rotate(-turn, resample=Image.Resampling.BICUBIC)
        angle = np.radians(turn - 90)
        at = (round(x + (radius - 42) * np.cos(angle)) - 32, round(y + (radius - 42) * np.sin(angle)) - 32)
        layer.paste(glyph, at, glyph)
    star = []
    for number in range(10):
        reach = 44 if number % 2 == 0 else 18
        angle = np.radians(36 * number - 90)
        star.append((x + reach * np.cos(angle), y + reach * np.sin(angle)))
    pen.polygon(star, fill=red)
    mixed = np.asarray(image, dtype=np.float32) * np.asarray(layer, dtype=np.float32) / 255.0
    return Image.fromarray(mixed.astype(np.uint8))


def photographed(image: Image.Image, *, skew: float = 0.0, noise: float = 5.0, blur: float = 0.8) -> Image.Image:
    """Make a drawn page look like a phone photo: table around it, uneven light, slight blur, noise, a small tilt."""
    width, height = image.size
    canvas = Image.new("RGB", (width + 160, height + 160), (112, 96, 84))
    canvas.paste(image, (80, 80))
    canvas = canvas.rotate(-skew, resample=Image.Resampling.BICUBIC, fillcolor=(112, 96, 84))
    canvas = canvas.filter(ImageFilter.GaussianBlur(blur))
    pixels = np.asarray(canvas, dtype=np.float32)
    light = np.linspace(0.72, 1.0, pixels.shape[1], dtype=np.float32)[None, :, None]
    random = np.random.default_rng(7)
    pixels = pixels * light + random.normal(0, noise, pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def page_of(
    image: Image.Image,
    folder: Path,
    *,
    name: str = "sheet.png",
    number: int = 1,
    layer: Sequence[Line] = (),
    **more: object,
) -> Page:
    """Store ``image`` in ``folder`` and describe it as intake would."""
    path = folder / f"{number}-{name}"
    image.save(path)
    return Page(
        id=f"p{number}",
        file=name,
        file_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        number=number,
        width=image.width,
        height=image.height,
        image=path,
        text_layer=tuple(layer),
        **more,  # type: ignore[arg-type]
    )


def text_line(x: float, y: float, text: str, *, pixels: float = 30) -> Line:
    """A line of a PDF's text layer whose top left corner is (x, y)."""
    width = sum(1.0 if ord(c) >= 0x2E80 else 0.55 for c in text) * pixels
    top, bottom = y + 0.2 * pixels, y + 1.35 * pixels
    quad: Quad = ((x, top), (x + width, top), (x + width, bottom), (x, bottom))
    return Line(text=text, quad=quad, shown=quad, confidence=1.0, reader="text-layer", version="test")
