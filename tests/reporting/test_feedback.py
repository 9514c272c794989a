from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.nouns import Alert, Review, Severity
from pipeline.reporting import write_feedback
from pipeline.reporting.plain import plain_text
from rules.engine.facts import DocumentType, FormEntry, Unknown
from rules.engine.judgement import Need, Status
from tests.reporting.builder import ID_NUMBER
from tests.reporting.cases_more import CASES
from tests.reporting.page import PageReader

Case = Callable[[str], Review]
# No verdict and no medical judgement, in any case whatever.
NEVER = (
    "符合", "不符", "达标", "未达", "阳性", "阴性", "异常", "偏高", "偏低", "升高", "降低", "确诊", "患有", "判定",
    "建议：", "结论", "通过", "拒绝", "不予", "认定", "需人工", "证据", "↑", "↓", "mmol", "mg/g",
)  # fmt: skip


def _read(review: Review, folder: Path) -> tuple[str, PageReader]:
    path = folder / "feedback.html"
    write_feedback(review, path)
    html = path.read_text(encoding="utf-8")
    return html, PageReader(html)


@pytest.mark.parametrize("name", CASES)
def test_feedback_says_nothing_of_the_verdict_or_of_health(case: Case, name: str, tmp_path: Path) -> None:
    _, read = _read(case(name), tmp_path)
    assert [word for word in NEVER if word in read.text] == []


@pytest.mark.parametrize("name", CASES)
def test_feedback_prints_no_result_and_no_unentered_diagnosis(case: Case, name: str, tmp_path: Path) -> None:
    review = case(name)
    _, read = _read(review, tmp_path)
    entered = " ".join(review.applied_for)
    for diagnosis in review.read.facts.diagnoses:
        assert diagnosis.name in entered or diagnosis.name not in read.text
    for result in review.read.facts.lab_results:
        if result.value is not None and "." in result.text:
            assert result.text not in read.text
    if not review.applied_for:
        assert not any(j.disease.name in read.text for j in review.judgements)


@pytest.mark.parametrize("name", CASES)
def test_feedback_is_one_sound_file_without_script(case: Case, name: str, tmp_path: Path) -> None:
    html, read = _read(case(name), tmp_path)
    assert "script" not in read.tags
    assert read.handlers == []
    assert read.unbalanced == []
    assert read.open == []
    assert all(s.startswith("data:image/webp;base64,") for s in read.sources)
    assert all(link[1:] in read.ids for link in read.links)
    assert "script-src 'none'" in read.policy
    assert ID_NUMBER not in html
    assert "张建国" not in read.text


@pytest.mark.parametrize("status", list(Status))
def test_feedback_does_not_depend_on_how_items_came_out(case: Case, status: Status, tmp_path: Path) -> None:
    """The same material gives the same page whether an item was met or failed; only what is missing shows."""
    review = case("meets")
    judgement = review.judgements[0]
    criteria = tuple(dataclasses.replace(c, status=status) for c in judgement.criteria)
    changed = dataclasses.replace(review, judgements=(dataclasses.replace(judgement, criteria=criteria),))
    assert _read(changed, tmp_path)[0] == _read(review, tmp_path)[0]


def test_feedback_lists_first_what_helps_most(case: Case, tmp_path: Path) -> None:
    _, read = _read(case("conflicts"), tmp_path)
    heads = [h for h in read.headings if h]
    assert heads == ["还有 6 件事要做", "没能打开，请重新传", "看不清，请重拍", "还需要", "已收到"]


def test_feedback_names_failed_files_with_the_reason(case: Case, tmp_path: Path) -> None:
    _, read = _read(case("conflicts"), tmp_path)
    assert "化验单汇总.pdf" in read.text
    assert "这个 PDF 设了密码，打不开" in read.text
    assert "这个文件是空的" in read.text


def test_feedback_says_which_photograph_to_retake_and_how(case: Case, tmp_path: Path) -> None:
    html, read = _read(case("conflicts"), tmp_path)
    assert read.text.count("请重拍这张照片") == 2
    assert "IMG_0020.jpg" in read.text
    assert "照片模糊，请拿稳手机、对准后重拍。" in read.text
    assert read.text.count("怎么拍") == 2
    assert len(re.findall(r'<div class="pic"><img src="data:', html)) == 2


def test_feedback_phrases_needs_as_material(case: Case, tmp_path: Path) -> None:
    _, read = _read(case("conflicts"), tmp_path)
    assert "还需要：近 2 年内的尿微量白蛋白/肌酐或肾功能检查报告" in read.text
    assert "眼底造影报告" in read.text
    assert "看病的医院门诊，或病案室复印" in read.text
    assert "186.2" not in read.text
    assert "≥" not in read.text


