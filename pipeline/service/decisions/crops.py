"""Small pictures of the places that decided an item, cut out of the pages for the decision sheet.

Where names are masked a picture must not tell them: it is left out as soon as any line in it names a person or is
labelled as a name or a number, and it shows nothing but lines that were read: what nobody could look at is blank.
"""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.nouns import Page, ReadPage
from pipeline.reading.stored import reading_from_json
from pipeline.reporting.crops import upright_box, upright_size
from pipeline.reporting.text import clean
from pipeline.service.blobs import BlobMissingError
from pipeline.service.casework.rows import page_from_json
from pipeline.service.office import Office
from pipeline.service.tables import Application, PageRow, Upload
from pipeline.service.veil import Veil
from rules.engine.facts import Box

__all__ = ["Spot", "Spots", "drawn"]

_MOST = 24
"""Pictures in one sheet; further evidence is quoted only."""
_SIDE = 900
"""Pixels of the longer side: 110 mm at 200 dots an inch."""
_LETTERS = 30.0
"""How wide a picture is, in heights of its lines: a row of a table is seen with its name and unit, and stays readable
also where the page lies small in a photograph."""
_WIDE, _HIGH = 0.6, 0.3
"""Share of the page that a picture shows at most across, beyond the marked place itself, and down."""
_LABELS = ("姓名", "患者", "病人", "身份证", "证件", "电话", "手机", "住址", "地址", "联系", "家属", "监护", "代办")
_MARKER = (255, 243, 176)
_BLANK = (246, 246, 244)
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, slots=True)
class Spot:
    """What to cut: ``area`` and the ``mark`` in it, in pixels of the page turned upright by ``angle``."""

    digest: str
    angle: int
    size: tuple[int, int]
    area: Box
    mark: Box
    lines: tuple[Box, ...] | None = None
    """All that the picture may show; None: everything."""


class Spots:
    """The places of one case. Asked within the transaction; cutting (:func:`drawn`) comes after it.

    Args:
        veil: of a sheet with masked names; None: names may show.
    """

    def __init__(self, session: Session, application: Application, veil: Veil | None) -> None:
        self._session, self._application, self._veil = session, application, veil
        self._pages: dict[tuple[str, int], ReadPage | None] | None = None
        self._left = _MOST

    def of(self, evidence: Mapping[str, Any]) -> Spot | None:
        """Return what to cut for a row of evidence of report.json; None: no picture of it."""
        read = self._page(evidence["file"], evidence["page"])
        if read is None or self._left <= 0:
            return None
        box: Box = tuple(evidence["box"])
        size = upright_size(read)
        mark = upright_box(read, box)
        area = _surroundings(mark, _line_height(read, mark), size)
        if mark[2] <= mark[0] or mark[3] <= mark[1] or area[3] - area[1] > _HIGH * size[1]:
            return None
        lines = None
        if self._veil is not None:
            inside = [(box, line.text) for line in read.lines if _meet(box := upright_box(read, line.box), area)]
            if _tells_who([text for _, text in inside], self._veil):
                return None
            lines = tuple(box for box, _ in inside)
        self._left -= 1
        return Spot(str(read.page.image), read.angle % 360, size, area, mark, lines)

    def _page(self, file: str, number: int) -> ReadPage | None:
        if self._pages is None:
            query = (
                select(PageRow)
                .join(Upload)
                .where(Upload.application_id == self._application.id, Upload.removed_at.is_(None))
                .order_by(Upload.position, PageRow.position)
            )
            self._pages = {}
            for row in self._session.scalars(query):
                self._pages.setdefault((clean(row.member), row.number), _read(row))
        return self._pages.get((file, number))


def drawn(office: Office, application: str, spots: list[Spot]) -> dict[Spot, str]:
    """Return each spot as SVG holding a JPEG; a page whose picture is gone or broken has none."""
    by_page: dict[str, list[Spot]] = defaultdict(list)
    for spot in spots:
        by_page[spot.digest].append(spot)
    made: dict[Spot, str] = {}
    for digest, wanted in by_page.items():  # one decoded page at a time
        try:
            with Image.open(io.BytesIO(office.blobs.of(application).read(digest))) as opened:
                image = opened.convert("RGB")
        except (BlobMissingError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            continue
        if wanted[0].angle in _TURNS:
            image = image.transpose(_TURNS[wanted[0].angle])
        made |= {spot: _svg(_cut(image, spot)) for spot in wanted}
    return made


def _read(row: PageRow) -> ReadPage | None:
    try:
        page: Page = page_from_json(row.page, row, id=row.id)
        return reading_from_json(row.reading or b"", page)
    except ValueError:
        return None


def _line_height(read: ReadPage, mark: Box) -> float:
    """Pixels of the line in the marked place; of the middle one where there are several."""
    boxes = (upright_box(read, line.box) for line in read.lines)
    heights = sorted(box[3] - box[1] for box in boxes if _meet(box, mark))
    return heights[len(heights) // 2] if heights else mark[3] - mark[1]


def _meet(box: Box, other: Box) -> bool:
    return box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1]


def _surroundings(mark: Box, line: float, size: tuple[int, int]) -> Box:
    """The place with what stands beside it; the lines above and below are mostly cut off."""
    width, height = size
    wide = min(_LETTERS * line, _WIDE * width)
    pad_x, pad_y = max(0.5 * line, (wide - (mark[2] - mark[0])) / 2), max(3.0, 0.35 * line)
    left, right = mark[0] - pad_x, mark[2] + pad_x
    # At an edge of the page the picture moves inward and stays as wide.
    left, right = (left - max(0.0, right - width), right) if left > 0 else (left, right - left)
    return (max(0.0, left), max(0.0, mark[1] - pad_y), min(float(width), right), min(float(height), mark[3] + pad_y))


def _tells_who(texts: list[str], veil: Veil) -> bool:
    # Lines cut a name from its label, or in two: they are looked at one by one and together.
    whole = "".join("".join(texts).split())
    return any(veil.text(text) != text for text in (*texts, whole)) or any(label in whole for label in _LABELS)


def _cut(image: Image.Image, spot: Spot) -> Image.Image:
    sx, sy = image.width / max(spot.size[0], 1), image.height / max(spot.size[1], 1)
    left, top = int(spot.area[0] * sx), int(spot.area[1] * sy)
    right, bottom = max(left + 4, round(spot.area[2] * sx)), max(top + 4, round(spot.area[3] * sy))
    cut = image.crop((left, top, right, bottom))

    def within(box: Box) -> tuple[int, int, int, int]:
        return (
            max(0, round(box[0] * sx) - left - 3),
            max(0, round(box[1] * sy) - top - 2),
            min(cut.width, round(box[2] * sx) - left + 3),
            min(cut.height, round(box[3] * sy) - top + 2),
        )

    if spot.lines is not None:
        seen, cut = cut, Image.new("RGB", cut.size, _BLANK)
        for part in map(within, spot.lines):
            if part[2] > part[0] and part[3] > part[1]:
                cut.paste(seen.crop(part), part[:2])
    lit = within(spot.mark)
    if lit[2] > lit[0] and lit[3] > lit[1]:
        inside = cut.crop(lit)
        cut.paste(ImageChops.multiply(inside, Image.new("RGB", inside.size, _MARKER)), lit[:2])
    cut.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return cut


def _svg(image: Image.Image) -> str:
    """The typesetter takes texts only: the picture travels in one."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    data = base64.b64encode(out.getvalue()).decode("ascii")
    width, height = image.size
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}'>"
        f"<image width='{width}' height='{height}' href='data:image/jpeg;base64,{data}'/></svg>"
    )
