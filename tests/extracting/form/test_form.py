"""The application form: text of its fields, and signatures and seals by their ink."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extracting.form import extract_form
from pipeline.nouns import Document
from rules.engine.facts import FormEntry, InkState, Unknown
from tests.extracting.form.drawing import Form


def blank(paper: tuple[int, int, int] = (252, 252, 250)) -> Form:
    form = Form(paper)
    form.print("江西省门诊慢特病病种待遇认定申请表", 300, 60, tall=44)
    for x, text in ((80, "姓名"), (260, "张三"), (480, "性别"), (620, "男"), (760, "年龄"), (900, "59")):
        form.print(text, x, 180)
    form.print("申请病种", 80, 260)
    form.print("申请日期", 760, 260)
    form.print("2026-03-10", 900, 260)
    form.print("患者糖尿病诊断明确，建议认定门诊慢特病待遇。", 200, 800)
    form.print("医师签名：", 560, 960)
    form.print("职称：主任医师", 900, 960)
    form.rule(60, 1040, 1180, 1040)
    form.print("经审核，材料齐全。", 200, 1100)
    form.print("（医疗机构盖章）", 640, 1250)
    form.print("2026年3月10日", 950, 1300)
    form.print("申请人签名：", 560, 1560)
    form.print("2026年3月10日", 950, 1560)
    return form


def entries(document: Document) -> dict[str, FormEntry]:
    return {entry.field: entry for entry in extract_form(document)}


def test_form_reads_text_fields(tmp_path: Path) -> None:
    form = blank()
    form.print("糖尿病伴有并发症", 260, 260)
    found = entries(form.read(tmp_path))
    assert found["applicant_name"].value == "张三"
    assert found["disease_applied"].value == "糖尿病伴有并发症"
    assert found["physician_title"].value == "主任医师"
    assert found["applied_on"].value == "2026-03-10"
    assert found["disease_applied"].evidence[0].quote == "糖尿病伴有并发症"


def test_form_joins_disease_broken_inside_brackets(tmp_path: Path) -> None:
    form = blank()
    form.print("恶性肿瘤门诊治疗（含", 260, 250)
    form.print("白血病）", 260, 290)
    assert entries(form.read(tmp_path))["disease_applied"].value == "恶性肿瘤门诊治疗（含白血病）"


def test_form_empty_places_are_empty(tmp_path: Path) -> None:
    found = entries(blank().read(tmp_path))
    assert found["physician_signature"].value == InkState.EMPTY
    assert found["applicant_signature"].value == InkState.EMPTY
    assert found["hospital_seal"].value == InkState.EMPTY
    assert found["disease_applied"].value is Unknown.UNREADABLE


@pytest.mark.parametrize("ink", [(30, 30, 40), (35, 50, 150)], ids=["black", "blue"])
@pytest.mark.parametrize("photo", [False, True], ids=["scan", "photo"])
def test_form_handwriting_is_present(tmp_path: Path, ink: tuple[int, int, int], photo: bool) -> None:
    form = blank()
    form.write(720, 930, ink=ink)
    if photo:
        form.shade()
    found = entries(form.read(tmp_path))
    assert found["physician_signature"].value == InkState.PRESENT
    assert found["applicant_signature"].value == InkState.EMPTY


def test_form_handwriting_read_by_ocr_is_present(tmp_path: Path) -> None:
    form = blank()
    form.write(720, 920, size=64)
    form.hear("李四", (720, 920, 900, 990), 0.74)
    assert entries(form.read(tmp_path))["physician_signature"].value == InkState.PRESENT


def test_form_underline_is_no_signature(tmp_path: Path) -> None:
    form = blank()
    form.rule(715, 992, 880, 992)
    assert entries(form.read(tmp_path))["physician_signature"].value == InkState.EMPTY


def test_form_printed_name_is_not_taken_for_a_signature(tmp_path: Path) -> None:
    form = blank()
    form.print("李四光", 720, 960)
    assert entries(form.read(tmp_path))["physician_signature"].value == InkState.UNSURE


@pytest.mark.parametrize("photo", [False, True], ids=["scan", "photo"])
def test_form_red_seal_is_present(tmp_path: Path, photo: bool) -> None:
    form = blank()
    form.stamp(760, 1240)
    if photo:
        form.shade()
    found = entries(form.read(tmp_path))
    assert found["hospital_seal"].value == InkState.PRESENT
    x0, y0, x1, y1 = found["hospital_seal"].evidence[0].box
    assert x0 < 660
    assert x1 > 860
    assert y0 < 1140
    assert y1 > 1340


def test_form_seal_that_covers_its_label_is_present(tmp_path: Path) -> None:
    form = blank()
    form.lines = [line for line in form.lines if "盖章" not in line[0]]
    form.stamp(760, 1240)
    form.hear("医保办公室", (700, 1225, 840, 1255), 0.9)
    assert entries(form.read(tmp_path))["hospital_seal"].value == InkState.PRESENT


def test_form_label_printed_downwards_covers_its_row(tmp_path: Path) -> None:
    form = blank()
    form.lines = [line for line in form.lines if "盖章" not in line[0]]
    for number, text in enumerate(("认定", "医疗", "机构", "意见")):
        form.print(text, 90, 1110 + 50 * number)
    assert entries(form.read(tmp_path))["hospital_seal"].value != InkState.PRESENT
    form.stamp(860, 1240)
    assert entries(form.read(tmp_path))["hospital_seal"].value == InkState.PRESENT


def test_form_faded_seal_is_never_called_empty(tmp_path: Path) -> None:
    form = blank()
    form.stamp(760, 1240, ink=(232, 150, 152))
    assert entries(form.read(tmp_path))["hospital_seal"].value in (InkState.PRESENT, InkState.UNSURE)


def test_form_seal_on_grey_copy_is_unsure(tmp_path: Path) -> None:
    form = blank()
    form.stamp(760, 1240)
    form.grey()
    assert entries(form.read(tmp_path))["hospital_seal"].value == InkState.UNSURE


def test_form_red_letterhead_is_no_seal(tmp_path: Path) -> None:
    form = blank()
    form.ink = (210, 30, 40)
    form.print("云岚县人民医院医疗机构审核意见栏", 200, 1180)
    assert entries(form.read(tmp_path))["hospital_seal"].value != InkState.PRESENT


def test_form_seal_of_the_bureau_is_not_the_hospitals(tmp_path: Path) -> None:
    form = blank()
    form.print("医保经办机构意见（盖章）", 160, 1420)
    form.stamp(300, 1480, radius=90)
    assert entries(form.read(tmp_path))["hospital_seal"].value != InkState.PRESENT


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_form_turned_photo_is_looked_at_upright(tmp_path: Path, angle: int) -> None:
    form = blank()
    form.write(720, 930)
    form.stamp(760, 1240)
    document = form.read(tmp_path, angle=angle)
    found = entries(document)
    assert found["physician_signature"].value == InkState.PRESENT
    assert found["hospital_seal"].value == InkState.PRESENT
    page = document.pages[0].page
    x0, y0, x1, y1 = found["hospital_seal"].evidence[0].box
    assert 0 <= x0 < x1 <= page.width
    assert 0 <= y0 < y1 <= page.height
    centre = ((x0 + x1) / 2, (y0 + y1) / 2)
    expected = {90: (1240, 1240 - 760), 180: (1240 - 760, 1754 - 1240), 270: (1754 - 1240, 760)}[angle]
    assert abs(centre[0] - expected[0]) < 60
    assert abs(centre[1] - expected[1]) < 60


def test_form_missing_image_is_unsure_not_empty(tmp_path: Path) -> None:
    document = blank().read(tmp_path)
    (tmp_path / "form-0.png").unlink()
    found = entries(document)
    assert found["physician_signature"].value == InkState.UNSURE
    assert found["hospital_seal"].value == InkState.UNSURE


def ticked_form(done: str, marks: str) -> Form:
    form = blank()
    names = ["高血压伴有并发症", "糖尿病伴有并发症", "慢性阻塞性肺疾病", "恶性肿瘤门诊治疗"]
    for number, name in enumerate(names):
        x, y = 260 + (number % 2) * 420, 330 + (number // 2) * 60
        form.tick(x, y + 8, done=name == done)
        form.print(name, x + 36, y, read_as="")
        mark = marks[1] if name == done else marks[0]
        form.hear(mark + name, (x, y, x + 36 + 30 * len(name), y + 36), 0.95)
    return form


def test_form_ticked_disease_by_its_mark(tmp_path: Path) -> None:
    found = entries(ticked_form("慢性阻塞性肺疾病", "□☑").read(tmp_path))
    assert found["disease_applied"].value == "慢性阻塞性肺疾病"


def test_form_ticked_disease_by_ink_where_all_boxes_read_alike(tmp_path: Path) -> None:
    found = entries(ticked_form("糖尿病伴有并发症", "口口").read(tmp_path))
    assert found["disease_applied"].value == "糖尿病伴有并发症"


def test_form_nothing_ticked_is_unreadable_not_the_first(tmp_path: Path) -> None:
    found = entries(ticked_form("", "口口").read(tmp_path))
    assert found["disease_applied"].value is Unknown.UNREADABLE


def test_form_list_of_papers_is_no_list_of_diseases(tmp_path: Path) -> None:
    form = blank()
    form.hear("☑身份证复印件 ☑疾病诊断证明书 □病理报告", (200, 500, 900, 536), 0.95)
    assert entries(form.read(tmp_path))["disease_applied"].value is Unknown.UNREADABLE


def test_form_without_labels_is_absent(tmp_path: Path) -> None:
    form = Form()
    form.print("门诊慢特病申请表", 300, 60, tall=44)
    found = entries(form.read(tmp_path))
    assert found["physician_signature"].value is Unknown.ABSENT
    assert found["hospital_seal"].value is Unknown.ABSENT
    assert found["phone"].value is Unknown.ABSENT
