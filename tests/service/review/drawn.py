"""Pages of invented cases as pictures: what the reading says is drawn where it says it stands."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select

from pipeline.service.office import Office
from pipeline.service.tables import PageRow, Upload
from tests.classifying.paper import HEIGHT, WIDTH, sheet

__all__ = ["draw_pages", "drawn"]

_FONTS = (
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
)


def drawn(text: str) -> bytes:
    """Return a page of invented lines as PNG; without a Chinese font the words are boxes, the places are right."""
    image = Image.new("L", (WIDTH, HEIGHT), 252)
    pen = ImageDraw.Draw(image)
    font = next((path for path in _FONTS if path.is_file()), None)
    for line in sheet(text).lines:
        x0, y0, x1, y1 = line.box
        if font is None:
            pen.rectangle((x0, y0, x1, y1), outline=60)
        else:
            pen.text((x0, y0 - 3), line.text, font=ImageFont.truetype(str(font), round((y1 - y0) * 0.96)), fill=25)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def draw_pages(office: Office, application: str, files: dict[str, tuple[str, ...]]) -> None:
    """Give the pages of a made application their pictures."""
    with office.database.write() as session:
        rows = session.scalars(select(PageRow).join(Upload).where(Upload.application_id == application)).all()
        for row in rows:
            row.image = office.blobs.of(application).put(drawn(files[row.upload.name][row.position]))
