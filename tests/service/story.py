"""Photographs of an application as a telephone takes them, dated for the day they are used on; all is invented."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.classifying.paper import HEIGHT, WIDTH, sheet
from tests.fonts import cjk_font_path
from tests.service.made import DISCHARGE, ECHO, LABS

__all__ = ["discharge", "echo", "labs"]

_DAY = dt.date(2026, 2, 1)
"""The invented papers are dated shortly before this."""
_TODAY = re.compile(r"2026-\d\d-\d\d")


def discharge(path: Path, today: dt.date) -> Path:
    """A discharge record of hypertension, grade 3."""
    return _photograph(path, _dated(DISCHARGE, today))


def labs(path: Path, today: dt.date, *, blurred: bool = False) -> Path:
    """A lab sheet with a creatinine of 88 μmol/L."""
    return _photograph(path, _dated(LABS, today), blurred=blurred)


def echo(path: Path, today: dt.date) -> Path:
    """An echocardiogram with a thickened left ventricle."""
    return _photograph(path, _dated(ECHO, today))


def _dated(text: str, today: dt.date) -> str:
    """The paper as if it were of these weeks: what is needed must not be too old in any year."""
    return _TODAY.sub(lambda found: (dt.date.fromisoformat(found[0]) + (today - _DAY)).isoformat(), text)


def _photograph(path: Path, text: str, *, blurred: bool = False) -> Path:
    page = Image.new("L", (WIDTH, HEIGHT), 250)
    pen = ImageDraw.Draw(page)
    for line in sheet(text).lines:
        x0, y0, _, y1 = line.box
        pen.text(
            (x0, y0 - 3), line.text, font=ImageFont.truetype(str(cjk_font_path()), round((y1 - y0) * 0.96)), fill=30
        )
    table = Image.new("L", (WIDTH + 160, HEIGHT + 200), 96)
    table.paste(page, (80, 100))
    turned = table.rotate(1.4, resample=Image.Resampling.BICUBIC, fillcolor=96)
    light = np.linspace(1.0, 0.82, turned.width)[None, :] * np.asarray(turned, dtype=np.float32)
    grain = np.random.default_rng(len(text)).normal(0, 3, light.shape)
    taken = Image.fromarray(np.clip(light + grain, 0, 255).astype(np.uint8))
    if blurred:
        taken = taken.filter(ImageFilter.GaussianBlur(16))
    taken.convert("RGB").save(path, "JPEG", quality=88)
    return path
