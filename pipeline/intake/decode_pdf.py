"""Decodes PDFs: each page rendered by PDFium and its text layer read by pdfplumber.

The text layer is handed on unjudged; the reading stage decides whether it can be trusted.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2 as pdfium
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException

from pipeline.intake.decoded import DecodedPage, store_page
from pipeline.intake.problems import FileProblem
from pipeline.intake.text_layer import text_lines
from pipeline.settings import IntakeLimits

__all__ = ["decode_pdf"]

POINTS_PER_INCH = 72.0
RASTER_SHARE = 0.4
"""Share of the page area under images from which the page counts as a scan or photo."""

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its warnings quote page content


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
        with _TextLayers(path) as layers:
            for index in range(min(count, limits.max_pages_per_file)):
                yield index + 1, _page(rendered, layers, index, target, limits)
        if count > limits.max_pages_per_file:
            raise FileProblem("too_many_pages")
    finally:
        rendered.close()


def _page(document: Any, layers: _TextLayers, index: int, target: Path, limits: IntakeLimits) -> DecodedPage | str:
    try:
        page = document[index]
        width, height = page.get_size()
        if width < 10 or height < 10:
            return "page_broken"
        scale = min(limits.pdf_dpi / POINTS_PER_INCH, limits.working_side / max(width, height))
        hidden, raster = _look(page, width * height)
        image = page.render(scale=scale).to_pil().convert("RGB")
        page.close()
    except (pdfium.PdfiumError, ValueError, OSError, IndexError):
        return "page_broken"
    return store_page(
        image,
        target,
        index + 1,
        photographic=raster,
        dpi=scale * POINTS_PER_INCH,
        text_layer=layers.lines(index, scale),
        text_layer_hidden=hidden,
        has_raster=raster,
    )


def _look(page: Any, area: float) -> tuple[bool, bool]:
    """Return (text is mostly invisible, images cover a large part of the page)."""
    hidden = shown = 0
    covered = 0.0
    for item in page.get_objects(max_depth=6):
        if item.type == pdfium.raw.FPDF_PAGEOBJ_TEXT:
            if pdfium.raw.FPDFTextObj_GetTextRenderMode(item.raw) == pdfium.raw.FPDF_TEXTRENDERMODE_INVISIBLE:
                hidden += 1
            else:
                shown += 1
        elif item.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
    return hidden > shown, covered > RASTER_SHARE * area


class _TextLayers:
    """pdfplumber's view of the same file; when it cannot parse what PDFium renders, pages simply have no text layer."""

    def __init__(self, path: Path) -> None:
        self._pdf: Any = None
        try:
            self._pdf = pdfplumber.open(path)
        except PDFPasswordIncorrect as error:
            raise FileProblem("pdf_encrypted") from error
        except (PDFException, ValueError, TypeError, KeyError, AttributeError, OSError, RecursionError):
            self._pdf = None
        except Exception as error:  # pdfplumber wraps pdfminer's errors in an exception of its own
            if "password" in repr(error).lower():
                raise FileProblem("pdf_encrypted") from error
            self._pdf = None

    def __enter__(self) -> _TextLayers:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pdf is not None:
            self._pdf.close()

    def lines(self, index: int, scale: float) -> tuple[Any, ...]:
        """Text lines of page ``index`` in pixels of an image rendered at ``scale`` pixels a point."""
        if self._pdf is None:
            return ()
        try:
            page = self._pdf.pages[index]
        except Exception:
            return ()
        try:
            return text_lines(page, scale)
        except Exception:
            # Any error in a hostile or odd content stream: OCR of the rendered page takes over.
            return ()
        finally:
            page.close()  # drops cached objects and layout (hazard H2)
