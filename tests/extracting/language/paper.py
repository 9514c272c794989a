"""Documents built by hand from printed lines: no image, no reader."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pipeline.nouns import Document, Line, Page, PageReader, ReadPage
from rules.engine.facts import DocumentInfo, DocumentType, Maybe, Unknown

HEIGHT = 30.0
LEFT = 100.0
PITCH = 1.6 * HEIGHT
WIDTH = 1654


def advance(text: str) -> float:
    """Printed width: a Chinese character is as wide as it is high, others half."""
    return sum(HEIGHT if ord(c) >= 0x2E80 else HEIGHT / 2 for c in text)


def line(text: str, x: float, y: float, *, confidence: float = 0.98, skew: float = 0.0) -> Line:
    width = advance(text)
    y0, y1 = y + skew * x, y + skew * (x + width)
    quad = ((x, y0), (x + width, y1), (x + width, y1 + HEIGHT), (x, y0 + HEIGHT))
    return Line(text, quad, quad, confidence, "ppocr", "test")


def lines_of(text: str, *, skew: float = 0.0) -> tuple[Line, ...]:
    """One line per cell; cells are parted by ``|``, and ``@x`` at the start of a cell sets its left edge."""
    result = []
    for number, row in enumerate(text.strip("\n").split("\n")):
        x = LEFT
        for cell in row.split("|"):
            body = cell.strip()
            if body.startswith("@"):
                place, _, body = body.partition(" ")
                x = float(place[1:])
            if not body:
                continue
            result.append(line(body, x, 80.0 + number * PITCH, skew=skew))
            x += advance(body) + 4 * HEIGHT
    return tuple(result)


def page(text: str, number: int = 1, *, skew: float = 0.0) -> ReadPage:
    rows = text.strip("\n").count("\n") + 1
    height = int(200 + rows * PITCH)
    return ReadPage(
        page=Page(
            id=f"p{number}",
            file="case.pdf",
            file_sha256="0" * 64,
            number=number,
            width=WIDTH,
            height=height,
            image=Path("none.png"),
        ),
        lines=lines_of(text, skew=skew),
        reader=PageReader.OCR,
        why="test",
        width=WIDTH,
        height=height,
    )


def document(
    kind: DocumentType, *pages: str, title: str | None = None, date: Maybe[dt.date] = Unknown.ABSENT, skew: float = 0.0
) -> Document:
    return Document(
        id="d1",
        type=kind,
        pages=tuple(page(text, number, skew=skew) for number, text in enumerate(pages, start=1)),
        why=("test",),
        title=title,
        info=DocumentInfo(id="d1", type=kind, date=date),
    )
