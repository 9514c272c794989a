"""A page to draw on, in millimetres from the top left: as PDF by reportlab, or as pixels by Pillow.

Both know text with marks, lines, boxes and pictures; layouts (``layout.py``) do not see the difference. Where no
Chinese TrueType font is installed, reportlab cannot draw and pixels stand in.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from data_samples.factory.drawn import Box, Drawn, DrawnPage, TextLine, from_pdf
from data_samples.factory.families.held_out.faces import pixel_font, truetype

__all__ = ["BLACK", "Colour", "PdfSurface", "PixelSurface", "Surface", "paper_surface"]

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)
_MM = 72 / 25.4
_ASCENT = 0.88
"""Share of the em above the base line; the em box is the place of the print."""


class Surface(ABC):
    """One document in the making; ``page`` starts the next page."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height

    @abstractmethod
    def advance(self, text: str, face: str, size: float) -> float:
        """Return the width of ``text`` in millimetres, all glyphs from ``face``; ``size`` in points."""

    @abstractmethod
    def put(
        self, x: float, y: float, text: str, face: str, size: float, *, fill: Colour = BLACK, bold: bool = False
    ) -> None:
        """Draw ``text`` with the top of its em box at ``y``."""

    @abstractmethod
    def link(self, mark: str, x: float, y: float, width: float, height: float) -> None:
        """Say that the print there is the fact ``mark``."""

    @abstractmethod
    def line(
        self, x0: float, y0: float, x1: float, y1: float, *, w: float = 0.5, fill: Colour = BLACK, dash: bool = False
    ) -> None:
        """Draw a line ``w`` points wide."""

    @abstractmethod
    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        w: float = 0.5,
        round_: float = 0,
    ) -> None:
        """Draw a rectangle, its corners rounded by ``round_`` millimetres."""

    @abstractmethod
    def picture(self, png: bytes, x: float, y: float, width: float, height: float | None = None) -> float:
        """Draw a picture; its height follows from its shape unless given. Returns the height."""

    @abstractmethod
    def page(self) -> None:
        """Start a new page."""

    @abstractmethod
    def finish(self) -> Drawn:
        """Return the document."""


@lru_cache(maxsize=64)
def _registered(face: str) -> str:
    found = truetype(face)
    if found is None:
        raise LookupError(face)
    pdfmetrics.registerFont(TTFont(f"held-{face}", str(found[0]), subfontIndex=found[1]))
    return f"held-{face}"


