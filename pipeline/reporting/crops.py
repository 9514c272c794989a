"""Pictures for the reports: whole pages, thumbnails, and crops with the evidence box drawn, as data URIs.

Pages are shown upright (``ReadPage.angle``), so boxes, which are in pixels of the page as displayed, turn with them.
A missing or broken image file yields ``None``; a report is written without the picture.
"""

from __future__ import annotations

import base64
import io
from collections import OrderedDict
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw

from pipeline.nouns import ReadPage
from rules.engine.facts import Box

__all__ = ["PageImages", "Picture", "upright_box", "upright_size"]

_TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow counts counter-clockwise, ReadPage.angle clockwise
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
_OUTLINE = (20, 74, 168)
_MARKER = (255, 243, 176)
_MAX_CROP = (1600, 900)
_KEPT_DECODED = 3
"""Decoded pages held at once; one of 3200 px is about 20 MB."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded image; ``width`` and ``height`` in its own pixels."""

    uri: str
    width: int
    height: int


def upright_size(page: ReadPage) -> tuple[int, int]:
    """Width and height of the page turned upright, in pixels."""
    width, height = page.page.width, page.page.height
    return (height, width) if page.angle % 180 else (width, height)


def upright_box(page: ReadPage, box: Box) -> Box:
    """Turn a box of the displayed page into the upright frame, clipped to the page and with corners in order."""
    width, height = page.page.width, page.page.height
    x0, x1 = sorted((min(max(box[0], 0), width), min(max(box[2], 0), width)))
    y0, y1 = sorted((min(max(box[1], 0), height), min(max(box[3], 0), height)))
    match page.angle % 360:
        case 90:
            return (height - y1, x0, height - y0, x1)
        case 180:
            return (width - x1, height - y1, width - x0, height - y0)
        case 270:
            return (y0, width - x1, y1, width - x0)
        case _:
            return (x0, y0, x1, y1)


class PageImages:
    """Pictures of the pages of one case. Decoded pages and encoded pictures are cached; one per review, not shared.

    Args:
        pages: how many pages the report will hold. The more there are, the smaller each whole page is stored, so that
            ten pages stay near 3 MB and a hundred remain a file that opens.
    """

    def __init__(self, pages: int) -> None:
        self._decoded: OrderedDict[str, Image.Image | None] = OrderedDict()
        self._encoded: dict[tuple[object, ...], Picture | None] = {}
        self._side, self._quality = next(
            (side, quality)
            for most, side, quality in ((12, 1500, 62), (30, 1250, 55), (60, 1050, 50), (10**9, 850, 45))
            if pages <= most
        )

    def prepare(self, page: ReadPage) -> None:
        """Make the whole page and the thumbnail from one decoding; decoding is most of the work."""
        self.whole(page)
        self.thumbnail(page)

    def whole(self, page: ReadPage) -> Picture | None:
        """The page upright, scaled down to be read on a screen."""
        return self._scaled(page, self._side, self._quality)

    def thumbnail(self, page: ReadPage, side: int = 240) -> Picture | None:
        """A small picture of the page, longest side ``side`` pixels."""
        return self._scaled(page, side, 60)

    def crop(self, page: ReadPage, box: Box) -> Picture | None:
        """The surroundings of ``box`` at native resolution with the box drawn; ``box`` in displayed pixels."""
        key = ("crop", page.page.id, page.page.file, page.page.number, box)
        if key not in self._encoded:
            image = self._open(page)
            self._encoded[key] = None if image is None else _encode(_cut(image, page, box), 72)
        return self._encoded[key]

    def _scaled(self, page: ReadPage, side: int, quality: int) -> Picture | None:
        key = ("whole", page.page.id, page.page.file, page.page.number, side)
        if key not in self._encoded:
            image = self._open(page)
            if image is not None:
                image = image.copy()
                image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
            self._encoded[key] = None if image is None else _encode(image, quality)
        return self._encoded[key]

    def _open(self, page: ReadPage) -> Image.Image | None:
        key = str(page.page.image)
        if key in self._decoded:
            self._decoded.move_to_end(key)
            return self._decoded[key]
        loaded: Image.Image | None
        try:
            with Image.open(page.page.image) as file:
                loaded = file.convert("RGB")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            loaded = None  # gone or broken: the report says so in the picture's place
        if loaded is not None and page.angle % 360 in _TURNS:
            loaded = loaded.transpose(_TURNS[page.angle % 360])
        self._decoded[key] = loaded
        while len(self._decoded) > _KEPT_DECODED:
            self._decoded.popitem(last=False)
        return loaded


def _cut(image: Image.Image, page: ReadPage, box: Box) -> Image.Image:
    width, height = upright_size(page)
    sx, sy = image.width / max(width, 1), image.height / max(height, 1)
    x0, y0, x1, y1 = upright_box(page, box)
    x0, y0, x1, y1 = x0 * sx, y0 * sy, x1 * sx, y1 * sy
    # Context: more than a line above and below, and enough of the row that a person recognises the place.
    pad_y = max(40.0, min(96.0, (y1 - y0) * 1.7))
    pad_x = max(28.0, (image.width * 0.42 - (x1 - x0)) / 2)
    left, top = max(0, int(x0 - pad_x)), max(0, int(y0 - pad_y))
    right, bottom = min(image.width, int(x1 + pad_x)), min(image.height, int(y1 + pad_y))
    crop = image.crop((left, top, max(right, left + 8), max(bottom, top + 8)))
    _mark(crop, (x0 - left, y0 - top, x1 - left, y1 - top))
    if crop.width > _MAX_CROP[0] or crop.height > _MAX_CROP[1]:
        crop.thumbnail(_MAX_CROP, Image.Resampling.LANCZOS)
    return crop


def _mark(crop: Image.Image, box: Box) -> None:
    """Tint the inside as with a marker pen and outline it, so that it shows in colour and in grey print."""
    grow = 6
    area = (
        max(0, int(box[0]) - grow),
        max(0, int(box[1]) - grow),
        min(crop.width, int(box[2]) + grow),
        min(crop.height, int(box[3]) + grow),
    )
    if area[2] - area[0] < 2 or area[3] - area[1] < 2:
        return
    inside = crop.crop(area)
    crop.paste(ImageChops.multiply(inside, Image.new("RGB", inside.size, _MARKER)), area[:2])
    ImageDraw.Draw(crop).rectangle((area[0], area[1], area[2] - 1, area[3] - 1), outline=_OUTLINE, width=3)


def _encode(image: Image.Image, quality: int) -> Picture:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=2)
    uri = "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
    return Picture(uri, image.width, image.height)
