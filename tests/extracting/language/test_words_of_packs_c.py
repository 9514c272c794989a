"""Grades and negations that the packs 36-51 of Jiangxi judge by, as reports print them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from pipeline.extracting.language import ClinicalFacts, extract_clinical
from rules.engine.facts import DocumentType
from tests.extracting.language.paper import document

DAY = dt.date(2025, 5, 6)
HEADS = {
    DocumentType.PATHOLOGY_REPORT: "某某医院病理检查报告单\n姓名：张三\n肉眼所见：灰白组织3粒\n病理诊断：",
    DocumentType.IMAGING_REPORT: "某某医院彩色多普勒超声检查报告\n姓名：张三  检查部位：腹部\n超声提示：",
    DocumentType.ECG_REPORT: "某某医院动态心电图报告\n姓名：张三\n结论：\n1.窦性心律\n2.",
}


def facts(kind: DocumentType, text: str) -> ClinicalFacts:
    return extract_clinical([document(kind, f"{HEADS[kind]}{text}", date=DAY)])


def stated(kind: DocumentType, text: str, concept: str) -> set[str]:
    return {f.status.value for f in facts(kind, text).findings if f.concept == concept}


@pytest.mark.parametrize(
    ("text", "atrophy", "metaplasia"),
    [
        ("(胃窦)轻度慢性萎缩性胃炎，轻度肠化", "denied", "denied"),
        ("(胃窦)中度慢性萎缩性胃炎伴中度肠上皮化生", "confirmed", "confirmed"),
        ("(胃窦)中度慢性浅表性胃炎伴轻度萎缩", "denied", None),
        ("胃窦粘膜慢性炎(++)，活动性(+)，萎缩(++)，肠化(+)", "confirmed", "denied"),
        ("(胃角)黏膜慢性炎症中度，萎缩轻度，肠化中度", "denied", "confirmed"),
        ("慢性炎（+），萎缩（-），肠化（-）", "denied", "denied"),
        ("重度慢性炎，萎缩（+），肠化（+）", "denied", "denied"),
        ("(胃窦)慢性萎缩性胃炎(中度)，肠化轻度", "confirmed", "denied"),
        ("慢性萎缩性胃炎伴肠化", None, None),
        ("其中腺体萎缩", None, None),
        ("中度异型增生伴萎缩", None, None),
        ("萎缩伴中度异型增生", None, None),
        ("萎缩（+~++）", None, None),
        ("慢性中度浅表性胃炎，未见肠化", None, "denied"),
        ("萎缩 ++，肠化 +++", "confirmed", "confirmed"),
    ],
)
def test_grades_of_atrophy_and_metaplasia_belong_to_their_own_word(
    text: str, atrophy: str | None, metaplasia: str | None
) -> None:
    kind = DocumentType.PATHOLOGY_REPORT
    assert stated(kind, text, "gastric_atrophy_moderate") == ({atrophy} if atrophy else set())
    assert stated(kind, text, "intestinal_metaplasia_moderate") == ({metaplasia} if metaplasia else set())


@pytest.mark.parametrize(
    ("text", "marked", "ungraded"),
    [
        ("脾大小形态正常，回声均匀", "denied", None),
        ("脾脏轻度增大", "denied", None),
        ("轻度脾大", "denied", None),
        ("脾不大", "denied", None),
        ("肝胆胰脾双肾未见明显异常", "denied", None),
        ("脾脏明显增大，厚6cm", "confirmed", None),
        ("脾脏中度肿大", "confirmed", None),
        ("巨脾", "confirmed", None),
        ("肝硬化，脾大，腹水", None, "confirmed"),
    ],
)
def test_size_of_the_spleen(text: str, marked: str | None, ungraded: str | None) -> None:
    kind = DocumentType.IMAGING_REPORT
    assert stated(kind, text, "splenomegaly_marked") == ({marked} if marked else set())
    assert stated(kind, text, "splenomegaly_ungraded") == ({ungraded} if ungraded else set())


@pytest.mark.parametrize(
    ("text", "burden"),
    [
        ("室性早搏12345个，占总心搏的11.2%，房性早搏20个，占总心搏的0.02%", Decimal("11.2")),
        ("室早总数15200次，室早负荷14.1%", Decimal("14.1")),
        ("房性早搏18000次，占总心搏数的16%；室性早搏30次", None),
        ("室上性早搏15000个，占总心搏15%，室性早搏5个", None),
    ],
)
def test_burden_of_ventricular_beats_is_never_that_of_atrial_ones(text: str, burden: Decimal | None) -> None:
    found = {f.value for f in facts(DocumentType.ECG_REPORT, text).findings if f.concept == "pvc_burden"}
    assert found == ({burden} if burden is not None else set())


@pytest.mark.parametrize(
    ("text", "sufficient", "arrested"),
    [
        ("巨核细胞增多伴成熟障碍", {"confirmed"}, {"confirmed"}),
        ("产板型巨核细胞减少", set(), {"confirmed"}),
        ("巨核细胞数减少", {"denied"}, set()),
        ("巨核细胞易见，产板功能良好", {"confirmed"}, {"denied"}),
    ],
)
def test_megakaryocytes_and_their_maturation(text: str, sufficient: set[str], arrested: set[str]) -> None:
    kind = DocumentType.PATHOLOGY_REPORT
    assert stated(kind, text, "megakaryocytes_sufficient") == sufficient
    assert stated(kind, text, "megakaryocyte_platelet_poor") == arrested


@pytest.mark.parametrize(
    ("text", "count", "share"),
    [
        ("室性早搏15230个，占总心搏15.2%", "15230", "15.2"),
        ("室早总数12034次，占总心搏的8.3%，可见成对室早", "12034", "8.3"),
        ("室性期前收缩9800个（占总心搏数的9.1%）", "9800", "9.1"),
        ("室早负荷10.1%", None, "10.1"),
    ],
)
def test_a_count_inside_the_label_of_a_share_is_not_swallowed(text: str, count: str | None, share: str) -> None:
    found = {f.concept: f.value for f in facts(DocumentType.ECG_REPORT, text).findings if f.value is not None}
    assert found.get("pvc_count") == (None if count is None else Decimal(count))
    assert found["pvc_burden"] == Decimal(share)


@pytest.mark.parametrize(
    ("head", "text", "concept", "status"),
    [
        ("膝关节正侧位片\n诊断意见：", "双膝关节面骨质硬化，边缘骨质增生", "subchondral_sclerosis", "confirmed"),
        ("膝关节正侧位片\n诊断意见：", "关节面下骨质密度增高", "subchondral_sclerosis", "confirmed"),
        ("膝关节正侧位片\n诊断意见：", "关节面未见骨质硬化", "subchondral_sclerosis", "denied"),
        ("视神经OCT\n检查结论：", "右眼视网膜神经纤维层厚度变薄", "glaucoma_signs", "confirmed"),
        ("视神经OCT\n检查结论：", "双眼RNFL未见变薄", "glaucoma_signs", "denied"),
        ("裂隙灯检查\n检查结论：", "双眼角膜K-F环(+)", "kayser_fleischer_ring", "confirmed"),
        ("裂隙灯检查\n检查结论：", "双眼角膜K-F环阴性", "kayser_fleischer_ring", "denied"),
    ],
)
def test_wordings_of_joints_eyes_and_slit_lamps(head: str, text: str, concept: str, status: str) -> None:
    paper = document(DocumentType.IMAGING_REPORT, f"某某医院检查报告单\n姓名：张三 检查部位：{head}{text}", date=DAY)
    stated = {f.status.value for f in extract_clinical([paper]).findings if f.concept == concept}
    assert stated == {status} or (status == "denied" and not stated)