def test_feedback_gives_plain_reasons_for_papers_that_do_not_count(case: Case, tmp_path: Path) -> None:
    _, read = _read(case("conflicts"), tmp_path)
    assert "日期太早了" in read.text
    assert "看起来是另一个人的资料" in read.text
    assert "王秀兰" not in read.text


def test_feedback_asks_for_the_form_when_nobody_named_a_disease(case: Case, tmp_path: Path) -> None:
    _, read = _read(case("three_diseases"), tmp_path)
    assert "门诊慢特病申请表，写明要申请的病种" in read.text
    _, named = _read(case("meets"), tmp_path)
    assert "写明要申请的病种" not in named.text


def test_feedback_asks_for_a_blank_signature(case: Case, tmp_path: Path) -> None:
    review = case("meets")
    form = next(d.id for d in review.read.facts.documents if d.type is DocumentType.APPLICATION_FORM)
    entries = (
        FormEntry(document=form, field="physician_signature", value="empty"),
        FormEntry(document=form, field="hospital_seal", value="unsure"),
        FormEntry(document=form, field="applicant_signature", value=Unknown.ABSENT),
    )
    facts = dataclasses.replace(review.read.facts, form=entries)
    changed = dataclasses.replace(review, read=dataclasses.replace(review.read, facts=facts))
    _, read = _read(changed, tmp_path)
    assert "还需要：申请表上的医师签名" in read.text
    assert "医院盖章" not in read.text


def test_feedback_need_that_cannot_be_said_falls_back_to_what_counts(case: Case, tmp_path: Path) -> None:
    review = case("meets")
    needs = (
        Need(criterion="2", need="肌酐≥707 μmol/L 阳性", accepts=("肾功能检查报告单",), why="肌酐 650 未达标"),
        Need(criterion="3", need="糖尿病肾病确诊材料，不符合", accepts=("阳性",), why=""),
    )
    changed = dataclasses.replace(review, judgements=(dataclasses.replace(review.judgements[0], missing=needs),))
    _, read = _read(changed, tmp_path)
    assert "还需要：肾功能检查报告单" in read.text
    assert "还需要：与申请病种有关的病历或检查报告" in read.text
    assert [word for word in NEVER if word in read.text] == []


def test_feedback_message_of_a_failed_file_is_filtered_too(case: Case, tmp_path: Path) -> None:
    alert = Alert(code="zip_bomb", severity=Severity.ERROR, message="压缩包解开后异常巨大，没有读取。", file="a.zip")
    _, read = _read(dataclasses.replace(case("empty"), alerts=(alert,)), tmp_path)
    assert "没有读取" in read.text
    assert "异常" not in read.text


def test_feedback_does_not_blame_the_applicant_for_our_failures(case: Case, tmp_path: Path) -> None:
    review = case("meets")
    alerts = tuple(
        Alert(code="extraction_failed", severity=Severity.ERROR, message="没有完全提取。", file="申请表.jpg", page=page)
        for page in (1, None)
    )
    _, read = _read(dataclasses.replace(review, alerts=alerts), tmp_path)
    assert "没能打开" not in read.text
    assert "目前没有要补的材料" in read.text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("近2年的肺功能检查报告。", "近2年的肺功能检查报告"),
        ("二级及以上医院的出院小结或疾病诊断证明书。", "二级及以上医院的出院小结或疾病诊断证明书"),
        ("两次肾功能报告（肌酐≥707 μmol/L），一共 2 次", "两次肾功能报告，一共 2 次"),
        ("神经检查阳性报告", "神经检查报告"),
        ("现有 ACR 186.2 mg/g，未达到要求", None),
        ("列有心功能不全的出院小结", None),
        ("写明糖尿病肾病的出院小结", None),
        ("FEV1/FVC 0.62 低于 0.70，请补交肺功能报告", "请补交肺功能报告"),
        ("电话13800001234", "电话138****1234"),
        ("", None),
    ],
)
def test_plain_text_keeps_material_and_drops_judgement(given: str, expected: str | None) -> None:
    said = plain_text(given, ("糖尿病肾病",))
    assert (said.rstrip("。") if said else said) == expected


def test_feedback_large_type_and_touch_targets_are_in_the_style() -> None:
    css = (Path(__file__).parents[2] / "pipeline/reporting/templates/assets/feedback.css").read_text(encoding="utf-8")
    assert re.search(r"body \{[^}]*font-size: 18px", css)
    for selector in (r"\.large", "nav a"):
        found = re.search(rf"{selector} \{{[^}}]*min-height: (\d+)px", css)
        assert found is not None
        assert int(found[1]) >= 48
