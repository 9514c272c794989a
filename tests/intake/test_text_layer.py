"""Text layers of born-digital PDFs: what a person sees, in cells, at its place; nothing else."""

from __future__ import annotations

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.intake.drawn_pdfs import (
    HELVETICA,
    SONG,
    by_hand,
    decoded,
    edited,
    ink_outside,
    pdf,
    share_of_ink,
    squares,
    texts,
    turned,
    words,
)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([("×10", 12, 0), ("9", 7, 4), ("/L", 12, 0)], "×10⁹/L"),
        ([("×10", 12, 0), ("12", 7, 4), ("/L", 12, 0)], "×10¹²/L"),
        ([("×10", 12, 0), ("9", 8, 7), ("/L", 12, 0)], "×10⁹/L"),
        ([("5.1×10", 12, 0), ("9", 7, 4), ("/L", 12, 0)], "5.1×10⁹/L"),
        ([("ml/min/1.73m", 12, 0), ("2", 7, 4)], "ml/min/1.73m²"),
        ([("10", 12, 0), ("-6", 7, 4), ("mol", 12, 0)], "10⁻⁶mol"),
        ([("PaCO", 12, 0), ("2", 7, -2.5)], "PaCO₂"),
        ([("HbA", 12, 0), ("1", 7, -2.5), ("c", 12, 0)], "HbA₁c"),
        ([("5.1", 12, 0), ("2", 7, 4)], "5.1²"),
        ([("超敏C反应蛋白", 12, 0), ("*", 8, 4)], "超敏C反应蛋白*"),
        ([("超敏C反应蛋白", 12, 0), ("1", 7, 5)], "超敏C反应蛋白¹"),
        ([("812.4", 12, 0), ("↑", 8, 3)], "812.4↑"),
        ([("年龄：", 12, 0), ("58", 9, 0), ("岁", 12, 0)], "年龄：58岁"),
        ([("2025", 12, 0), ("-", 12, 0), ("11", 12, 0)], "2025-11"),
    ],
)
def test_text_layer_small_digits_are_written_as_what_they_are(parts: list[tuple[str, float, float]], text: str) -> None:
    assert texts(lambda c: words(c, 50, 200, *parts)) == [text]


def test_text_layer_small_print_is_never_one_more_digit() -> None:
    lines = texts(lambda c: words(c, 50, 200, ("5.1", 12, 0), ("2025", 7, 4)))
    assert lines == ["5.1", "2025"]


ROWS = (("1", "白蛋白", "41.2"), ("2", "球蛋白", "24.0"), ("3", "总蛋白", "65.2"), ("4", "前白蛋白", "231"))


def _columns(canvas: Canvas) -> None:
    """Results end at x = 150; names of the second half of the sheet begin there."""
    for number, (_, name, value) in enumerate(ROWS):
        canvas.drawString(40, 250 - 20 * number, name)
        canvas.drawRightString(150, 250 - 20 * number, value)
        canvas.drawString(175, 250 - 20 * number, name)
    canvas.drawString(40, 150, "白球比例")
    canvas.drawRightString(174.6, 150, "1.72")
    canvas.drawString(175, 150, "白蛋白/球蛋白")


def test_text_layer_a_result_is_parted_from_the_name_it_touches() -> None:
    lines = texts(_columns)
    assert "1.72" in lines
    assert "白蛋白/球蛋白" in lines


def test_text_layer_numbers_inside_names_and_addresses_stay() -> None:
    def draw(canvas: Canvas) -> None:
        for number, (_, _, value) in enumerate(ROWS):
            canvas.drawString(150, 250 - 20 * number, value)
        run = canvas.beginText(150 - 5 * 12, 150)
        for part in ("江西省某街", "306号12栋", "990室"):
            run.textOut(part)
        canvas.drawText(run)

    assert "江西省某街306号12栋990室" in texts(draw)


