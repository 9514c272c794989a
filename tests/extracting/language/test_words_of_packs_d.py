"""Conclusions that the packs 46-67 of Jiangxi judge by, as reports print them, and their near misses."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.extracting.language import extract_clinical
from rules.engine.facts import DocumentType
from tests.extracting.language.paper import document

DAY = dt.date(2026, 5, 6)
HEADS = {
    "ct": (DocumentType.IMAGING_REPORT, "某某医院CT检查报告单\n姓名：张三  检查部位：{part}\n影像诊断：\n"),
    "mri": (DocumentType.IMAGING_REPORT, "某某医院磁共振检查报告单\n姓名：张三  检查部位：{part}\n影像诊断：\n"),
    "xray": (DocumentType.IMAGING_REPORT, "某某医院数字X线检查报告单\n姓名：张三  检查部位：{part}\n影像诊断：\n"),
    "ultrasound": (DocumentType.IMAGING_REPORT, "某某医院彩色多普勒超声报告\n姓名：张三 部位：{part}\n超声提示：\n"),
    "lung": (DocumentType.LUNG_FUNCTION_REPORT, "某某医院肺功能检查报告单\n姓名：张三 {part}\n结论：\n"),
}


@pytest.mark.parametrize(
    ("exam", "part", "text", "concept", "status"),
    [
        ("ct", "胸部", "双肺间质纤维化，符合UIP型", "uip_pattern", "confirmed"),
        ("ct", "胸部", "双下肺网格影，符合寻常型间质性肺炎", "uip_pattern", "confirmed"),
        ("ct", "胸部", "不符合UIP型", "uip_pattern", "denied"),
        ("ct", "胸部", "不符合特发性肺纤维化", "uip_pattern", "denied"),
        ("ct", "胸部", "双肺NSIP型间质性肺炎", "uip_pattern", None),
        ("lung", "", "限制性通气功能障碍，DLCO下降", "diffusion_impairment", "confirmed"),
        ("lung", "", "限制性通气功能障碍，DLCO正常", "diffusion_impairment", None),
        ("xray", "右足", "符合痛风改变", "gout_joint", "confirmed"),
        ("xray", "右足", "未见痛风改变", "gout_joint", "denied"),
        ("xray", "右膝", "假性痛风改变", "gout_joint", None),
        ("mri", "头颅", "符合多发性硬化表现", "demyelinating_lesions", "confirmed"),
        ("mri", "头颅", "多发性硬化？", "demyelinating_lesions", "suspected"),
        ("xray", "双髋", "右股骨头缺血坏死III期", "femoral_head_necrosis", "confirmed"),
        ("xray", "双髋", "双侧股骨头未见坏死", "femoral_head_necrosis", "denied"),
        ("xray", "双髋", "人工股骨头置换术后", "femoral_head_necrosis", None),
        ("ultrasound", "腹部", "脾大（轻度）", "splenomegaly_marked", "denied"),
        ("ultrasound", "腹部", "脾大（中度）", "splenomegaly_marked", "confirmed"),
        ("ct", "腹部", "双侧肾上腺萎缩", "renal_impairment", None),
        ("ct", "腹部", "双侧肾上腺萎缩", "adrenal_ct_abnormal", "confirmed"),
        ("ct", "腹部", "双肾萎缩", "renal_impairment", "confirmed"),
    ],
)
def test_conclusions_and_near_misses(exam: str, part: str, text: str, concept: str, status: str | None) -> None:
    kind, head = HEADS[exam]
    found = extract_clinical([document(kind, head.format(part=part) + text, date=DAY)]).findings
    assert {f.status.value for f in found if f.concept == concept} == ({status} if status else set())
