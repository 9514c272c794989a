"""Every page gets the type that a person would give it, with reasons in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.classifying import classify
from rules.engine.facts import DocumentType
from tests.classifying.paper import line, page, sheet

PAGES = yaml.safe_load((Path(__file__).parent / "pages.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", PAGES, ids=[case["name"] for case in PAGES])
def test_classify_types_printed_papers(case: dict[str, str]) -> None:
    document = classify([sheet(case["page"])])[0]
    assert document.type.value == case["type"], document.why
    assert document.why
    assert 0.0 <= document.confidence <= 1.0


@pytest.mark.parametrize("case", PAGES, ids=[case["name"] for case in PAGES])
def test_classify_types_sloping_photos_alike(case: dict[str, str]) -> None:
    document = classify([sheet(case["page"], slope=0.03)])[0]
    assert document.type.value == case["type"], document.why


def test_classify_every_type_has_a_page_in_the_data() -> None:
    assert {case["type"] for case in PAGES} == {kind.value for kind in DocumentType}


def test_classify_names_the_title_as_reason() -> None:
    document = classify([sheet("# 某医院出院记录\n姓名：张三 | 住院号：123456\n出院诊断：肺炎")])[0]
    assert document.title == "出院记录"
    assert any("标题“出院记录”" in reason for reason in document.why)


def test_classify_title_word_in_prose_is_no_title() -> None:
    text = "姓名：张三\n患者携带出院小结和病理报告单前来，\n检验报告单已交。"
    assert classify([sheet(text)])[0].type is DocumentType.UNKNOWN


def test_classify_unreadable_page_is_unknown_and_says_so() -> None:
    document = classify([page([])])[0]
    assert document.type is DocumentType.UNKNOWN
    assert document.confidence == 0.0
    assert document.why == ("页面上没有读出文字",)


def test_classify_confidence_is_lower_without_title() -> None:
    titled = classify([sheet(PAGES[0]["page"])])[0]
    bare = classify([sheet("主诉：头晕\n初步诊断：高血压")])[0]
    assert titled.confidence >= 0.9
    assert bare.confidence < 0.8


def test_classify_one_misread_character_in_title() -> None:
    assert classify([sheet("# 某某县人民医院 出院记泉\n姓名：张三")])[0].type is DocumentType.DISCHARGE_SUMMARY


def test_classify_small_line_at_bottom_is_no_title() -> None:
    rows = [
        line("姓名：张三", 60, 60),
        line("主诉：头晕三天", 60, 120),
        line("现病史：无", 60, 180),
        line("诊断：高血压", 60, 240),
    ]
    rows += [line("就诊时间：2024-05-06", 60, 300), line("住院病案首页", 60, 1500, 18)]
    assert classify([page(rows)])[0].type is DocumentType.OUTPATIENT_RECORD