def test_text_layer_a_ruling_line_parts_cells() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "肌酐")
        canvas.drawString(76, 200, "812.4")
        canvas.line(75, 190, 75, 220)

    assert texts(draw) == ["肌酐", "812.4"]


@pytest.mark.parametrize("text", ["姓　　名：张测试", "检 验 报 告 单", "性　别：男"])
def test_text_layer_spaced_letters_are_one_word(text: str) -> None:
    assert texts(lambda c: c.drawString(50, 200, text)) == [text.replace("　", "").replace(" ", "")]


def test_text_layer_single_letters_of_different_cells_stay_apart() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 200, "男")
        canvas.drawString(90, 200, "女")

    assert texts(draw) == ["男", "女"]


def test_text_layer_leaves_out_what_cannot_be_seen() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 270, "本报告仅对该份标本负责，如有疑问请于三日内联系")
        canvas.drawString(50, 250, "肌酐812.4μmol/L")
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(200, 250, "99.9")  # white
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(50, 200, "尿素 77.7")  # behind a picture
        canvas.drawImage(ImageReader(Image.new("RGB", (9, 9), "white")), 40, 190, 200, 30)
        canvas.saveState()
        hidden = canvas.beginText(50, 150)
        hidden.setTextRenderMode(3)
        hidden.textOut("尿酸 66.6")
        canvas.drawText(hidden)
        canvas.restoreState()
        canvas.drawString(500, 150, "页外 55.5")
        canvas.saveState()
        clip = canvas.beginPath()
        clip.rect(50, 95, 24, 20)
        canvas.clipPath(clip, stroke=0)
        canvas.drawString(50, 100, "血糖44.4")
        canvas.restoreState()

    page = decoded(pdf(draw))
    assert [line.text for line in page.text_layer][1:] == ["肌酐812.4μmol/L", "血糖"]
    assert not page.text_layer_hidden


def test_text_layer_mostly_unseen_is_told() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 250, "肌酐812.4μmol/L")
        canvas.drawImage(ImageReader(Image.new("RGB", (9, 9), "gray")), 0, 0, 420, 300)

    assert decoded(pdf(draw)).text_layer_hidden


def test_text_layer_bold_by_printing_twice_is_read_once() -> None:
    def draw(canvas: Canvas) -> None:
        for shift in (0.0, 0.3, 0.6):
            canvas.drawString(50 + shift, 200 - shift / 2, "白细胞计数 11.35")

    assert "".join(texts(draw)).replace(" ", "") == "白细胞计数11.35"


def test_text_layer_a_watermark_does_not_mix_with_rows() -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(6):
            canvas.drawString(50, 250 - 20 * number, "肌酐")
            canvas.drawString(200, 250 - 20 * number, f"{812 + number}.4")
        canvas.saveState()
        canvas.setFillColorRGB(0.8, 0.8, 0.8)
        canvas.setFont(SONG, 30)
        canvas.translate(80, 140)
        canvas.rotate(35)
        canvas.drawString(0, 0, "复印无效")
        canvas.restoreState()

    assert texts(draw) == [text for n in range(6) for text in ("肌酐", f"{812 + n}.4")]


def test_text_layer_words_written_downwards_are_one_line() -> None:
    def draw(canvas: Canvas) -> None:
        for number, letter in enumerate("病史摘要"):
            canvas.drawString(50, 250 - 13 * number, letter)
        canvas.drawString(100, 237, "反复咳嗽三年")

    lines = decoded(pdf(draw)).text_layer
    assert {line.text for line in lines} == {"病史摘要", "反复咳嗽三年"}


def test_text_layer_characters_written_one_by_one_make_words() -> None:
    def draw(canvas: Canvas) -> None:
        x = 50.0
        for glyph in "白细胞计数":
            canvas.drawString(x, 200, glyph)
            x += 12.3
        x = 200.0
        for glyph in "11.35":
            canvas.drawString(x, 200, glyph)
            x += canvas.stringWidth(glyph, SONG, 12) + 0.2

    assert texts(draw) == ["白细胞计数", "11.35"]


