"""Decodes PDFs: PDFium renders each page and tells where its characters stand; pdfplumber gives a second opinion.

The text layer is handed on unjudged; the reading stage decides whether it can be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from pipeline.intake.decoded import DecodedPage, store_page
from pipeline.intake.digit_shapes import unproven_digits
from pipeline.intake.glyphs import Pixels, hide_text, read_glyphs, visible
from pipeline.intake.problems import FileProblem
from pipeline.intake.second_look import SecondLook
from pipeline.intake.small_digits import with_small_digits
from pipeline.intake.spots import spots
from pipeline.intake.text_layer import text_lines
from pipeline.nouns import Line
from pipeline.settings import IntakeLimits

__all__ = ["decode_pdf"]

POINTS_PER_INCH = 72.0
DISPUTED = 0.05
"""Share of the characters on which two programs may disagree before nothing of the text layer is believed."""
RASTER_SHARE = 0.4
"""Share of the page area under images from which the page counts as a scan or photo."""


def decode_pdf(path: Path, target: Path, limits: IntakeLimits) -> Iterator[tuple[int, DecodedPage | str]]:
    """Yield (page number, page or problem code) for each page of the PDF at ``path``.

    Raises:
        FileProblem: ``pdf_encrypted``, ``pdf_broken``, ``pdf_no_pages`` or ``too_many_pages`` (after the pages
            within the limit were yielded).
    """
    try:
        rendered = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise FileProblem("pdf_encrypted" if "password" in str(error).lower() else "pdf_broken") from error
    try:
        count = len(rendered)
        if count == 0:
            raise FileProblem("pdf_no_pages")
        if rendered.get_formtype() != raw.FORMTYPE_NONE:
            rendered.init_forms()  # draws fields that carry a value without a picture of it
        with SecondLook(path) as second:
            for index in range(min(count, limits.max_pages_per_file)):
                yield index + 1, _page(rendered, second, index, target, limits)
        if count > limits.max_pages_per_file:
            raise FileProblem("too_many_pages")
    finally:
        rendered.close()


def _page(document: Any, second: SecondLook, index: int, target: Path, limits: IntakeLimits) -> DecodedPage | str:
    try:
        page = _open(document, index)
        width, height = page.get_size()
        if width < 10 or height < 10:
            return "page_broken"
        scale = min(limits.pdf_dpi / POINTS_PER_INCH, limits.working_side / max(width, height))
        raster = _rasters(page, width * height)
        image = page.render(scale=scale).to_pil().convert("RGB")
    except (pdfium.PdfiumError, ValueError, OSError, IndexError):
        return "page_broken"
    try:
        layer = _text(page, image, scale, second, index)
    except (pdfium.PdfiumError, ValueError, OSError, IndexError, ArithmeticError):
        # Any error in a hostile or odd content stream: OCR of the rendered page takes over.
        layer = _Layer()
    finally:
        page.close()
    return store_page(
        image,
        target,
        index + 1,
        photographic=raster,
        dpi=scale * POINTS_PER_INCH,
        text_layer=layer.lines,
        text_layer_hidden=layer.hidden,
        text_layer_spots=layer.spots,
        has_raster=raster,
    )


def _rasters(page: Any, area: float) -> bool:
    """True when images cover a large part of the page."""
    covered = 0.0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=6):
        left, bottom, right, top = item.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return covered > RASTER_SHARE * area


def _open(document: Any, index: int) -> Any:
    """Load a page with what its form fields, stamps and notes show made part of its content."""
    page = document[index]
    if raw.FPDFPage_GetAnnotCount(page) <= 0:
        return page
    raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
    page.close()
    return document[index]


def _gray(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("L"), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Layer:
    lines: tuple[Line, ...] = ()
    hidden: bool = False
    """Most of it cannot be seen."""
    spots: tuple[Line, ...] = ()
    """What pixels have to confirm."""


def _text(page: Any, image: Image.Image, scale: float, second: SecondLook, index: int) -> _Layer:
    """Return the text layer in pixels of ``image``."""
    level, turned = read_glyphs(page, scale)
    if not level and not turned:
        return _Layer()
    hide_text(page)
    background = _gray(page.render(scale=scale).to_pil())
    changed = np.abs(_gray(image).astype(np.int16) - background).astype(np.uint8)
    shown, aside = visible(level, changed), visible(turned, changed)
    if 2 * (len(shown) + len(aside)) < len(level) + len(turned):
        return _Layer(text_lines(level), hidden=True)  # handed on for what it is worth; nobody trusts it
    if len(aside) > len(shown):
        return _Layer()  # a page whose text runs sideways is better read as an image
    opinion = second.page(index, image.size)
    lines = text_lines(shown, background, opinion)
    disputed = opinion.disputed(shown)
    if len(disputed) > DISPUTED * len(shown):
        return _Layer(lines, hidden=True)  # what the codes mean is anybody's guess
    unproven = unproven_digits(with_small_digits(shown), changed)
    return _Layer(lines, spots=spots(lines, [*unproven, *(g for g in disputed if g not in unproven)]))
