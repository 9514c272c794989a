"""Draws PDFs the way hospital systems do, with reportlab, and takes them in."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake.decode_pdf import decode_pdf
from pipeline.intake.decoded import DecodedPage
from pipeline.nouns import Line
from pipeline.settings import IntakeLimits

SONG = "STSong-Light"
SIZE = (420, 300)
Draw = Callable[[Canvas], object]


def pdf(draw: Draw, *, size: tuple[float, float] = SIZE) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=size, pageCompression=0, invariant=1)
    canvas.setFont(SONG, 12)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def decoded(data: bytes) -> DecodedPage:
    folder = Path(tempfile.mkdtemp(prefix="drawn-pdf-"))
    path = folder / "a.pdf"
    path.write_bytes(data)
    ((_, page),) = decode_pdf(path, folder, IntakeLimits())
    assert isinstance(page, DecodedPage)
    return page


def texts(draw: Draw) -> list[str]:
    return [line.text for line in decoded(pdf(draw)).text_layer]


def words(canvas: Canvas, x: float, y: float, *parts: tuple[str, float, float]) -> None:
    """Write (text, type size, rise) one behind the other, each as an object of its own."""
    run = canvas.beginText(x, y)
    for text, size, rise in parts:
        run.setFont(SONG, size)
        run.setRise(rise)
        run.textOut(text)
    canvas.drawText(run)


def turned(data: bytes, *, rotate: int = 0, crop: tuple[float, float, float, float] | None = None) -> bytes:
    """Set the page's rotation and crop box."""
    document = pdfium.PdfDocument(data)
    page = document[0]
    page.set_rotation(rotate)
    if crop:
        page.set_cropbox(*crop)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def edited(data: bytes, old: bytes, new: bytes) -> bytes:
    """Replace bytes of a PDF by as many others, so that its offsets stay true."""
    assert data.count(old) == 1, data.count(old)
    assert len(new) <= len(old)
    return data.replace(old, new.ljust(len(old)))


def share_of_ink(page: DecodedPage, line: Line) -> float:
    """How much of the line's box is inked; text covers a tenth to a third of its box."""
    with Image.open(page.image) as image:
        box = tuple(round(v) for v in line.box)
        return float((np.asarray(image.convert("L").crop(box)) < 128).mean())


def ink_outside(page: DecodedPage) -> int:
    """Dark pixels that lie in no line's box."""
    with Image.open(page.image) as image:
        dark = np.asarray(image.convert("L")) < 128
    free = dark.copy()
    for line in page.text_layer:
        x0, y0, x1, y1 = (round(v) for v in line.box)
        free[max(0, y0 - 1) : y1 + 1, max(0, x0 - 1) : x1 + 1] = False
    return int(free.sum())


HELVETICA = (b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",)


def remapped(digits: str) -> tuple[bytes, ...]:
    """Helvetica whose ToUnicode says ``digits`` for 0 to 9: the page shows other numbers than its text."""
    pairs = b"".join(b"<%02x> <%04x>\n" % (0x30 + n, ord(c)) for n, c in enumerate(digits))
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def"
        b" 1 begincodespacerange <00> <ff> endcodespacerange\n10 beginbfchar\n" + pairs + b"endbfchar endcmap end end"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>"
    return font, stream(cmap)


def squares(to_unicode: bytes) -> tuple[bytes, ...]:
    """A Type 3 typeface that draws A to D as squares, with the ToUnicode entries given."""
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 65"
        b" /LastChar 68 /Widths [900 900 900 900] /CharProcs << /a 6 0 R /b 6 0 R /c 6 0 R /d 6 0 R >>"
        b" /Encoding << /Type /Encoding /Differences [65 /a /b /c /d] >>"
        + (b" /ToUnicode 7 0 R" if to_unicode else b"")
        + b" /Resources << >> >>"
    )
    return font, stream(b"900 0 d0 100 0 600 700 re f"), stream(to_unicode)


def stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def by_hand(
    content: bytes,
    font: tuple[bytes, ...],
    *,
    more: tuple[bytes, ...] = (),
    resources: bytes = b"",
    catalog: bytes = b"",
) -> bytes:
    """Write a PDF of one page object by object: the typeface is object 5 and what follows, ``more`` begins at 8."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 300] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> "
        + resources
        + b" >> >>",
        stream(content),
        *font,
    ]
    objects += [b"null"] * (7 - len(objects)) + list(more)
    out, places = b"%PDF-1.7\n", []
    for number, item in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, item)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
