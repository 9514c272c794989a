"""Characters of a PDF page as PDFium places them, in pixels of the page as displayed.

PDFium also renders the page, so a place in the text is a place in the picture: page rotation, crop boxes, nested
forms and flattened form fields are treated by the same code for both.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

__all__ = ["Glyph", "Pixels", "hide_text", "read_glyphs", "visible"]

Pixels = npt.NDArray[np.uint8]
"""A page in gray, as displayed."""

MAX_DEPTH = 6
"""Forms nested deeper than this are not looked into."""
LEVEL = 0.05
"""Sine of the slope up to which text counts as level; watermarks run at 15 degrees and more."""
CHANGE = 24
"""Gray levels by which a page must change where a character stands, for the character to be seen."""
UNKNOWN = "\ufffd"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character. x0 and x1 are the room it takes in its line, top and bottom those of its type size."""

    text: str
    x0: float
    x1: float
    base: float
    """The line it stands on."""
    size: float
    ink: tuple[float, float, float, float]
    run: int
    """Which of the page's text objects it belongs to."""
    font: int
    """Which of the page's typefaces."""

    @property
    def top(self) -> float:
        return self.base - 0.88 * self.size

    @property
    def bottom(self) -> float:
        return self.base + 0.12 * self.size


def read_glyphs(page: pdfium.PdfPage, scale: float) -> tuple[list[Glyph], list[Glyph]]:
    """Return the characters that run level on the page as displayed, and those that are turned.

    Args:
        scale: pixels a point.
    """
    textpage = page.get_textpage()
    try:
        to_pixels = _affine(page, scale)
        level: list[Glyph] = []
        turned: list[Glyph] = []
        fonts: dict[int, int] = {}
        for index in range(textpage.count_chars()):
            if raw.FPDFText_IsGenerated(textpage, index) == 1:
                # Words set apart without a space: PDFium reckons one. Line ends are told better by places.
                if level and raw.FPDFText_GetUnicode(textpage, index) == ord(" "):
                    level.append(replace(level[-1], text=" ", x0=level[-1].x1))
                continue
            found = _glyph(textpage, index, to_pixels, fonts)
            if found is not None:
                (level if found[1] else turned).append(found[0])
        return level, turned
    finally:
        textpage.close()


def hide_text(page: pdfium.PdfPage) -> None:
    """Leave text out when ``page`` is rendered from now on. Its characters must have been read before."""
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=MAX_DEPTH):
        raw.FPDFPageObj_SetIsActive(item.raw, False)


def visible(glyphs: Sequence[Glyph], changed: Pixels) -> list[Glyph]:
    """Return the characters that change the picture when they are drawn.

    That leaves out white text, text behind images, clipped or hidden text, layers that are switched off and text
    beside the page, whatever the trick.

    Args:
        changed: by how much each pixel changes when the page is drawn without its text.
    """
    shown = [glyph.text.isspace() or _shows(glyph, changed) for glyph in glyphs]
    total = Counter(glyph.run for glyph in glyphs)
    drawn = Counter(glyph.run for glyph, shows in zip(glyphs, shown, strict=True) if shows)
    # A point is so small that a substituted typeface may draw it beside its place; losing one would change a number.
    return [
        glyph
        for glyph, shows in zip(glyphs, shown, strict=True)
        if shows or (not glyph.text.isalnum() and 2 * drawn[glyph.run] > total[glyph.run])
    ]


def _shows(glyph: Glyph, changed: Pixels) -> bool:
    height, width = changed.shape
    x0, y0, x1, y1 = glyph.ink
    if not (0 <= (x0 + x1) / 2 <= width and 0 <= (y0 + y1) / 2 <= height):
        return False
    for left, upper, right, lower in (glyph.ink, (glyph.x0, glyph.top, glyph.x1, glyph.bottom)):
        part = changed[max(0, math.floor(upper)) : math.ceil(lower), max(0, math.floor(left)) : math.ceil(right)]
        if part.size and part.max() >= CHANGE:
            return True
    return False


