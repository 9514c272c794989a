"""From sheets to the files a person uploads: PDF, scan, photo, TIFF, HEIC, PNG, ZIP, and broken ones."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pillow_heif
import pypdfium2
from PIL import Image
from reportlab.pdfgen import canvas

from data_samples.generator.drawn import draw_pdf, draw_screen
from data_samples.generator.photo import Box, Photo, Picture, photograph, scan, turn
from data_samples.generator.sheets import Sheet
from data_samples.generator.typesetting import Marks, typeset

__all__ = ["Rendered", "Shot", "Upload", "render_upload"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """How a photo was taken."""

    quarters: int = 0
    """Quarter turns clockwise of the stored pixels."""
    exif: bool = False
    """True: the turn is undone by the EXIF orientation, so the picture displays upright."""
    tilt: float = 1.0
    blur: float = 0.8
    curl: float = 0.0
    side: int = 2000
    quality: int = 68


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One uploaded file."""

    name: str
    sheets: tuple[Sheet, ...]
    kind: str
    """pdf, scan (PDF of scanned pages), mixed (PDF: first sheet printed, others scanned), photo, heic, tiff, png, or
    zip (of photos, one for each page)."""
    shot: Shot = field(default_factory=Shot)
    dpi: int = 150


@dataclass(frozen=True, slots=True)
class Rendered:
    """Bytes of a file and, for each sheet, the pages it fills: (file, page, boxes by mark)."""

    content: bytes
    pages: list[list[tuple[str, int, dict[str, Box]]]]


def _pictures(pdf: bytes, dpi: int) -> list[Picture]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [np.asarray(document[k].render(scale=dpi / 72).to_pil().convert("RGB")) for k in range(len(document))]
    document.close()
    return pages


def _on_page(marks: Marks, page: int) -> dict[str, Box]:
    return {key: box for key, (number, box) in marks.items() if number == page}


def _jpeg(picture: Picture, quality: int, exif: Image.Exif | None = None, *, grey: bool = False) -> bytes:
    image = Image.fromarray(picture)
    if grey:
        image = image.convert("L")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=exif or Image.Exif(), optimize=True)
    return out.getvalue()


def _pdf_of(pictures: list[tuple[bytes, float, float]]) -> bytes:
    """A PDF with one JPEG per page; sizes in points."""
    out = io.BytesIO()
    pdf = canvas.Canvas(out, invariant=1)
    for jpeg, width, height in pictures:
        pdf.setPageSize((width, height))
        pdf.drawInlineImage(Image.open(io.BytesIO(jpeg)), 0, 0, width, height)
        pdf.showPage()
    pdf.save()
    return out.getvalue()


def _swapped(picture: Picture) -> Picture:
    """BGR and RGB exchanged."""
    return np.ascontiguousarray(picture[..., ::-1])


def _rgb(photo: Photo) -> Photo:
    """OpenCV works in BGR; both frames here are handled alike, only the colours of desk and light differ."""
    return Photo(_swapped(photo.image), photo.boxes)


def _photo(page: Picture, boxes: dict[str, Box], shot: Shot, rng: np.random.Generator) -> tuple[Photo, Image.Exif]:
    taken = _rgb(
        photograph(
            _swapped(page),
            boxes,
            rng,
            side=shot.side,
            tilt=shot.tilt,
            blur=shot.blur,
            curl=shot.curl,
        )
    )
    exif = Image.Exif()
    exif[0x010F] = "Invented"
    turned = turn(taken, shot.quarters)
    if not shot.exif:
        return turned, exif
    # Stored pixels turned clockwise by k quarters are shown upright by turning them back.
    exif[0x0112] = {0: 1, 1: 8, 2: 3, 3: 6}[shot.quarters % 4]
    return Photo(turned.image, taken.boxes), exif


def _rendered_sheet(sheet: Sheet, rng: np.random.Generator) -> tuple[bytes, Marks]:
    if sheet.template == "reportlab":
        return draw_pdf(sheet)
    return typeset(sheet, rng)


def render_upload(upload: Upload, rng: np.random.Generator) -> Rendered:
    """Render one file. The same upload and generator state give the same truth."""
    if upload.kind == "png" and upload.sheets[0].template == "pillow":
        content, boxes = draw_screen(upload.sheets[0])
        return Rendered(content, [[(upload.name, 1, boxes)]])
    rendered = [_rendered_sheet(sheet, rng) for sheet in upload.sheets]
    if upload.kind == "pdf":
        return _as_pdf(upload, rendered)
    if upload.kind in ("scan", "mixed"):
        return _as_scan(upload, rendered, rng)
    return _as_pictures(upload, rendered, rng)


