"""Pages that reviewers corrected, as ``yushen train export-corrections`` writes them, as pages to train on.

Such a page labels what the case says of it: rows and diagnoses. Its keys, headings and prose carry no label there, so
what is not labelled is not learned from (:attr:`LabelledPage.partial`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.page_reader.classes import HEAD_OF, TYPES
from models.page_reader.labels import InputLine, Label, PageInput
from pipeline.training.reading import LabelledPage
from pipeline.training.truth import Piece

__all__ = ["CORRECTED", "CorrectionsError", "corrected_pages"]

SCHEMA = "yushen.training_page.v1"
CORRECTED = "corrected"
"""Family of such pages."""


class CorrectionsError(ValueError):
    """A file of corrected pages cannot be used; the message says which line, and never what stands there."""


def corrected_pages(path: Path) -> list[LabelledPage]:
    """Read a file of corrected pages, one JSON object a line.

    Pages of a type that the page reader does not know (未能识别) are passed over.

    Raises:
        CorrectionsError: a line is not of the form.
        OSError: the file cannot be read.
    """
    return list(_pages(path))


def _pages(path: Path) -> Iterator[LabelledPage]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            schema = data["schema"]
            page = _page(data) if schema == SCHEMA and data["type"] in TYPES else None
        except (KeyError, TypeError, ValueError, IndexError) as error:
            # What stands there may be of a person's paper: the kind of error alone.
            raise CorrectionsError(f"{path.name}, line {number}: {type(error).__name__}") from None
        if schema != SCHEMA:
            raise CorrectionsError(f"{path.name}, line {number}: not {SCHEMA}")
        if page is not None:
            yield page


def _page(data: dict[str, Any]) -> LabelledPage:
    lines = tuple(InputLine(str(text), _box(box)) for text, box in data["lines"])
    spans = [(int(line), int(start), int(end), Label(label), link) for line, start, end, label, link in data["spans"]]
    pieces: list[list[Piece]] = [[] for _ in lines]
    heads: dict[int, int] = {}
    for thing, (line, start, end, label, link) in enumerate(spans):
        if line < 0 or not 0 <= start < end <= len(lines[line].text):
            raise ValueError("a piece lies outside its line")
        pieces[line].append(Piece(start, end, label, thing))
        if link is not None:
            if not 0 <= link < len(spans) or HEAD_OF.get(label) is not spans[link][3]:
                raise ValueError("a piece cannot belong to that")
            heads[thing] = int(link)
    return LabelledPage(
        page=PageInput(width=float(data["width"]), height=float(data["height"]), lines=lines),
        pieces=tuple(tuple(sorted(own, key=lambda piece: piece.start)) for own in pieces),
        heads=heads,
        type=str(data["type"]),
        family=CORRECTED,
        partial=True,
    )


def _box(sides: Any) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(side) for side in sides)
    return x0, y0, x1, y1
