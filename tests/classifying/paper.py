"""Pages laid out from plain text, so that a test shows its paper: one row a line, ``|`` between boxes.

``# `` starts a large centred line, ``## `` a centred line of body size, ``> `` a line at the right edge, an empty row
leaves a gap. ``@x,y `` places a box at a fraction of the page.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.nouns import Line, Page, PageReader, Quad, ReadPage

__all__ = ["line", "page", "sheet"]

WIDTH, HEIGHT, TALL, STEP = 1240, 1754, 26.0, 44.0


def line(text: str, x: float, y: float, tall: float = TALL, *, confidence: float = 0.98, slope: float = 0.0) -> Line:
    """One line of OCR with its top left corner at (x, y)."""
    width = sum(tall if ord(c) >= 0x2E80 else tall * 0.55 for c in text)
    drop = slope * width
    quad: Quad = ((x, y), (x + width, y + drop), (x + width, y + drop + tall), (x, y + tall))
    return Line(text, quad, quad, confidence, "ppocr", "test")


def page(lines: tuple[Line, ...] | list[Line], *, number: int = 1, file: str | None = None, **more: object) -> ReadPage:
    """A read page around ``lines``; every page is a file of its own unless ``file`` is named."""
    name = file or f"照片{number}.jpg"
    settings: dict[str, object] = {
        "id": f"p{number}",
        "file": name,
        "file_sha256": name,
        "number": 1,
        "width": WIDTH,
        "height": HEIGHT,
        "image": Path("/nonexistent.png"),
    }
    settings.update(more)
    return ReadPage(
        page=Page(**settings),  # type: ignore[arg-type]
        lines=tuple(lines),
        reader=PageReader.OCR,
        why="test",
        width=WIDTH,
        height=HEIGHT,
    )


def sheet(text: str, *, number: int = 1, file: str | None = None, slope: float = 0.0, **more: object) -> ReadPage:
    """A read page from a drawing in text (module docstring)."""
    lines: list[Line] = []
    y = 60.0
    for row in text.strip("\n").split("\n"):
        row = row.strip()
        if not row:
            y += STEP
            continue
        placed = re.match(r"^@([\d.]+),([\d.]+) (.*)$", row)
        if placed:
            lines.append(line(placed.group(3), float(placed.group(1)) * WIDTH, float(placed.group(2)) * HEIGHT))
            continue
        if row.startswith(("# ", "## ")):
            tall = TALL * 1.6 if row.startswith("# ") else TALL
            words = row.lstrip("#").strip()
            width = sum(tall if ord(c) >= 0x2E80 else tall * 0.55 for c in words)
            lines.append(line(words, max(10.0, (WIDTH - width) / 2), y, tall, slope=slope))
            y += tall * 1.5
            continue
        if row.startswith("> "):
            words = row[2:].strip()
            lines.append(line(words, WIDTH - 60 - len(words) * TALL, y))
            y += STEP
            continue
        boxes = [box.strip() for box in row.split("|")]
        for count, words in enumerate(boxes):
            x = 60 + count * (WIDTH - 120) / max(len(boxes), 1)
            if words:
                lines.append(line(words, x, y + slope * x, slope=slope))
        y += STEP
    return page(lines, number=number, file=file, **more)
