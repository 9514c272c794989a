"""A drawn document: clean pages with the place of every line of text and of every mark, read back from the PDF itself.

Whatever drew the PDF (typst, reportlab), marked values are links to ``mark:<id>``; their rectangles are the places.
The links are taken out before the PDF is handed over.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
from numpy.typing import NDArray

__all__ = ["Box", "Drawn", "DrawnPage", "Picture", "TextLine", "from_pdf"]

Picture = NDArray[np.uint8]
"""Height x width x 3, RGB."""
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of the page's width and height, origin top left."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One run of print on one base line, as wide as the space between its words allows."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPage:
    """One clean page. ``image`` is given only by families that draw pixels themselves (screens)."""

    width: float
    height: float
    """Millimetres."""
    lines: tuple[TextLine, ...]
    marks: tuple[tuple[str, Box], ...]
    """Mark and box; a mark that breaks over lines comes once for each part."""
    image: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A document as drawn: a PDF without links, or pictures."""

    pdf: bytes | None
    pages: tuple[DrawnPage, ...]

    def pictures(self, dpi: int) -> list[Picture]:
        """Return each page as pixels at ``dpi`` (pages that are pixels already come as they are)."""
        if self.pdf is None:
            return [page.image for page in self.pages if page.image is not None]
        document = pypdfium2.PdfDocument(self.pdf)
        try:
            return [np.asarray(page.render(scale=dpi / 72).to_pil().convert("RGB")) for page in document]
        finally:
            document.close()


def from_pdf(pdf: bytes) -> Drawn:
    """Read lines and marks out of ``pdf`` and take the links out.

    Raises:
        ValueError: a link that is no mark: families draw no other links.
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            width, height = page.get_size()
            marks = tuple(_take_marks(page, width, height))
            lines = tuple(_lines(page, width, height))
            pages.append(DrawnPage(width=width * 25.4 / 72, height=height * 25.4 / 72, lines=lines, marks=marks))
        out = io.BytesIO()
        document.save(out)
    finally:
        document.close()
    return Drawn(pdf=_settled(out.getvalue()), pages=tuple(pages))


def _settled(pdf: bytes) -> bytes:
    """Put a digest for the half of the file's identity that every saving draws anew: same page, same bytes."""
    start = pdf.rfind(b"/ID[")
    begin = pdf.rfind(b"<", start, pdf.find(b"]", start) if start >= 0 else 0) + 1
    end = pdf.find(b">", begin)
    if start < 0 or begin == 0 or end < 0:
        return pdf
    digest = hashlib.md5(pdf[:start], usedforsecurity=False).hexdigest().upper().encode()
    return pdf[:begin] + digest[: end - begin].ljust(end - begin, b"0") + pdf[end:]


def _take_marks(page: pypdfium2.PdfPage, width: float, height: float) -> Iterator[tuple[str, Box]]:
    for index in reversed(range(raw.FPDFPage_GetAnnotCount(page))):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_LINK:
            link = raw.FPDFAnnot_GetLink(annotation)
            target = _target(page.pdf, link)
            if not target.startswith("mark:"):
                raise ValueError("a link that is no mark")
            area = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(annotation, area)
            yield (
                target.removeprefix("mark:"),
                (area.left / width, 1 - area.top / height, area.right / width, 1 - area.bottom / height),
            )
        raw.FPDFPage_CloseAnnot(annotation)
        raw.FPDFPage_RemoveAnnot(page, index)


def _target(document: pypdfium2.PdfDocument, link: object) -> str:
    action = raw.FPDFLink_GetAction(link)
    length = raw.FPDFAction_GetURIPath(document, action, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFAction_GetURIPath(document, action, buffer, length)
    return buffer.value.decode()


def _lines(page: pypdfium2.PdfPage, width: float, height: float) -> Iterator[TextLine]:
    """Join characters to lines: same base line, no gap wider than the print is high."""
    text_page = page.get_textpage()
    text, box = "", None
    for index in range(text_page.count_chars()):
        character = text_page.get_text_range(index, 1)
        if not character or character in "\r\n":
            continue
        if character == "\ufffe":  # how pdfium gives a hyphen at the end of a line
            character = "-"
        left, bottom, right, top = text_page.get_charbox(index, loose=True)
        if character.isspace():
            text += " " if text and not text.endswith(" ") else ""
            continue
        size = top - bottom
        if box is not None:
            middle = (bottom + top) / 2
            same = box[1] - 0.1 * size <= middle <= box[3] + 0.1 * size and -0.6 * size <= left - box[2] <= 0.9 * size
            if same:
                text += character
                box = (box[0], min(box[1], bottom), max(box[2], right), max(box[3], top))
                continue
            yield TextLine(text.strip(), _fraction(box, width, height))
        text, box = character, (left, bottom, right, top)
    if box is not None:
        yield TextLine(text.strip(), _fraction(box, width, height))
    text_page.close()


def _fraction(box: tuple[float, float, float, float], width: float, height: float) -> Box:
    left, bottom, right, top = box
    return (left / width, 1 - top / height, right / width, 1 - bottom / height)
