"""Sentences under a diagnosis heading are no entries of its list, and denials reach their whole run (H10, H11)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.extracting.language import extract_clinical
from pipeline.extracting.language.entries import reads_like_prose
from pipeline.extracting.language.text import fold
from rules.engine.facts import AssertionStatus, Diagnosis, DocumentType
from rules.vocabulary import load_vocabulary
from tests.extracting.language.paper import document

ENTRIES = yaml.safe_load((Path(__file__).parent / "entries.yaml").read_text(encoding="utf-8"))

FORMS = {
    "label cells": """
某某医院出院记录
出院诊断|@400 肺部感染
病理诊断|@400 无
手术名称|@400 无
病史摘要|@400 患者因咳嗽咳痰3天入院，否认高血压、糖尿病，
@400 否认冠心病、脑梗死病史。
入院情况|@400 神志清楚，双肺呼吸音粗。
诊疗经过|@400 入院后予抗感染治疗，查血糖正常。
出院医嘱|@400 注意休息
""",
    "text below": """
某某医院出院记录
出院诊断
肺部感染
病理诊断
无
病史摘要
患者因咳嗽咳痰3天入院，平素体健，否认高血压、糖尿病，
否认冠心病、脑梗死病史。
诊疗经过
入院后予抗感染治疗，查血糖正常。
""",
    "glued": """
某某医院出院记录
出院诊断肺部感染
病理诊断无
手术名称无
病史摘要患者因咳嗽咳痰3天入院，否认高血压、糖尿病，
否认冠心病、脑梗死病史。
入院情况神志清楚，双肺呼吸音粗。
诊疗经过入院后予抗感染治疗，查血糖正常。
""",
    "heading nobody knows": """
某某医院出院记录
出院诊断
肺部感染
发病始末
患者因咳嗽咳痰3天入院，平素体健，否认高血压、糖尿病，
否认冠心病、脑梗死病史。
予抗感染治疗，查血糖正常。
""",
}

FRONT = """
住院病案首页
入院日期|出院日期|住院天数
2025-03-01|2025-03-10|9
出院诊断疾病编码|@700 入院病情|@900 出院诊断疾病编码|@1400 入院病情
主要诊断慢性肾脏病5期疾病编码N18.001入院病情1|@900 其他诊断肾性贫血|@1200 N18.903|@1400 有
其他诊断高血压病3级疾病编码|@500 I10.x05|@700 1|@900 2型糖尿病入院病情有|@1200 E11.900|@1400 1
"""


def read(text: str, kind: DocumentType = DocumentType.DISCHARGE_SUMMARY) -> tuple[Diagnosis, ...]:
    return extract_clinical([document(kind, text)]).diagnoses


@pytest.mark.parametrize("case", ENTRIES, ids=[case["text"] for case in ENTRIES])
def test_entries_of_a_discharge_list(case: dict[str, Any]) -> None:
    assert [[d.name, d.status.value] for d in read(f"出院记录\n出院诊断：{case['text']}")] == case["entries"]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_entries_of_forms_without_colons_confirm_the_list_only(form: str) -> None:
    found = read(form)
    assert [d.name for d in found if d.status is AssertionStatus.CONFIRMED] == ["肺部感染"]
    denied = {d.name for d in found if d.status is AssertionStatus.DENIED}
    assert {"高血压", "糖尿病", "冠心病", "脑梗死"} <= denied


def test_entries_of_a_front_page_lose_glued_column_heads() -> None:
    facts = extract_clinical([document(DocumentType.FRONT_PAGE, FRONT)])
    assert [(d.name, d.icd10) for d in facts.diagnoses] == [
        ("慢性肾脏病5期", "N18.001"),
        ("肾性贫血", "N18.903"),
        ("高血压病3级", "I10.x05"),
        ("2型糖尿病", "E11.900"),
    ]
    assert {d.status for d in facts.diagnoses} == {AssertionStatus.CONFIRMED}
    (visit,) = facts.visits
    assert (str(visit.start), str(visit.end)) == ("2025-03-01", "2025-03-10")


def test_entries_no_name_of_the_vocabulary_reads_like_prose() -> None:
    terms = load_vocabulary().diagnoses.values()
    names = [fold(name) for term in terms for name in term.names]
    assert len(names) > 500
    assert [name for name in names if reads_like_prose(name)] == []


def test_entries_of_operations_end_where_the_report_begins_to_tell() -> None:
    text = """
手术记录
术前诊断：肺恶性肿瘤
手术名称
胸腔镜下右肺上叶切除术
患者取左侧卧位，麻醉成功后常规消毒铺巾。于第7肋间置入腔镜，探查胸腔无粘连。
留置胸管，清点器械无误后关胸。
"""
    facts = extract_clinical([document(DocumentType.OPERATION_RECORD, text)])
    assert [(t.kind, t.name) for t in facts.treatments if t.kind == "operation"] == [
        ("operation", "胸腔镜下右肺上叶切除术")
    ]