class PdfSurface(Surface):
    """Drawn by reportlab."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(width, height)
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=(width * _MM, height * _MM), invariant=1, pageCompression=1)

    def advance(self, text: str, face: str, size: float) -> float:
        return float(pdfmetrics.stringWidth(text, _registered(face), size)) / _MM

    def put(
        self, x: float, y: float, text: str, face: str, size: float, *, fill: Colour = BLACK, bold: bool = False
    ) -> None:
        canvas = self._canvas
        canvas.saveState()
        run = canvas.beginText(x * _MM, (self.height - y) * _MM - size * _ASCENT)
        run.setFont(_registered(face), size)
        run.setFillColorRGB(*(part / 255 for part in fill))
        if bold:
            canvas.setLineWidth(size * 0.03)
            run.setStrokeColorRGB(*(part / 255 for part in fill))
        run.setTextRenderMode(2 if bold else 0)
        run.textOut(text)
        canvas.drawText(run)
        canvas.restoreState()

    def link(self, mark: str, x: float, y: float, width: float, height: float) -> None:
        top = self.height - y
        self._canvas.linkURL(f"mark:{mark}", (x * _MM, (top - height) * _MM, (x + width) * _MM, top * _MM), relative=0)

    def line(
        self, x0: float, y0: float, x1: float, y1: float, *, w: float = 0.5, fill: Colour = BLACK, dash: bool = False
    ) -> None:
        canvas = self._canvas
        canvas.setLineWidth(w)
        canvas.setStrokeColorRGB(*(part / 255 for part in fill))
        canvas.setDash([2, 1.5] if dash else [])
        canvas.line(x0 * _MM, (self.height - y0) * _MM, x1 * _MM, (self.height - y1) * _MM)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        w: float = 0.5,
        round_: float = 0,
    ) -> None:
        canvas = self._canvas
        canvas.setDash([])
        canvas.setLineWidth(w)
        if fill is not None:
            canvas.setFillColorRGB(*(part / 255 for part in fill))
        if stroke is not None:
            canvas.setStrokeColorRGB(*(part / 255 for part in stroke))
        canvas.roundRect(
            x * _MM,
            (self.height - y - height) * _MM,
            width * _MM,
            height * _MM,
            round_ * _MM,
            stroke=int(stroke is not None),
            fill=int(fill is not None),
        )

    def picture(self, png: bytes, x: float, y: float, width: float, height: float | None = None) -> float:
        image = ImageReader(io.BytesIO(png))
        across, down = image.getSize()
        tall = width * down / across if height is None else height
        bottom = (self.height - y - tall) * _MM
        self._canvas.drawImage(image, x * _MM, bottom, width * _MM, tall * _MM, mask="auto")
        return tall

    def page(self) -> None:
        self._canvas.showPage()

    def finish(self) -> Drawn:
        self._canvas.showPage()
        self._canvas.save()
        return from_pdf(self._out.getvalue())


class PixelSurface(Surface):
    """Drawn by Pillow at ``dpi``."""

    def __init__(self, width: float, height: float, *, dpi: float = 200, paper: Colour = (255, 255, 255)) -> None:
        super().__init__(width, height)
        self._dpi, self._paper = dpi, paper
        self._done: list[DrawnPage] = []
        self._begin()

    def _begin(self) -> None:
        self._image = Image.new("RGB", (self._px(self.width), self._px(self.height)), self._paper)
        self._draw = ImageDraw.Draw(self._image)
        self._text: list[tuple[str, float, Box]] = []
        self._marks: list[tuple[str, Box]] = []

    def _px(self, millimetres: float) -> int:
        return round(millimetres * self._dpi / 25.4)

    def _em(self, size: float) -> int:
        return max(6, round(size * self._dpi / 72))

    def _fraction(self, x: float, y: float, width: float, height: float) -> Box:
        return (x / self.width, y / self.height, (x + width) / self.width, (y + height) / self.height)

    def advance(self, text: str, face: str, size: float) -> float:
        return float(pixel_font(face, self._em(size)).getlength(text)) * 25.4 / self._dpi

    def put(
        self, x: float, y: float, text: str, face: str, size: float, *, fill: Colour = BLACK, bold: bool = False
    ) -> None:
        base = (self._px(x), round((y + size * _ASCENT / _MM) * self._dpi / 25.4))
        self._draw.text(
            base, text, fill=fill, font=pixel_font(face, self._em(size)), anchor="ls", stroke_width=int(bold)
        )
        box = (x, y, x + self.advance(text, face, size), y + size / _MM)
        if not text.strip():
            return
        if self._text:
            before, tall, last = self._text[-1]
            gap = size / _MM
            if abs(last[1] - box[1]) < 0.35 * gap and -0.6 * gap <= box[0] - last[2] <= 0.9 * gap:
                joined = (last[0], min(last[1], box[1]), box[2], max(last[3], box[3]))
                self._text[-1] = (before + (" " if box[0] - last[2] > 0.2 * gap else "") + text, tall, joined)
                return
        self._text.append((text, size, box))

    def link(self, mark: str, x: float, y: float, width: float, height: float) -> None:
        self._marks.append((mark, self._fraction(x, y, width, height)))

    def line(
        self, x0: float, y0: float, x1: float, y1: float, *, w: float = 0.5, fill: Colour = BLACK, dash: bool = False
    ) -> None:
        thick = max(1, round(w * self._dpi / 72))
        if not dash:
            self._draw.line((self._px(x0), self._px(y0), self._px(x1), self._px(y1)), fill=fill, width=thick)
            return
        steps = max(1, int(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 / 1.5))
        for step in range(0, steps, 2):
            a, b = step / steps, (step + 1) / steps
            ends = (x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)
            self._draw.line([self._px(end) for end in ends], fill=fill, width=thick)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: Colour | None = None,
        stroke: Colour | None = None,
        w: float = 0.5,
        round_: float = 0,
    ) -> None:
        corners = (self._px(x), self._px(y), self._px(x + width), self._px(y + height))
        thick = max(1, round(w * self._dpi / 72))
        self._draw.rounded_rectangle(corners, self._px(round_), fill=fill, outline=stroke, width=thick)

    def picture(self, png: bytes, x: float, y: float, width: float, height: float | None = None) -> float:
        image = Image.open(io.BytesIO(png)).convert("RGBA")
        tall = width * image.height / image.width if height is None else height
        scaled = image.resize((max(1, self._px(width)), max(1, self._px(tall))), Image.Resampling.LANCZOS)
        self._image.paste(scaled, (self._px(x), self._px(y)), scaled)
        return tall

    def page(self) -> None:
        lines = tuple(
            TextLine(text.strip(), self._fraction(x0, y0, x1 - x0, y1 - y0)) for text, _, (x0, y0, x1, y1) in self._text
        )
        self._done.append(
            DrawnPage(
                width=self.width,
                height=self.height,
                lines=lines,
                marks=tuple(self._marks),
                image=np.asarray(self._image),
            )
        )
        self._begin()

    def cut(self, height: float) -> None:
        """Make the current page end at ``height``: rolls of paper and long screenshots."""
        ratio = self.height / height
        self._image = self._image.crop((0, 0, self._image.width, self._px(height)))
        self._marks = [(m, (a, b * ratio, c, e * ratio)) for m, (a, b, c, e) in self._marks]
        self.height = height

    def finish(self) -> Drawn:
        self.page()
        return Drawn(pdf=None, pages=tuple(self._done))


def paper_surface(width: float, height: float, *faces: str) -> Surface:
    """Return a PDF to draw on, or pixels where one of ``faces`` has no TrueType outlines here."""
    if all(truetype(face) is not None for face in (*faces, "dejavu")):
        return PdfSurface(width, height)
    return PixelSurface(width, height)