def test_text_layer_reads_filled_form_fields_at_their_place() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 205, "申请病种")
        canvas.acroForm.textfield(name="id", x=120, y=200, width=150, height=20, value="2025-11-04", fontSize=12)

    page = decoded(pdf(draw))
    value = next(line for line in page.text_layer if line.text == "2025-11-04")
    scale = page.width / 420
    assert 120 * scale <= value.box[0] < value.box[2] <= 270 * scale
    assert 80 * scale <= (value.box[1] + value.box[3]) / 2 <= 100 * scale
    assert share_of_ink(page, value) > 0.05


def test_text_layer_draws_a_field_that_has_no_picture_of_its_value() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 205, "Diagnosis")
        canvas.acroForm.textfield(name="id", x=120, y=200, width=150, height=20, value="E11.9", fontSize=12)

    data = pdf(draw)
    data = data.replace(b"/NeedAppearances false", b"/NeedAppearances true ").replace(b"/AP <<", b"/XP <<")
    page = decoded(data)
    assert "E11.9" in [line.text for line in page.text_layer]
    assert ink_outside(page) < 0.02 * page.width * page.height


def test_text_layer_of_nested_forms_lies_on_its_ink() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.beginForm("row")
        canvas.setFont(SONG, 12)
        canvas.drawString(0, 0, "血红蛋白98")
        canvas.endForm()
        canvas.translate(60, 120)
        canvas.scale(1.5, 1.5)
        canvas.doForm("row")

    page = decoded(pdf(draw))
    (line,) = page.text_layer
    assert line.text == "血红蛋白98"
    assert share_of_ink(page, line) > 0.08
    assert ink_outside(page) == 0


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (30, 40, 400, 280)])
def test_text_layer_boxes_follow_rotation_and_crop(rotate: int, crop: tuple[float, float, float, float] | None) -> None:
    """The text is drawn so that it runs level once the page is turned as it asks."""

    def draw(canvas: Canvas) -> None:
        canvas.translate(210, 150)
        canvas.rotate(rotate)
        canvas.drawString(-60, 40, "白细胞计数")
        canvas.drawString(20, -50, "11.35")

    page = decoded(turned(pdf(draw), rotate=rotate, crop=crop))
    assert [line.text for line in page.text_layer] == ["白细胞计数", "11.35"]
    assert all(share_of_ink(page, line) > 0.08 for line in page.text_layer)
    assert ink_outside(page) == 0


def test_text_layer_boxes_follow_the_unit_of_the_page() -> None:
    data = edited(pdf(lambda c: c.drawString(50, 200, "白细胞计数")), b"/Rotate 0 /Trans <<", b"/UserUnit 2 /T <<")
    page = decoded(data)
    (line,) = page.text_layer
    assert share_of_ink(page, line) > 0.08
    assert ink_outside(page) == 0


def test_text_layer_switched_off_is_not_read() -> None:
    content = b"BT /F1 20 Tf 50 200 Td (Creatinine 812.4) Tj ET /OC /L0 BDC BT /F1 20 Tf 50 100 Td (99.9) Tj ET EMC"
    group = b"<< /Type /OCG /Name (draft) >>"
    catalog = b"/OCProperties << /OCGs [8 0 R] /D << /OFF [8 0 R] >> >>"
    data = by_hand(content, HELVETICA, more=(group,), resources=b"/Properties << /L0 8 0 R >>", catalog=catalog)
    assert [line.text for line in decoded(data).text_layer] == ["Creatinine 812.4"]


def test_text_layer_signs_without_a_meaning_are_told() -> None:
    """An embedded typeface whose codes name no characters: nobody may guess what its text says."""
    data = by_hand(b"BT /F1 20 Tf 50 200 Td <41424344> Tj ET", squares(b""))
    page = decoded(data)
    assert set("".join(line.text for line in page.text_layer)) <= {"\ufffd", "A", "B", "C", "D"}
