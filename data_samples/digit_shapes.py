"""Draws the digits of common typefaces that intake compares a text layer's digits with.

``python -m data_samples.digit_shapes FONT ... > pipeline/intake/digit_shapes.b64``; the committed file was drawn from
Liberation, DejaVu, LXGW WenKai, Noto Sans/Serif SC, WenQuanYi Zen Hei and AR PL UMing/UKai.
"""

from __future__ import annotations

import base64
import sys
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.intake.digit_shapes import Shape, shape_of

PIXELS = 96


def drawn(font: str, digit: str) -> Shape:
    """One digit as a shape."""
    image = Image.new("L", (2 * PIXELS, 2 * PIXELS), 0)
    face = ImageFont.truetype(font, PIXELS)
    ImageDraw.Draw(image).text((PIXELS // 2, PIXELS // 3), digit, font=face, fill=255)
    shape = shape_of(np.asarray(image))
    if shape is None:
        raise ValueError(f"{font}: no digit {digit}")
    return shape


def main() -> None:
    shapes = np.stack([[drawn(font, digit) for digit in "0123456789"] for font in sys.argv[1:]])
    sys.stdout.write(base64.b64encode(zlib.compress((shapes // 32 * 32).tobytes(), 9)).decode())


if __name__ == "__main__":
    main()