def _count(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    pages = len(document)
    document.close()
    return pages


def _as_pdf(upload: Upload, rendered: list[tuple[bytes, Marks]]) -> Rendered:
    if len(rendered) == 1:
        content = rendered[0][0]
    else:
        joined = pypdfium2.PdfDocument.new()
        for pdf, _ in rendered:
            joined.import_pages(pypdfium2.PdfDocument(pdf))
        out = io.BytesIO()
        joined.save(out)
        content = out.getvalue()
    pages, number = [], 0
    for pdf, marks in rendered:
        own = []
        for k in range(1, _count(pdf) + 1):
            number += 1
            own.append((upload.name, number, _on_page(marks, k)))
        pages.append(own)
    return Rendered(content, pages)


def _as_scan(upload: Upload, rendered: list[tuple[bytes, Marks]], rng: np.random.Generator) -> Rendered:
    joined = pypdfium2.PdfDocument.new()
    pages, number = [], 0
    for index, (pdf, marks) in enumerate(rendered):
        own = []
        printed = upload.kind == "mixed" and index == 0
        if printed:
            joined.import_pages(pypdfium2.PdfDocument(pdf))
        for k, picture in enumerate(_pictures(pdf, upload.dpi), start=1):
            number += 1
            boxes = _on_page(marks, k)
            if not printed:
                taken = scan(picture, boxes, rng)
                boxes = taken.boxes
                size = (picture.shape[1] * 72 / upload.dpi, picture.shape[0] * 72 / upload.dpi)
                jpeg = _jpeg(taken.image, upload.shot.quality)
                joined.import_pages(pypdfium2.PdfDocument(_pdf_of([(jpeg, *size)])))
            own.append((upload.name, number, boxes))
        pages.append(own)
    out = io.BytesIO()
    joined.save(out)
    return Rendered(out.getvalue(), pages)


def _as_pictures(upload: Upload, rendered: list[tuple[bytes, Marks]], rng: np.random.Generator) -> Rendered:
    shots: list[tuple[Photo, Image.Exif]] = []
    pages: list[list[tuple[str, int, dict[str, Box]]]] = []
    archive: list[tuple[str, bytes]] = []
    for pdf, marks in rendered:
        own = []
        for k, picture in enumerate(_pictures(pdf, max(upload.dpi, 190)), start=1):
            boxes = _on_page(marks, k)
            if upload.kind == "tiff":
                taken, exif = scan(picture, boxes, rng), Image.Exif()
            elif upload.kind == "png":
                taken, exif = Photo(picture, boxes), Image.Exif()
            else:
                taken, exif = _photo(picture, boxes, upload.shot, rng)
            shots.append((taken, exif))
            name = upload.name
            if upload.kind == "zip":
                member = f"IMG_{len(shots):04d}.jpg"
                archive.append((member, _jpeg(taken.image, upload.shot.quality, exif)))
                name = f"{upload.name}/{member}"
            own.append((name, 1 if upload.kind == "zip" else len(shots), taken.boxes))
        pages.append(own)
    return Rendered(_encode(upload, shots, archive), pages)


def _encode(upload: Upload, shots: list[tuple[Photo, Image.Exif]], archive: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    first, exif = shots[0]
    image = Image.fromarray(first.image)
    options: dict[str, Any]
    if upload.kind == "zip":
        with zipfile.ZipFile(out, "w") as bundle:
            for member, content in archive:
                bundle.writestr(zipfile.ZipInfo(member), content)
        return out.getvalue()
    if upload.kind == "tiff":
        rest = [Image.fromarray(photo.image).convert("L") for photo, _ in shots[1:]]
        options = {"save_all": True, "append_images": rest, "compression": "jpeg", "dpi": (upload.dpi, upload.dpi)}
        image.convert("L").save(out, "TIFF", **options)
        return out.getvalue()
    if len(shots) != 1:
        raise ValueError(f"{upload.name}: a {upload.kind} holds one page, this sheet has {len(shots)}")
    if upload.kind == "heic":
        pillow_heif.register_heif_opener()
        image.save(out, "HEIF", quality=upload.shot.quality - 28)
    elif upload.kind == "png":
        image.quantize(64).save(out, "PNG", optimize=True)
    else:
        return _jpeg(first.image, upload.shot.quality, exif)
    return out.getvalue()
