"""Hands and seals that look much like print: told from it by stature and slant, or by their words; else unsure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.extracting.form import extract_form
from pipeline.nouns import Document, Seal
from rules.engine.facts import FormEntry, InkState
from tests.extracting.form.drawing import Form
from tests.extracting.form.test_form import blank
from tests.fonts import cjk_font_path


def entries(document: Document) -> dict[str, FormEntry]:
    return {entry.field: entry for entry in extract_form(document)}


def name(form: Form, x: int, y: int, *, tall: int, slant: float, read_as: str = "周文斌") -> None:
    """A name on the row of its label, sheared by ``slant``; OCR reads it as a clean name."""
    font = ImageFont.truetype(str(cjk_font_path()), tall)
    mask = Image.new("L", (tall * 4, tall * 2), 0)
    ImageDraw.Draw(mask).text((tall // 2, tall // 4), "周文斌", font=font, fill=255)
    mask = mask.transform(
        mask.size, Image.Transform.AFFINE, (1, slant, -slant * tall, 0, 1, 0), Image.Resampling.BICUBIC
    )
    form.image.paste(form.ink, (x, y), mask)
    x0, y0, x1, y1 = mask.getbbox() or (0, 0, 1, 1)
    if read_as:
        form.hear(read_as, (x + x0, y + y0, x + x1, y + y1), 0.99)


def test_form_slanted_name_higher_than_its_label_is_a_signature(tmp_path: Path) -> None:
    form = blank()
    name(form, 710, 946, tall=40, slant=0.3)
    assert entries(form.read(tmp_path))["physician_signature"].value == InkState.PRESENT


@pytest.mark.parametrize("tall", [30, 34, 38])
def test_form_upright_name_is_print_even_a_little_larger(tmp_path: Path, tall: int) -> None:
    form = blank()
    name(form, 710, 975 - int(0.85 * tall), tall=tall, slant=0.0)
    assert entries(form.read(tmp_path))["physician_signature"].value == InkState.UNSURE


def test_form_hand_read_together_with_the_title_is_a_signature(tmp_path: Path) -> None:
    form = blank()
    form.lines = [line for line in form.lines if not line[0].startswith("职称")]
    name(form, 710, 946, tall=42, slant=0.3, read_as="")
    form.hear("周文斌 职称：主任医师", (730, 950, 1110, 1000), 0.97)
    found = entries(form.read(tmp_path))
    assert found["physician_signature"].value == InkState.PRESENT
    assert found["physician_title"].value == "主任医师"


def test_form_title_is_no_place_to_sign(tmp_path: Path) -> None:
    form = Form()
    form.print("门诊慢特病申请表", 300, 60, tall=44)
    form.print("职称：", 560, 960)
    form.print("主治医师", 700, 960)
    form.write(860, 930)
    assert entries(form.read(tmp_path))["physician_signature"].value != InkState.PRESENT


def worded(form: Form, folder: Path, text: str) -> dict[str, FormEntry]:
    form.grey()
    document = form.read(folder)
    seals = (Seal(text=text, box=(650.0, 1130.0, 870.0, 1350.0), confidence=0.95, colour="dark"),)
    pages = tuple(replace(page, seals=seals) for page in document.pages)
    return entries(replace(document, pages=pages))


def test_form_seal_on_a_copy_is_told_by_its_words(tmp_path: Path) -> None:
    form = blank()
    form.stamp(760, 1240)
    assert worded(form, tmp_path, "云岚县人民医院")["hospital_seal"].value == InkState.PRESENT


def test_form_seal_of_another_office_on_a_copy_is_not_the_hospitals(tmp_path: Path) -> None:
    form = blank()
    form.stamp(760, 1240)
    assert worded(form, tmp_path, "云岚县医疗保障局")["hospital_seal"].value != InkState.PRESENT


def opinion(*, grey: bool, stamped: bool) -> Form:
    """The seal far right in the row of a heading that its cell broke in two; its own label is covered."""
    form = blank()
    form.lines = [line for line in form.lines if "盖章" not in line[0]]
    form.print("医疗机构审", 70, 1180)
    form.print("核意见", 100, 1220)
    if stamped:
        form.stamp(900, 1240)
    if grey:
        form.grey()
    return form


def test_form_seal_in_the_row_of_a_broken_heading_is_present(tmp_path: Path) -> None:
    found = entries(opinion(grey=False, stamped=True).read(tmp_path))
    assert found["hospital_seal"].value == InkState.PRESENT


def test_form_seal_in_a_row_of_a_copy_is_never_called_empty(tmp_path: Path) -> None:
    found = entries(opinion(grey=True, stamped=True).read(tmp_path))
    assert found["hospital_seal"].value == InkState.UNSURE


def test_form_signatures_in_the_row_of_a_copy_are_no_seal(tmp_path: Path) -> None:
    form = opinion(grey=True, stamped=False)
    form.write(720, 1120, size=50)
    assert entries(form.read(tmp_path))["hospital_seal"].value == InkState.EMPTY
