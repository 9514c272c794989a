"""Digits of a text layer are compared with what is drawn; the doubtful ones become spots for the reader."""

from __future__ import annotations

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.intake.drawn_pdfs import HELVETICA, SONG, by_hand, decoded, pdf, remapped

ROWS = (b"Creatinine 812.4", b"Urea 28.11", b"Glucose 5.42", b"ALT 36", b"Potassium 4.97", b"HbA1c 10.3")
CONTENT = b"".join(b"BT /F1 12 Tf 50 %d Td (%b) Tj ET\n" % (250 - 20 * n, row) for n, row in enumerate(ROWS))


def test_digit_shapes_an_honest_layer_needs_no_confirmation() -> None:
    assert decoded(by_hand(CONTENT, HELVETICA)).text_layer_spots == ()
    assert decoded(by_hand(CONTENT, remapped("0123456789"))).text_layer_spots == ()
    page = decoded(pdf(lambda c: [c.drawString(50, 250 - 20 * n, f"肌酐 {81 + n}.{n}47 0269") for n in range(6)]))
    assert page.text_layer_spots == ()


@pytest.mark.parametrize(
    "digits", ["1234567890", "0123456798", "0123486759", "5678901234"], ids=["shifted", "8 and 9", "5 and 8", "far"]
)
def test_digit_shapes_digits_drawn_as_others_must_be_confirmed(digits: str) -> None:
    page = decoded(by_hand(CONTENT, remapped(digits)))
    assert page.text_layer_spots
    assert set(page.text_layer_spots) <= set(page.text_layer)
    wrong = {a for a, b in zip(digits, "0123456789", strict=True) if a != b}
    seen = set("".join(line.text for line in page.text_layer_spots))
    assert {d for d in wrong if d in "".join(line.text for line in page.text_layer)} <= seen


def test_digit_shapes_only_the_line_under_a_stamp_is_doubted() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(SONG, 12)
        canvas.drawString(50, 200, "812.4 35.60 97")
        for number in range(4):
            canvas.drawString(50, 40 + 25 * number, "97.4 35.60 812")
        canvas.setStrokeColorRGB(0.8, 0.1, 0.1)
        canvas.setLineWidth(3)
        canvas.circle(80, 200, 30)

    page = decoded(pdf(draw))
    assert [line.text for line in page.text_layer_spots] == ["812.4 35.60 97"]