def _affine(page: pdfium.PdfPage, scale: float) -> npt.NDArray[np.float64]:
    """Page space to pixels as a 2x3 matrix, by PDFium's own reckoning (rotation, crop box)."""
    fine = 100_000
    places = []
    for x, y in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)):
        u, v = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, fine, fine, 0, x, y, u, v)
        places.append((u.value / fine, v.value / fine))
    width, height = (side * scale for side in page.get_size())
    (ox, oy), (ax, ay), (bx, by) = places
    return np.array(
        [
            [(ax - ox) / 1000 * width, (bx - ox) / 1000 * width, ox * width],
            [(ay - oy) / 1000 * height, (by - oy) / 1000 * height, oy * height],
        ]
    )


def _glyph(
    textpage: pdfium.PdfTextPage, index: int, to_pixels: npt.NDArray[np.float64], fonts: dict[int, int]
) -> tuple[Glyph, bool] | None:
    text = _text(textpage, index)
    if text in "\r\n":
        return None
    tight = [ctypes.c_double() for _ in range(4)]
    loose, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharBox(textpage, index, *tight)
    raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    raw.FPDFText_GetMatrix(textpage, index, matrix)
    raw.FPDFText_GetLooseCharBox(textpage, index, loose)
    ink = _box(to_pixels, tight[0].value, tight[2].value, tight[1].value, tight[3].value)
    room = _box(to_pixels, loose.left, loose.bottom, loose.right, loose.top)
    origin = to_pixels[:, :2] @ np.array([x.value, y.value]) + to_pixels[:, 2]
    along = to_pixels[:, :2] @ np.array([matrix.a, matrix.b])
    up = to_pixels[:, :2] @ np.array([matrix.c, matrix.d])
    length = math.hypot(*along) or 1.0
    level = along[0] > 0 and abs(along[1]) <= LEVEL * length and up[1] < 0
    size = abs(raw.FPDFText_GetFontSize(textpage, index)) * math.hypot(*up)
    base, tall = float(origin[1]), ink[3] - ink[1]
    extent = max(tall, ink[2] - ink[0], 1.0)
    if not text.isspace() and (size < 0.6 * tall or (text.isalnum() and size > 5 * extent)):
        # Type 3 typefaces have units of their own; what is drawn says how large they are.
        size, base = max(1.15 * tall, 1.0), ink[3]
    owner = raw.FPDFText_GetTextObject(textpage, index)
    run = ctypes.cast(owner, ctypes.c_void_p).value or 0 if owner else 0
    face = raw.FPDFTextObj_GetFont(owner) if owner else None
    key = ctypes.cast(face, ctypes.c_void_p).value or 0 if face else 0
    font = fonts.setdefault(key, len(fonts))
    x0, x1 = (room[0], room[2]) if text.isspace() else (min(room[0], ink[0]), max(room[2], ink[2]))
    return Glyph(text, x0, x1, base, float(size), ink, run, font), bool(level)


def _text(textpage: pdfium.PdfTextPage, index: int) -> str:
    if raw.FPDFText_HasUnicodeMapError(textpage, index) == 1:
        return UNKNOWN
    code = raw.FPDFText_GetUnicode(textpage, index)
    if raw.FPDFText_IsHyphen(textpage, index) == 1 or code == 2:
        return "-"
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else UNKNOWN


def _box(
    to_pixels: npt.NDArray[np.float64], left: float, bottom: float, right: float, top: float
) -> tuple[float, float, float, float]:
    corners = to_pixels[:, :2] @ np.array([[left, right], [bottom, top]]) + to_pixels[:, 2:]
    (x0, y0), (x1, y1) = corners.min(axis=1), corners.max(axis=1)
    return float(x0), float(y0), float(x1), float(y1)
