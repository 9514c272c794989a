"""Groups the characters of a PDF page into lines the way print shows them: one line per run without a wide gap.

Table cells stay apart, so that layout code sees the same kind of lines as from OCR.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from pipeline.nouns import Line, Quad

__all__ = ["text_lines"]

VERSION = f"pdfplumber {version('pdfplumber')}"

WORD_GAP = 0.25
"""Gap, in parts of the type size, up to which characters belong together without a space."""
CELL_GAP = 0.85
"""Gap, in parts of the type size, from which a new cell begins."""
MIN_OVERLAP = 0.5
"""Part of a character's height that must lie in a row for it to belong there."""
MIN_RELATIVE_SIZE = 0.45
"""Smaller characters than this share of a row's height stand beside a watermark or a title, not in its row."""


def text_lines(page: Any, scale: float) -> tuple[Line, ...]:
    """Return the lines of a pdfplumber page, boxes in pixels at ``scale`` pixels a point.

    Turned text is left out: a page whose text runs sideways is better read as an image.
    """
    left, top, right, bottom = page.cropbox if page.cropbox else page.bbox
    chars = [
        c
        for c in page.chars
        if c.get("upright", True) and left - 1 <= c["x0"] <= right + 1 and top - 1 <= c["top"] <= bottom + 1
    ]
    turned = sum(1 for c in page.chars if not c.get("upright", True))
    if not chars or turned > len(chars):
        return ()
    lines: list[Line] = []
    for row in _rows(chars):
        lines.extend(_cells(row, scale, left, top))
    return tuple(lines)


def _rows(chars: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Put characters into rows; large ones found rows, so that an exponent (10⁹) joins the row it is raised from."""
    rows: list[tuple[float, float, list[dict[str, Any]]]] = []
    for char in sorted(chars, key=lambda c: (-round(c["bottom"] - c["top"]), c["top"], c["x0"])):
        size = max(char["bottom"] - char["top"], 1.0)
        best, best_overlap = None, MIN_OVERLAP * size
        for row in rows:
            overlap = min(char["bottom"], row[1]) - max(char["top"], row[0])
            if overlap > best_overlap and size > MIN_RELATIVE_SIZE * (row[1] - row[0]):
                best, best_overlap = row, overlap
        if best is None:
            rows.append((char["top"], char["bottom"], [char]))
        else:
            best[2].append(char)
    rows.sort(key=lambda row: (row[0] + row[1]) / 2)
    return [sorted(row[2], key=lambda c: c["x0"]) for row in rows]


def _same_place(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """True for a character printed twice at one place to look bold."""
    return bool(a["text"] == b["text"] and abs(a["x0"] - b["x0"]) < 0.4 * max(a["x1"] - a["x0"], 0.5))


def _cells(row: list[dict[str, Any]], scale: float, left: float, top: float) -> list[Line]:
    kept: list[dict[str, Any]] = []
    for char in row:
        if not (kept and _same_place(kept[-1], char)):
            kept.append(char)
    groups: list[list[dict[str, Any]]] = []
    texts: list[str] = []
    for number, char in enumerate(kept):
        if not char["text"].strip():
            continue
        if not groups:
            groups.append([char])
            texts.append(char["text"])
            continue
        size = max(char["bottom"] - char["top"], 1.0)
        gap = char["x0"] - groups[-1][-1]["x1"]
        if gap > CELL_GAP * size:
            groups.append([char])
            texts.append(char["text"])
            continue
        spaced = not kept[number - 1]["text"].strip()
        latin = texts[-1][-1].isascii() and char["text"][0].isascii()
        if latin and (spaced or gap > WORD_GAP * size):
            texts[-1] += " "
        groups[-1].append(char)
        texts[-1] += char["text"]
    return [_line(text, group, scale, left, top) for text, group in zip(texts, groups, strict=True)]


def _line(text: str, group: list[dict[str, Any]], scale: float, left: float, top: float) -> Line:
    x0 = (min(c["x0"] for c in group) - left) * scale
    x1 = (max(c["x1"] for c in group) - left) * scale
    y0 = (min(c["top"] for c in group) - top) * scale
    y1 = (max(c["bottom"] for c in group) - top) * scale
    quad: Quad = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return Line(text=text, quad=quad, shown=quad, confidence=1.0, reader="text-layer", version=VERSION)
