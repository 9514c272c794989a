"""A family of the tests' own: one page of plain lines drawn by reportlab, with marks as links."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from data_samples.factory.drawn import Drawn, from_pdf
from data_samples.factory.family import Family
from data_samples.factory.paper import Paper
from data_samples.factory.papers import COMPOSE
from data_samples.generator.fonts import font_file

__all__ = ["TINY"]

_FACE = "FactoryTest"


def _parts(paper: Paper) -> Iterator[tuple[str, str | None]]:
    """Every printed value with its mark; an empty value starts no line."""
    yield paper.hospital.name, None
    yield str(paper.hospital.level or ""), None
    yield paper.title, None
    for field in paper.fields.values():
        yield f"{field.key} {field.value}", field.mark
    for section in paper.sections:
        for run in (*section.text, *(run for item in section.items for run in item)):
            yield run.text, run.mark
    for row in paper.rows:
        if paper.type == "lab_report":
            for key, value in (("name", row.name), ("result", row.result), ("unit", row.unit)):
                yield value, f"{row.mark}.{key}"
        else:
            yield row.name, row.mark
        for key, value in row.more.items():
            if not key.startswith("mark:"):
                yield value, row.more.get(f"mark:{key}")


def _draw(paper: Paper, rng: np.random.Generator) -> Drawn:
    if _FACE not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(_FACE, str(font_file("ttf")), subfontIndex=0))
    out = io.BytesIO()
    pdf = canvas.Canvas(out, pagesize=(595, 842), invariant=1)
    pdf.setFont(_FACE, 5)
    x, y = 30.0, 820.0
    for text, mark in _parts(paper):
        shown = text[:150].replace("\n", " ")
        if not shown.strip():
            continue
        wide = pdfmetrics.stringWidth(shown, _FACE, 5)
        if x > 30 and x + wide > 565:
            x, y = 30.0, y - 8
        pdf.drawString(x, y, shown)
        if mark:
            pdf.linkURL(f"mark:{mark}", (x, y - 1, x + wide, y + 5), relative=0)
        x += wide + 14
    pdf.save()
    return from_pdf(out.getvalue())


TINY = Family(
    id="tiny",
    types=frozenset(COMPOSE),
    split="development",
    title="Plain lines.",
    draw=_draw,
)
