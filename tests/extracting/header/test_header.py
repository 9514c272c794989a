"""Hospital, level, department and date of a paper, from its head; the printing date never wins (hazard H12)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.classifying import classify
from pipeline.extracting.header import extract_header
from pipeline.nouns import Document
from rules.engine.facts import DocumentInfo, HospitalLevel, Unknown
from tests.classifying.paper import sheet

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


def document(text: str) -> Document:
    return classify([sheet(text)])[0]


def plain(info: DocumentInfo, key: str) -> object:
    if key == "signers":
        return list(info.signers)
    value = info.hospital_level if key == "level" else getattr(info, key)
    if value is Unknown.ABSENT:
        return None
    if isinstance(value, Unknown):
        return value.value
    if isinstance(value, HospitalLevel):
        return [value.rank, value.grade]
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_header_reads_page_head(case: dict[str, Any]) -> None:
    info = extract_header(document(case["page"]))
    for key, want in case["expect"].items():
        assert plain(info, key) == want, key


def test_header_keeps_id_type_and_duplicate() -> None:
    text = "# 云岚县人民医院检验报告单\n姓名：张三 | 采样时间：2024-03-01\n项目 | 结果 | 单位"
    documents = classify([sheet(text, number=1), sheet(text, number=2, duplicate_of="p1")])
    info = extract_header(documents[1])
    assert (info.id, info.type, info.duplicate_of) == ("d2", documents[1].type, "d1")


def test_header_printed_level_is_marked_as_printed() -> None:
    info = extract_header(document("# 云岚县人民医院\n## （三级乙等）\n# 出院记录\n出院诊断：肺炎"))
    assert info.hospital_level == HospitalLevel(rank=3, grade="乙", source="printed")


@pytest.mark.parametrize(
    ("print_", "level"),
    [
        ("# 云岚县人民医院\n## （（三级乙等））", (3, "乙")),
        ("# 云岚县人民医院（（二级甲等））", (2, "甲")),
        ("# 云岚县人民医院\n## 三级（甲等）综合性医院", (3, "甲")),
        ("# 云岚县人民医院\n## 国家级三级甲等医院", (3, "甲")),
        ("# 云岚县人民医院\n## 等级：二级乙等", (2, "乙")),
        ("# 云岚县人民医院\n医疗机构级别（等级）：二级甲等", (2, "甲")),
        ("# 云岚县人民医院\n## 一级护理", None),
        ("# 云岚县人民医院\n## 三级查房", None),
    ],
)
def test_header_level_as_letterheads_print_it(print_: str, level: tuple[int, str] | None) -> None:
    info = extract_header(document(f"{print_}\n# 检验报告单\n姓名：张三 | 采样时间：2024-03-01"))
    found = info.hospital_level
    printed = isinstance(found, HospitalLevel) and found.source == "printed"
    assert ((found.rank, found.grade) if isinstance(found, HospitalLevel) and printed else None) == level


def test_header_level_plain_from_the_name_where_none_is_printed() -> None:
    info = extract_header(document("# 云岚县茶亭坞镇卫生院\n# 门诊病历\n姓名：张三\n主诉：头晕"))
    assert isinstance(info.hospital_level, HospitalLevel)
    assert (info.hospital_level.rank, info.hospital_level.source) == (1, "name")


def test_header_level_of_an_unknown_hospital_is_absent() -> None:
    info = extract_header(document("# 云岚仁康医院\n# 门诊病历\n姓名：张三\n主诉：头晕"))
    assert info.hospital_level is Unknown.ABSENT


def test_header_grade_of_hypertension_is_no_hospital_level() -> None:
    info = extract_header(document("# 某某诊断小组医院出院记录\n出院诊断：高血压三级\n护理级别：一级护理"))
    assert not isinstance(info.hospital_level, HospitalLevel) or info.hospital_level.source != "printed"
