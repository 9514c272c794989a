"""H11: denial, doubt, past and family inside whole papers; contradictions stay side by side for the engine."""

from __future__ import annotations

import pytest

from pipeline.extracting.language import extract_clinical
from rules.engine.facts import AssertionStatus, DocumentType
from tests.extracting.language.paper import document

CONFIRMED = AssertionStatus.CONFIRMED


def test_h11_contradictory_papers_keep_both_statements() -> None:
    text = """
出院小结
既往史：否认高血压病、糖尿病病史。
入院诊断：2型糖尿病？
出院诊断：2型糖尿病
"""
    facts = extract_clinical([document(DocumentType.DISCHARGE_SUMMARY, text)])
    stated = {(d.section, d.status.value) for d in facts.diagnoses if "糖尿病" in d.name}
    assert stated == {("既往史", "denied"), ("入院诊断", "suspected"), ("出院诊断", "confirmed")}


@pytest.mark.parametrize(
    "sentence",
    [
        "否认糖尿病",
        "否认高血压、糖尿病、冠心病史",
        "父亲有糖尿病",
        "母亲因糖尿病去世",
        "有糖尿病家族史",
        "糖尿病待排",
        "考虑糖尿病可能",
        "糖尿病？",
        "不除外糖尿病",
        "无糖尿病史",
        "排除糖尿病",
        "既往有糖尿病史10年",
        "可疑糖尿病",
    ],
)
@pytest.mark.parametrize("heading", ["现病史", "既往史", "家族史", "鉴别诊断", "入院情况", "主诉"])
def test_h11_prose_never_confirms(sentence: str, heading: str) -> None:
    text = f"出院小结\n{heading}：{sentence}。\n出院诊断：高血压病"
    facts = extract_clinical([document(DocumentType.DISCHARGE_SUMMARY, text)])
    assert not [d for d in facts.diagnoses if "糖尿病" in d.name and d.status is CONFIRMED]


@pytest.mark.parametrize(
    "name",
    ["肺癌？", "肺癌待排", "肺癌可能", "考虑肺癌", "疑似肺癌", "肺癌不除外", "排除肺癌", "肺癌已排除", "可疑肺癌"],
)
@pytest.mark.parametrize("heading", ["出院诊断", "诊断", "门诊诊断", "初步诊断"])
def test_h11_a_doubtful_item_of_a_list_is_never_confirmed(name: str, heading: str) -> None:
    text = f"出院小结\n{heading}：1.高血压病3级 2.{name}"
    facts = extract_clinical([document(DocumentType.DISCHARGE_SUMMARY, text)])
    assert [d.status is CONFIRMED for d in facts.diagnoses if d.section == heading] == [True, False]


@pytest.mark.parametrize(
    "conclusion",
    [
        "未见恶性征象",
        "未见癌细胞",
        "恶性不除外",
        "考虑恶性可能",
        "肺癌待排",
        "癌胚抗原升高",
        "防癌筛查",
        "右肺占位，性质待定",
        "肺癌？",
        "建议活检以排除肺癌",
        "右肺结节，良性可能大",
    ],
)
@pytest.mark.parametrize("kind", [DocumentType.IMAGING_REPORT, DocumentType.PATHOLOGY_REPORT])
def test_h11_no_report_confirms_a_cancer_that_it_does_not(conclusion: str, kind: DocumentType) -> None:
    heading = "病理诊断" if kind is DocumentType.PATHOLOGY_REPORT else "影像诊断"
    facts = extract_clinical([document(kind, f"检查报告单\n{heading}：{conclusion}。")])
    cancers = {"malignancy", "cytology_malignant"}
    assert not [f for f in facts.findings if f.concept in cancers and f.status is CONFIRMED]
    assert not [d for d in facts.diagnoses if d.status is CONFIRMED and "癌" in d.name]
