"""pdfplumber beside PDFium: what the file draws parts cells, and what the two read differently is not believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.intake.glyphs import Glyph, read_glyphs
from pipeline.intake.second_look import SecondLook, SecondOpinion
from tests.intake.drawn_pdfs import edited, pdf, texts, turned

SCALE = 2.0


def _row(canvas: Canvas) -> None:
    canvas.drawString(60, 200, "肌酐812.4")
    canvas.drawString(60, 150, "尿素 9.7 mmol/L")


def _seen(data: bytes, folder: Path) -> tuple[list[Glyph], SecondOpinion]:
    path = folder / "a.pdf"
    path.write_bytes(data)
    document = pdfium.PdfDocument(path)
    page = document[0]
    level, turned_away = read_glyphs(page, SCALE)
    width, height = page.get_size()
    with SecondLook(path) as second:
        return [*level, *turned_away], second.page(0, (width * SCALE, height * SCALE))


def _places(opinion: SecondOpinion, **swapped: str) -> SecondOpinion:
    """The opinion with some characters read as others."""
    assert opinion.places
    swap = {
        place: [(*box[:4], swapped.get(f"_{box[4]}", box[4])) for box in boxes]
        for place, boxes in opinion.places.items()
    }
    return replace(opinion, places=swap)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (30, 40, 400, 280)])
def test_second_look_agrees_wherever_the_page_lies(
    tmp_path: Path, rotate: int, crop: tuple[float, float, float, float] | None
) -> None:
    def draw(canvas: Canvas) -> None:
        """So that it runs level once the page is turned as it asks."""
        canvas.translate(210, 150)
        canvas.rotate(rotate)
        canvas.translate(-110, -170)
        _row(canvas)

    glyphs, opinion = _seen(turned(pdf(draw), rotate=rotate, crop=crop), tmp_path)
    assert opinion.disputed(glyphs) == []
    # It is looked at the right place: where one digit is read as another, that digit and no other is disputed.
    assert [g.text for g in _places(opinion, _8="3").disputed(glyphs)] == ["8"]


def test_second_look_of_a_page_in_another_unit_has_no_say_beside_its_place(tmp_path: Path) -> None:
    data = edited(pdf(_row), b"/Rotate 0 /Trans <<", b"/UserUnit 2 /T <<")
    glyphs, opinion = _seen(data, tmp_path)
    assert opinion.disputed(glyphs) == []


def test_second_look_folds_what_is_one_character_in_two_codes(tmp_path: Path) -> None:
    glyphs, opinion = _seen(pdf(_row), tmp_path)
    full = [replace(g, text=chr(ord(g.text) + 0xFEE0)) if g.text.isdecimal() else g for g in glyphs]
    assert opinion.disputed(full) == []


def test_second_look_at_what_pdfplumber_cannot_parse_has_no_opinion(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4\nnot a PDF")
    with SecondLook(path) as second:
        opinion = second.page(0, (100, 100))
    assert opinion == SecondOpinion()
    glyph = Glyph("8", 0, 10, 10, 10, (0, 0, 10, 10), 0, 0)
    assert opinion.disputed([glyph]) == []


@pytest.mark.parametrize("gray", [0.0, 0.97, 1.0])
def test_second_look_parts_cells_at_drawn_lines_however_pale(gray: float) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "肌酐")
        canvas.drawString(76, 200, "812.4")
        canvas.setStrokeGray(gray)
        for bottom in (170, 190, 210):  # cell by cell, as tables are drawn
            canvas.line(75, bottom, 75, bottom + 20)

    assert texts(draw) == ["肌酐", "812.4"]


def test_second_look_parts_cells_at_the_edges_of_shaded_boxes() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.98)
        canvas.rect(40, 190, 35, 20, stroke=0, fill=1)
        canvas.rect(75, 190, 80, 20, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawString(50, 196, "肌酐")
        canvas.drawString(76, 196, "812.4")

    assert texts(draw) == ["肌酐", "812.4"]


def test_second_look_a_short_line_parts_nothing() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "肌酐")
        canvas.drawString(76, 200, "812.4")
        canvas.line(75, 200, 75, 203)

    assert texts(draw) == ["肌酐812.4"]
